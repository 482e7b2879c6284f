/** A part of the options page. */

import { el } from "../../../shared/dom.js";

/** A heading, an optional explanation, and what it is about. */
export function section(id: string, heading: string, hint: string | null, ...content: (Node | null)[]): HTMLElement {
  return el(
    "section",
    { class: "card", id, "aria-labelledby": `${id}-heading` },
    el("h2", { id: `${id}-heading` }, heading),
    hint ? el("p", { class: "note" }, hint) : null,
    ...content,
  );
}

/** A line that says what became of a click, and is spoken. */
export function result(): HTMLElement {
  return el("p", { class: "result", role: "status" });
}
