/** The box for a question. */

import { el } from "./dom.js";
import { TEXT } from "./text.js";

const T = TEXT.ask;

/** Id of what describes the box, which its owner puts beside it. */
export const HINT = "question-hint";

/** Sends on Enter; while an answer is being made, its button stops it. */
export class QuestionBox {
  readonly form: HTMLFormElement;
  private readonly box = el("textarea", {
    id: "question",
    rows: 1,
    placeholder: T.placeholderUnloaded,
    disabled: true,
    "aria-describedby": HINT,
    oninput: () => this.fit(),
    onkeydown: (event: KeyboardEvent) => this.onKey(event),
  });
  private readonly button = el("button", { type: "submit", class: "primary", disabled: true }, T.send);
  private busy = false;

  constructor(
    private readonly onAsk: (question: string) => void,
    private readonly onStop: () => void,
  ) {
    this.form = el(
      "form",
      { onsubmit: (event: SubmitEvent) => this.submit(event) },
      el("label", { for: "question", class: "visually-hidden" }, T.label),
      el("div", { class: "composer-row" }, this.box, this.button),
    );
  }

  focus(): void {
    this.box.focus();
  }

  /** What is typed. */
  set value(question: string) {
    this.box.value = question;
    this.fit();
  }

  /** Usable once there is a model that can be asked. */
  enable(usable: boolean): void {
    this.box.disabled = !usable;
    this.button.disabled = !usable;
    this.box.placeholder = usable ? T.placeholder : T.placeholderUnloaded;
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
    this.button.textContent = busy ? T.stop : T.send;
    this.button.classList.toggle("primary", !busy);
  }

  private onKey(event: KeyboardEvent): void {
    // Enter that confirms an input method's suggestion is not meant for the page.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.busy) this.form.requestSubmit();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.busy) {
      this.onStop();
      return;
    }
    const question = this.box.value.trim();
    if (!question) return;
    this.box.value = "";
    this.fit();
    this.onAsk(question);
  }

  private fit(): void {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }
}
