/** How many questions are kept here, and how to be rid of them. */

import { el } from "../../../shared/dom.js";
import type { History } from "../chat/history.js";
import { deleteAll } from "../delete-all.js";
import { TEXT } from "../text.js";

const T = TEXT.machine.questions;

/** The card. */
export function questionsSection(history: History, redraw: () => void): HTMLElement {
  const { length } = history.entries;
  const clear = () => {
    history.clear();
    redraw();
  };
  return el(
    "section",
    { class: "card stack questions-kept" },
    el("h3", {}, T.heading),
    el("p", {}, length === 0 ? T.none : T.some(length)),
    length === 0
      ? null
      : el("div", { class: "actions" }, el("a", { class: "button", href: "#" }, T.see), deleteAll(clear)),
  );
}
