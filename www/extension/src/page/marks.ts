/**
 * Underlines words of an answer where the page shows them, and leaves its elements as they are: highlights are drawn over
 * ranges of text. They belong to the document, so that all answers share one.
 */

import type { OddWord } from "semgrad";
import { LIMITS } from "../limits.js";
import { oddOf, type State } from "../words.js";
import { placesOf } from "./place.js";
import { readingOf } from "./text.js";
import type { Root } from "./tree.js";

const NAME = "semgrad-odd";
/** Seen on light and on dark; not the red of a mistake, and no color for the text itself. */
const RULE = `::highlight(${NAME}) { text-decoration: underline wavy 1.5px #1f8a7a; text-underline-offset: 0.2em; }`;

/** Made with the first underline, of all answers of this page. */
let drawn: { highlight: Highlight; sheet: CSSStyleSheet } | undefined;
/** Where the rule is: that of a document ends at a shadow tree. */
const styled = new Set<Root>();

export class Marks {
  #odd: readonly OddWord[] = [];
  #marked: { range: Range; word: string }[] = [];
  /** Whether the answer was another one, or off the page, when it was last looked at, or its underlines were removed. */
  #isDue = false;

  /** @param text of the answer, as it was judged */
  constructor(
    private readonly answer: Element,
    private readonly text: string,
  ) {}

  /** Underlines what that state says. */
  show(state: State): void {
    this.#odd = oddOf(state);
    this.#place();
  }

  /** Underlines again what a page made anew; ranges of text that is gone are empty. */
  keep(): void {
    const stand = this.#marked.every(({ range, word }) => range.toString() === word);
    if (this.#isDue || !stand) this.#place();
  }

  remove(): void {
    this.#clear();
    this.#isDue = true;
    tidy();
  }

  #place(): void {
    this.#clear();
    if (this.#odd.length > 0) {
      const { text, nodes } = readingOf(this.answer, LIMITS.answer);
      this.#isDue = text !== this.text || !this.answer.isConnected;
      if (!this.#isDue) this.#mark(nodes);
    }
    tidy();
  }

  #mark(nodes: readonly Text[]): void {
    const pieces = nodes.map(({ data }) => data);
    for (const [index, place] of placesOf(this.text, this.#odd, pieces).entries()) {
      const node = place && nodes[place.piece];
      if (!node) continue;
      const range = document.createRange();
      range.setStart(node, place.start);
      range.setEnd(node, place.end);
      this.#marked.push({ range, word: this.#odd[index]?.text ?? "" });
      draw(range);
    }
  }

  #clear(): void {
    for (const { range } of this.#marked) drawn?.highlight.delete(range);
    this.#marked = [];
    this.#isDue = false;
  }
}

function draw(range: Range): void {
  drawn ??= { highlight: new Highlight(), sheet: styles() };
  const { highlight, sheet } = drawn;
  highlight.add(range);
  CSS.highlights.set(NAME, highlight);
  const root = range.startContainer.getRootNode() as Root;
  styled.add(root);
  // A page may have set a list of its own since.
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** A constructed sheet: the page's Content-Security-Policy has no say in it. */
function styles(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(RULE);
  return sheet;
}

/** Without underlines the page is as it was. */
function tidy(): void {
  if (!drawn || drawn.highlight.size > 0) return;
  const { highlight, sheet } = drawn;
  if (CSS.highlights.get(NAME) === highlight) CSS.highlights.delete(NAME);
  for (const root of styled) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
  styled.clear();
}
