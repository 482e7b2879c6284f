/** What is wrong with an answer that anybody can see: found by rules, without the model. */

import { check } from "semgrad";
import { el } from "./dom.js";
import { faultLine } from "./fault.js";
import { TEXT } from "./text.js";

const T = TEXT.checked;

/**
 * A note with the faults of an answer; null where there are none, or where they cannot be looked for.
 *
 * @param context what was said before; null where that is not known: then nothing is said of quotations
 */
export async function checkedNote(
  question: string,
  answer: string,
  context: string | null,
): Promise<HTMLElement | null> {
  // Nobody who reads an answer is to hear of a module that did not start.
  const all = await check(question, answer, { context: context ?? "" }).catch(() => []);
  const faults = all.filter(({ kind }) => context !== null || kind !== "quotation");
  if (faults.length === 0) return null;
  const lines = faults.map((fault) => el("li", {}, faultLine(fault)));
  return el(
    "aside",
    { class: "checked", "aria-label": T.label },
    el("p", { class: "checked-head" }, T.heading),
    el("ul", {}, ...lines),
    el("p", { class: "legend" }, T.hint),
  );
}
