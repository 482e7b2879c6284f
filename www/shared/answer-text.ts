/**
 * The answer: plain while it is written, then its words shaded by where the doubt lies. One stop for the keyboard: arrow
 * keys move between words, and a line below tells about the current one.
 */

import { el, fill, styled } from "./dom.js";
import { type Weighed, weigh } from "./doubt.js";
import { of100 } from "./format.js";
import { TEXT } from "./text.js";
import type { Told } from "./told.js";
import { toneOf } from "./tone.js";

const T = TEXT.words;

/** Text, legend and inspector. */
export class AnswerText {
  readonly element: HTMLElement;
  private readonly text = el("p", { class: "said" });
  private readonly legend = el(
    "p",
    { class: "legend", hidden: true },
    `${T.legend}: `,
    el("span", {}, T.legendLow, el("span", { class: "ramp tone" }), T.legendHigh),
  );
  private readonly inspector = el("p", { class: "inspector", "aria-live": "polite" });
  private words: { piece: Weighed; span: HTMLElement }[] = [];
  private current = 0;

  constructor() {
    const reading = el("div", { class: "reading" }, this.legend, this.inspector);
    this.element = el("div", { class: "answer-text" }, this.text, reading);
  }

  /** So much was said. */
  get length(): number {
    return this.text.textContent?.length ?? 0;
  }

  /** What comes next while the answer is written. */
  add(text: string): void {
    this.text.append(text);
  }

  /** The whole answer, once it is judged. */
  show(told: Told, question: string): void {
    const weighed = weigh(told, question);
    this.element.dataset.tone = toneOf(told.explanation);
    this.legend.hidden = weighed.every(({ shade }) => shade === 0);
    this.words = [];
    this.current = 0;
    const parts = weighed.map((piece) => {
      if (piece.odds === null) return document.createTextNode(piece.text);
      const span = el("span", { class: "word", "data-index": this.words.length }, piece.text);
      this.words.push({ piece, span });
      return styled(span, { "--shade": piece.shade.toFixed(3) });
    });
    fill(this.text, ...parts);
    if (this.words.length > 0) this.makeInspectable();
  }

  private makeInspectable(): void {
    this.inspector.textContent = T.hint;
    // A cut answer that went on is shown a second time.
    if (this.text.hasAttribute("tabindex")) return;
    for (const [name, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": T.label })) {
      this.text.setAttribute(name, value);
    }
    this.text.addEventListener("keydown", (event) => this.onKey(event));
    this.text.addEventListener("focus", () => this.inspect(this.current));
    for (const type of ["pointerover", "click"]) this.text.addEventListener(type, (event) => this.onPoint(event));
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.words.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: this.current + 1,
      ArrowLeft: this.current - 1,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.inspect(Math.min(last, Math.max(0, target)));
  }

  private onPoint(event: Event): void {
    const index = (event.target as HTMLElement).dataset.index;
    if (index !== undefined) this.inspect(Number(index));
  }

  private inspect(index: number): void {
    const word = this.words[index];
    if (!word) return;
    this.words[this.current]?.span.classList.remove("current");
    word.span.classList.add("current");
    this.current = index;
    this.inspector.textContent = T.odds(word.piece.text, of100(word.piece.odds ?? 0));
  }
}
