/** Where a card says what went wrong: once, until something else does. */

import { el, fill } from "../../../shared/dom.js";
import { problem, toError } from "../../../shared/problem.js";
import { TEXT } from "./text.js";

/** Empty while nothing is wrong. */
export class ProblemPlace {
  readonly element = el("div", { class: "problems" });
  private shown: unknown = null;

  /** @param hints what else to do, by the error's code */
  constructor(private readonly hints: Record<string, string> = {}) {}

  /** Shows what was thrown; null for nothing. */
  show(thrown: unknown): void {
    if (thrown === this.shown) return;
    this.shown = thrown;
    fill(this.element, thrown === null ? null : this.box(thrown));
  }

  private box(thrown: unknown): HTMLElement {
    const { code } = toError(thrown);
    // The user's own pauses are no problems: the model was taken away.
    if (code === "aborted") return el("p", { class: "note" }, TEXT.gone);
    const hint = this.hints[code];
    return problem(thrown, hint ? { hint } : {});
  }
}
