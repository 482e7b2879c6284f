/** The box for a question to the model; the demo page's has switches beside it that a panel has no room for. */

import { el } from "../shared.js";
import { TEXT } from "../text.js";

const T = TEXT.ask;

/** Sends on Enter; while an answer is being made, its button stops it. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly #box = el("textarea", {
    id: "question",
    rows: 1,
    placeholder: T.placeholder,
    "aria-describedby": "question-hint",
    oninput: () => this.#fit(),
    onkeydown: (event: KeyboardEvent) => this.#onKey(event),
  });
  readonly #button = el("button", { type: "submit", class: "primary" }, T.send);
  #busy = false;

  constructor(
    private readonly onAsk: (question: string) => void,
    private readonly onStop: () => void,
  ) {
    this.element = el(
      "form",
      { class: "composer", onsubmit: (event: SubmitEvent) => this.#submit(event) },
      el("label", { for: "question", class: "visually-hidden" }, T.label),
      el("div", { class: "composer-row" }, this.#box, this.#button),
      el("small", { id: "question-hint" }, T.hint),
    );
  }

  focus(): void {
    this.#box.focus();
  }

  /** Shown once there is a model to ask. */
  enable(usable: boolean): void {
    this.element.classList.toggle("usable", usable);
  }

  setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#button.textContent = busy ? T.stop : T.send;
    this.#button.classList.toggle("primary", !busy);
  }

  #onKey(event: KeyboardEvent): void {
    // Enter that confirms an input method's suggestion is not meant for the page.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.#busy) this.element.requestSubmit();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.#busy) {
      this.onStop();
      return;
    }
    const question = this.#box.value.trim();
    if (!question) return;
    this.#box.value = "";
    this.#fit();
    this.onAsk(question);
  }

  #fit(): void {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}
