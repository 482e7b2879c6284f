/** The scores of an answer and how it was computed. */

import type { Answer, ModelInfo } from "semgrad";
import { el } from "./dom.js";
import { duration, number } from "./format.js";
import { TEXT } from "./text.js";

/** The table of raw scores, or null when none were asked for. */
export function scoreTable(answer: Answer): HTMLElement | null {
  const T = TEXT.scores;
  const order = Object.keys(T.names);
  const ids = Object.keys(answer.scores).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const rows = ids.map((id) => {
    const score = answer.scores[id];
    const [name, meaning] = T.names[id] ?? [id, ""];
    const value = score?.error ? T.failed : score?.score == null ? "–" : number(score.score);
    const passes = score?.passes ? T.passes(score.passes) : T.noPasses;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name, meaning ? el("small", {}, meaning) : null),
      el("td", { class: "value" }, value),
      el("td", { class: "cost" }, score ? duration(score.ms) : "–", el("small", {}, score?.error?.message ?? passes)),
    );
  });
  if (rows.length === 0) return null;
  const head = [T.method, T.score, T.cost].map((title) => el("th", { scope: "col" }, title));
  return el(
    "section",
    { class: "scores" },
    el("h3", {}, T.heading),
    el("p", { class: "note" }, T.caption),
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
  );
}

/** Device, speed, semantic position, warnings. */
export function factList(answer: Answer, info: ModelInfo): HTMLElement {
  const T = TEXT.facts;
  const facts: [string, string | null][] = [
    [T.device, info.device === "cpu" ? `${TEXT.ready.cpu} (${info.deviceReason})` : TEXT.ready.webgpu(info.adapter)],
    [T.speed, speed(answer)],
    [T.scoring, answer.ms.score === null ? null : duration(answer.ms.score)],
    [T.position, position(answer)],
    [T.alpha, answer.alpha === null ? null : number(answer.alpha)],
    [T.warnings, answer.warnings.join(" ") || null],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [el("dt", {}, name), el("dd", {}, value)]));
  return el("details", { class: "facts", open: true }, el("summary", {}, T.heading), el("dl", {}, ...rows));
}

function speed({ ms, responseIds }: Answer): string | null {
  if (ms.decode === null || ms.prefill === null) return null;
  // The first token comes out of the prefill.
  const rate = ms.decode > 0 ? ((responseIds.length - 1) * 1000) / ms.decode : 0;
  return TEXT.facts.speedValue(number(rate), duration(ms.prefill), duration(ms.decode));
}

function position({ semanticPosition, promptIds }: Answer): string | null {
  if (!semanticPosition) return null;
  const { index, token, rule } = semanticPosition;
  return TEXT.facts.positionValue(index, promptIds.length, token, rule);
}
