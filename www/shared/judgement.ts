/**
 * How far to trust an answer: the record's own sentences, as they come, in the color of the verdict, and one bar in the
 * one unit that they use. Without a judgment there is no number and no color.
 */

import { el, styled } from "./dom.js";
import { TEXT } from "./text.js";
import type { Told } from "./told.js";

const T = TEXT.judgement;

/** The panel; `more` stands at its end. */
export function judgementPanel(
  { confidence, verdict, explanation }: Told,
  more: HTMLElement | null = null,
): HTMLElement {
  const { chance, level, reasons, guarantee, none } = explanation;
  const bar =
    confidence === null || chance === null
      ? null
      : styled(el("div", { class: "bar-of-100" }), { "--value": confidence });
  bar?.setAttribute("aria-hidden", "true");
  return el(
    "section",
    { class: "judgement", "data-verdict": verdict ?? "none", "aria-label": T.label },
    el("p", { class: "judgement-verdict" }, explanation.verdict),
    chance === null ? null : el("p", { class: "judgement-chance" }, chance),
    bar,
    none === null ? null : el("p", {}, none),
    level === null ? null : el("p", { class: "note" }, level),
    reasons.length === 0 ? null : el("ul", { class: "facts-list" }, ...reasons.map((reason) => el("li", {}, reason))),
    guarantee === null
      ? null
      : el("details", {}, el("summary", {}, T.guarantee), el("p", { class: "note" }, guarantee)),
    more,
  );
}
