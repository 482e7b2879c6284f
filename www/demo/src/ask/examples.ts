/** Questions to begin with, each of which shows something about judgments. */

import { el } from "../../../shared/dom.js";
import { TEXT } from "../text.js";

/** One of them. */
export interface Example {
  title: string;
  question: string;
  /** What to notice. */
  notice: string;
}

/** The list; shown until something was asked. */
export function exampleList(onAsk: (example: Example) => void): HTMLElement {
  const rows = TEXT.examples.list.map((example: Example) =>
    el(
      "li",
      {},
      el("small", {}, example.title),
      el("button", { type: "button", class: "secondary", onclick: () => onAsk(example) }, example.question),
    ),
  );
  return el(
    "section",
    { class: "examples", hidden: true, "aria-label": TEXT.examples.heading },
    el("p", { class: "note" }, TEXT.examples.heading),
    el("ul", {}, ...rows),
  );
}
