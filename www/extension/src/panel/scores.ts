/** The scores of an answer, and how it was computed, in a narrow panel. */

import type { Answer, ModelInfo } from "semgrad";
import { el } from "../../../shared/dom.js";
import { duration, number } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { signalDetails } from "../../../shared/why.js";
import { TEXT } from "../text.js";

const T = TEXT.scores;

/** Folded away: the judgment says what most readers want. */
export function details(answer: Answer, info: ModelInfo | null): HTMLElement {
  const prefix = info?.profile?.prefix.trim();
  const rows = Object.entries(answer.scores).map(([id, score]) => {
    const [name, meaning] = SHARED.scores.names[id] ?? [id, ""];
    const value = score?.error ? SHARED.scores.failed : score?.score == null ? "–" : number(score.score);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name, el("small", {}, score?.error?.message ?? meaning)),
      el("td", { class: "value" }, value),
      el("td", { class: "cost" }, score ? duration(score.ms) : "–"),
    );
  });
  const { method, score, cost } = SHARED.scores;
  const head = [method, score, cost].map((title) => el("th", { scope: "col" }, title));
  return el(
    "details",
    { class: "scores" },
    el("summary", {}, T.heading),
    answer.confidenceParts && signalDetails(answer.confidenceParts),
    el("p", { class: "note" }, T.caption),
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
    el("p", { class: "note" }, facts(answer, info)),
    prefix ? el("p", { class: "note" }, T.prefix(prefix)) : null,
  );
}

function facts({ ms, responseIds, warnings }: Answer, info: ModelInfo | null): string {
  const speed = ms.decode ? T.speed(number(((responseIds.length - 1) * 1000) / ms.decode)) : null;
  const device = info ? (info.device === "cpu" ? "CPU" : `WebGPU${info.gpu ? `, ${info.gpu}` : ""}`) : null;
  const scoring = ms.score === null ? null : T.scoring(duration(ms.score));
  return [device, speed, scoring, ...warnings].filter(Boolean).join(" · ");
}
