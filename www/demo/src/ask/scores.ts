/** Every score of an answer with its cost, by group. */

import type { Answer, Score } from "semgrad";
import { el } from "../../../shared/dom.js";
import { duration, number, percent } from "../../../shared/format.js";
import { TEXT } from "../../../shared/text.js";

const T = TEXT.scores;

/** Rows by group, in the order of the texts. */
export function scoreTable(scores: Answer["scores"]): HTMLElement {
  const order = Object.keys(T.names);
  const found = Object.entries(scores).flatMap(([id, score]) => (score ? [[id, score] as const] : []));
  found.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const calibrated = found.some(([, score]) => score.confidence != null);
  const groups = Object.entries(T.groups).flatMap(([group, title]) => {
    const own = found.filter(([id]) => (T.names[id]?.[2] ?? "inside") === group);
    return own.length === 0 ? [] : [table(title, own, calibrated)];
  });
  return el(
    "section",
    { class: "scores stack" },
    el("h3", {}, T.heading),
    el("p", { class: "note" }, T.caption),
    el("div", { class: "score-groups" }, ...groups),
  );
}

function table(title: string, scores: (readonly [string, Score])[], calibrated: boolean): HTMLElement {
  const columns = [T.method, T.score, ...(calibrated ? [T.confidence] : []), T.cost];
  const head = columns.map((name) => el("th", { scope: "col" }, name));
  const rows = scores.map(([id, score]) => {
    const [name, meaning] = T.names[id] ?? [id, ""];
    const confidence = score.confidence == null ? "–" : percent(score.confidence);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name, meaning ? el("small", {}, meaning) : null),
      el("td", { class: "value" }, scoreText(score)),
      calibrated ? el("td", { class: "value" }, confidence) : null,
      el("td", { class: "cost" }, duration(score.ms), el("small", {}, costNote(score))),
    );
  });
  return el("table", {}, el("caption", {}, title), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
}

function scoreText(score: Score): string {
  if (score.error) return T.failed;
  return score.score === null ? "–" : number(score.score);
}

function costNote(score: Score): string {
  return score.error?.message ?? (score.passes ? T.passes(score.passes) : T.noPasses);
}
