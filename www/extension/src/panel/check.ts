/** The form for an answer from elsewhere; a selection on a page fills it in. */

import { el } from "../../../shared/dom.js";
import { LIMITS } from "../limits.js";
import { TEXT } from "../text.js";

const T = TEXT.panel.check;

export class CheckForm {
  readonly element: HTMLDetailsElement;
  readonly #question = el("textarea", { id: "asked", rows: 2, maxlength: LIMITS.question });
  readonly #answer = el("textarea", { id: "answered", rows: 4, maxlength: LIMITS.answer });
  readonly #hint = el("p", { class: "form-hint", role: "status" });

  constructor(private readonly onCheck: (question: string, answer: string) => void) {
    this.element = el(
      "details",
      { class: "card check-form" },
      el("summary", {}, el("h2", {}, T.heading)),
      el(
        "form",
        { onsubmit: (event: SubmitEvent) => this.#submit(event) },
        el("label", { for: "asked" }, T.question),
        this.#question,
        el("label", { for: "answered" }, T.answer),
        this.#answer,
        el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, T.button), this.#hint),
      ),
    );
  }

  /** Takes up a selection; with a question it is checked at once, without one the panel asks for it. */
  take(question: string, answer: string): void {
    this.#question.value = question;
    this.#answer.value = answer;
    this.#hint.textContent = "";
    if (question && answer) {
      this.#check();
      return;
    }
    this.element.open = true;
    if (answer) this.#hint.textContent = T.missing;
    (answer ? this.#question : this.#answer).focus();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    this.#check();
  }

  #check(): void {
    const [question, answer] = [this.#question.value.trim(), this.#answer.value.trim()];
    this.#hint.textContent = "";
    if (!question || !answer) {
      this.#hint.textContent = T.missing;
      (question ? this.#answer : this.#question).focus();
      return;
    }
    this.element.open = false;
    this.onCheck(question, answer);
  }
}
