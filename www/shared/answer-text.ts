/**
 * The answer: plain while it is written, then its words shaded by where the doubt lies. One stop for the keyboard: arrow
 * keys move between words, a line below tells about the current one, and a note at the word what else it might have been.
 */

import type { OddWord } from "semgrad";
import { el, fill, styled } from "./dom.js";
import { type Weighed, weigh } from "./doubt.js";
import { of100 } from "./format.js";
import { Note } from "./note.js";
import type { Rival } from "./rivals.js";
import { TEXT } from "./text.js";
import type { Told } from "./told.js";
import { toneOf } from "./tone.js";
import { withoutLabel } from "./without-label.js";
import type { Piece } from "./words.js";

const T = TEXT.words;
/** Letters among which an answer's label is looked for while it is written. */
const BEGINNING = 20;

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
  private readonly note: Note;
  private words: { piece: Weighed; span: HTMLElement }[] = [];
  private current = 0;

  constructor() {
    const reading = el("div", { class: "reading" }, this.legend, this.inspector);
    this.element = el("div", { class: "answer-text" }, this.text, reading);
    this.note = new Note(this.element, this.text);
  }

  /** So much was said. */
  get length(): number {
    return this.text.textContent?.length ?? 0;
  }

  /** What comes next while the answer is written. */
  add(text: string): void {
    this.text.append(text);
    // Words that are marked already stay: what comes is no beginning.
    if (this.text.childElementCount > 0 || this.length > BEGINNING) return;
    const shown = withoutLabel(this.text.textContent ?? "");
    if (shown.length < this.length) this.text.textContent = shown;
  }

  /** The whole answer, once it is judged; words that stand out in one that others wrote are underlined. */
  show(answer: Told, question: string, odd: readonly OddWord[] = []): void {
    const weighed = weigh(answer, question);
    this.element.dataset.tone = toneOf(answer.explanation);
    this.legend.hidden = weighed.every(({ shade }) => shade === 0);
    this.words = [];
    this.current = 0;
    this.note.hide();
    const parts = weighed.map((piece) => {
      if (piece.odds === null) return document.createTextNode(piece.text);
      const marks = [piece.rivals.length > 0 && "torn", isOdd(piece, odd) && "odd"];
      const names = ["word", ...marks].filter(Boolean).join(" ");
      const span = el("span", { class: names, "data-index": this.words.length }, piece.text);
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
    this.text.addEventListener("blur", () => this.note.hide());
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
    const { text, odds, rivals } = word.piece;
    const also = rivals.length > 0 ? T.rivals(rivals.map(named)) : null;
    // The note is for eyes alone.
    const spoken = also && el("span", { class: "visually-hidden" }, ` ${also}`);
    fill(this.inspector, T.odds(text, of100(odds ?? 0)), spoken);
    if (also) this.note.show(word.span, also);
    else this.note.hide();
  }
}

/** By its tokens, of which one may hold the end of another word; numbers and compounds may be cut otherwise here. */
const isOdd = (piece: Piece, odd: readonly OddWord[]): boolean =>
  odd.some(({ text, tokens: [first, end] }) => {
    const isPart = text.includes(piece.text) || piece.text.includes(text);
    return isPart && piece.tokens.some((token) => token >= first && token < end);
  });

/** How it would have begun, which is all that is known of it. */
const named = ({ text, odds }: Rival): [beginning: string, odds: string] => [`${text}…`, of100(odds)];
