/** The demo page's box for a question, without the switches beside it that a panel has no room for. */

import { HINT, QuestionBox } from "../../../shared/box.js";
import { el } from "../../../shared/dom.js";
import { TEXT as SHARED } from "../../../shared/text.js";

export class Composer {
  readonly element: HTMLElement;
  readonly #box: QuestionBox;

  constructor(onAsk: (question: string) => void, onStop: () => void) {
    this.#box = new QuestionBox(onAsk, onStop);
    this.element = el("div", { class: "composer" }, this.#box.form, el("small", { id: HINT }, SHARED.ask.hint));
  }

  focus(): void {
    this.#box.focus();
  }

  /** Shown once there is a model to ask. */
  enable(usable: boolean): void {
    this.element.classList.toggle("usable", usable);
    this.#box.enable(usable);
  }

  setBusy(busy: boolean): void {
    this.#box.setBusy(busy);
  }
}
