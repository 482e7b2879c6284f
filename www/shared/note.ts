/**
 * A note at a word. It stays as long as somebody points at the word or at the note itself, or has the keyboard there, and
 * goes with Escape. Screen readers are told elsewhere.
 */

import { el, styled } from "./dom.js";

/** Milliseconds in which a pointer gets from the word to the note. */
const LINGER = 200;
/** Between word and note, and between note and the window's edge. */
const GAP = 6;

/** Shown above everything. */
export class Note {
  private readonly element = el("p", { class: "word-note", popover: "manual", "aria-hidden": "true" });
  private word: HTMLElement | null = null;
  private opened: AbortController | null = null;
  private leaving = 0;

  /** @param owner holds the note, and `text` with the words */
  constructor(
    private readonly owner: HTMLElement,
    text: HTMLElement,
  ) {
    owner.append(this.element);
    for (const part of [text, this.element]) {
      part.addEventListener("pointerenter", () => clearTimeout(this.leaving));
      part.addEventListener("pointerleave", (event) => {
        // A finger that was lifted still wants to read.
        if (event.pointerType === "mouse") this.leave();
      });
    }
  }

  show(word: HTMLElement, text: string): void {
    clearTimeout(this.leaving);
    this.word = word;
    this.element.textContent = text;
    // Taken off the page, it was closed without a word.
    if (!this.element.matches(":popover-open")) this.open();
    this.place();
  }

  hide(): void {
    clearTimeout(this.leaving);
    this.opened?.abort();
    this.opened = null;
    this.word = null;
    // One that is no longer on the page is closed already.
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }

  private open(): void {
    this.opened?.abort();
    const opened = new AbortController();
    const { signal } = opened;
    this.opened = opened;
    this.element.showPopover();
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.hide(), { signal });
    document.addEventListener("pointerdown", ({ target }) => this.owner.contains(target as Node) || this.hide(), {
      signal,
    });
    for (const type of ["scroll", "resize"])
      window.addEventListener(type, () => this.place(), { signal, capture: true });
  }

  private leave(): void {
    clearTimeout(this.leaving);
    this.leaving = window.setTimeout(() => this.hide(), LINGER);
  }

  /** Above the word, so that what is told below the text stays in sight; never across the window's edge. */
  private place(): void {
    const [line] = this.word?.getClientRects() ?? [];
    if (!line) {
      this.hide();
      return;
    }
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.max(GAP, Math.min(line.left, document.documentElement.clientWidth - width - GAP));
    const above = line.top - height - GAP;
    const top = above < GAP ? line.bottom + GAP : above;
    styled(this.element, { "--left": `${Math.round(left)}px`, "--top": `${Math.round(top)}px` });
  }
}
