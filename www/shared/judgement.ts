/**
 * How far to trust an answer: the record's own sentences, as they come, in the color of the verdict, and one bar in the
 * one unit that they use. Without a judgment there is no number and no color.
 */

import { el, styled } from "./dom.js";
import { TEXT } from "./text.js";
import type { Told } from "./told.js";
import { toneOf } from "./tone.js";

const T = TEXT.judgement;

/** The panel; `more` stands at its end. */
export function judgementPanel({ confidence, explanation }: Told, more: HTMLElement | null = null): HTMLElement {
  const { verdict, agreement, none } = explanation;
  return el(
    "div",
    { class: "judgement", role: "group", "data-tone": toneOf(explanation), "aria-label": T.label },
    el("p", { class: "judgement-verdict" }, verdict),
    ...(none === null ? judged(explanation, confidence) : [el("p", {}, none), agreed(agreement)]),
    more,
  );
}

/** Where answers were drawn; what an older page kept knows nothing of it. */
const agreed = (agreement: string | null | undefined) => (agreement ? el("p", {}, agreement) : null);

function judged({ chance, level, agreement, reasons, guarantee }: Told["explanation"], confidence: number | null) {
  return [
    chance === null ? null : el("p", { class: "judgement-chance" }, chance),
    // The sentence above says it to those who do not see it.
    confidence === null
      ? null
      : styled(el("div", { class: "bar-of-100", "aria-hidden": "true" }), { "--value": confidence }),
    agreed(agreement),
    level === null ? null : el("p", { class: "note" }, level),
    reasons.length === 0 ? null : el("ul", { class: "facts-list" }, ...reasons.map((reason) => el("li", {}, reason))),
    guarantee === null
      ? null
      : el("details", {}, el("summary", {}, T.guarantee), el("p", { class: "note" }, guarantee)),
  ];
}
