/** What came of teaching, as a small table of what was measured and nothing else. */

import type { Checked } from "semgrad";
import { el } from "../../../shared/dom.js";
import { KINDS, outcomes } from "./outcome.js";
import { TEXT } from "./text.js";

const T = TEXT.outcome;

/** A row for each kind of answer before, a column for each kind now. */
export function outcomeTable(checked: readonly Checked[]): HTMLElement {
  const found = outcomes(checked);
  const isJudged = checked.some(({ right }) => right.before !== null);
  const isOpen = checked.some(({ right }) => right.before === null);
  const columns = KINDS.filter((kind) => kind === "refused" || (kind === "answered" ? isOpen : isJudged));
  const head = [T.before, ...columns.map((kind) => T.now[kind])].map((name) => el("th", { scope: "col" }, name));
  const rows = found.map(({ before, count, now }) => {
    const cells = columns.map((kind) => {
      // Whoever judged an answer judged the other one.
      const isNone = before !== "refused" && kind !== "refused" && (kind === "answered") !== (before === "answered");
      return el("td", {}, isNone ? "–" : String(now[kind]));
    });
    return el("tr", {}, el("th", { scope: "row" }, T.was[before](count)), ...cells);
  });
  const body = el("tbody", {}, ...rows);
  return el(
    "div",
    { class: "stack outcome" },
    el("table", {}, el("caption", {}, T.caption(checked.length)), el("thead", {}, el("tr", {}, ...head)), body),
    el("p", { class: "note" }, [isOpen && (isJudged ? T.partly : T.noAnswers), T.own].filter(Boolean).join(" ")),
  );
}
