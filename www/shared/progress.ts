/** The progress of a load, with a way out. */

import type { LoadProgress } from "semgrad";
import { el } from "./dom.js";
import { bytes, timeLeft } from "./format.js";
import { TEXT } from "./text.js";

const T = TEXT.progress;

/** Phase, bar, bytes, speed, time left. */
export class ProgressView {
  readonly element: HTMLElement;
  private readonly phase = el("strong", {}, T.start);
  private readonly numbers = el("span", { class: "numbers" });
  private readonly bar = el("progress", { "aria-label": T.label });
  private readonly note = el("p", { class: "note" });

  constructor(name: string, onCancel: () => void) {
    this.element = el(
      "section",
      { class: "card progress", "aria-label": T.label },
      el("h2", {}, name),
      el("p", { class: "progress-line" }, this.phase, this.numbers),
      this.bar,
      this.note,
      el("div", { class: "actions" }, el("button", { type: "button", onclick: onCancel }, T.cancel)),
    );
  }

  /** Moves the keyboard to the cancel button. */
  focus(): void {
    this.element.querySelector("button")?.focus();
  }

  update(progress: LoadProgress): void {
    if (progress.phase === "warning") {
      this.note.textContent = progress.message;
      return;
    }
    const { loaded, total } = progress;
    const parts = [total === null ? bytes(loaded) : T.amount(bytes(loaded), bytes(total))];
    if (progress.phase === "download" && progress.bytesPerSecond > 0) {
      parts.push(T.speed(bytes(progress.bytesPerSecond)));
      if (total !== null) parts.push(T.left(timeLeft((total - loaded) / progress.bytesPerSecond)));
    }
    this.show(T[progress.phase], parts.join(" · "), loaded, total);
  }

  /** Anything else that takes time; a `total` of null means that the end is unknown. */
  show(phase: string, numbers: string, done: number, total: number | null): void {
    this.title(phase);
    this.numbers.textContent = numbers;
    if (total === null) {
      // A bar without a value shows that the end is unknown.
      this.bar.removeAttribute("value");
    } else {
      this.bar.max = total;
      this.bar.value = done;
    }
  }

  /** Another name for what is going on. */
  title(phase: string): void {
    this.phase.textContent = phase;
  }
}
