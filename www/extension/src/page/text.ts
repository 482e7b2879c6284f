/** What an element says, as a person reads it: what is shown, once, never markup, and no more than asked for. */

import { group, isCursor, visible } from "./characters.js";
import { isCitation, isRaisedMark } from "./cite.js";
import { codeIn, isCodeBar, isLineNumber } from "./code.js";
import { formula, formulaAround, isDisplay, isSource } from "./formula.js";
import { checkbox, numberOf } from "./lists.js";
import { hasInk, isUnseen, styleOf } from "./seen.js";
import { isPicture, isSilent, pictured } from "./silent.js";
import { cellsOf, isRow } from "./table.js";
import { isThought } from "./thoughts.js";
import { contents, isTree } from "./tree.js";

/** Elements that stand on lines of their own. */
const BLOCK =
  /^(ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|BR|CAPTION|DD|DETAILS|DIV|DL|DT|FIELDSET|FIGCAPTION|FIGURE|FOOTER|FORM|H[1-6]|HEADER|HR|LEGEND|LI|MAIN|MENU|NAV|OL|P|PRE|SECTION|SUMMARY|TABLE|TR|UL)$/;
/** The same, where a page's style makes other elements so. */
const BLOCK_STYLE = /^(block|flex|flow-root|grid|list-item|table|table-row|table-caption)$/;

/** Raised text that is no exponent. */
const ORDINAL = /^(st|nd|rd|th|er|re|e|o|a|tm|sm|r|c|[®™©ªº]|[′″‴']+)$/iu;
/** What a page puts before an item where its list has no numbers. */
const MARKER = /^(?:\d{1,3}[.)]|[a-z][.)]|[•◦▪‣·–*\u2460-\u2473-])$/iu;

/** Deeper than pages nest; a page that does anyway is not followed. */
const DEEPEST = 256;

/** What was read. */
interface Reading {
  text: string;
  /** What it was read from, in the same order; one of a cell that reaches into more rows as often as it was read. */
  nodes: readonly Text[];
}

/** Text of the element in reading order, with lines as blocks make them; a little more than `limit` at most. */
export function readingOf(root: Element | ShadowRoot, limit: number, range?: Range): Reading {
  const nodes: Text[] = [];
  const reader = new Reader(limit, range, nodes);
  reader.read(root, 0);
  const text = reader.end().trimEnd();
  // Where the next word would come.
  return { text: (isCursor(text.slice(-1)) ? text.slice(0, -1) : text).trim(), nodes };
}

export const textOf = (root: Element | ShadowRoot, limit: number, range?: Range): string =>
  readingOf(root, limit, range).text;

/** Text of what is selected; a formula is selected as a whole. */
export function selectedText(range: Range, limit: number): string {
  const node = range.commonAncestorContainer;
  const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
  const root = element && (formulaAround(element)?.parentElement ?? element);
  if (root) return textOf(root, limit, range);
  const tree = node.parentNode ?? node;
  return isTree(tree) ? textOf(tree, limit, range) : "";
}

class Reader {
  text = "";
  /** Behind a list's number, the first line has begun. */
  private begun = false;
  /** Behind a mark that is not read: the brackets around it, and the space before it, go with it. */
  private marked: "bare" | "bracket" | null = null;
  /** What stands between two marks, if another one follows. */
  private held = "";

  constructor(
    private readonly limit: number,
    private readonly range: Range | undefined,
    private readonly nodes: Text[],
  ) {}

  read(parent: Element | ShadowRoot, depth: number): void {
    for (const node of contents(parent)) {
      if (this.text.length > this.limit) return;
      if (!this.wants(node) || !isShown(node, parent)) continue;
      if (node.nodeType === 3) this.add(node as Text, elementAround(node, parent));
      else if (node.nodeType === 1 && depth < DEEPEST) this.element(node as Element, depth + 1);
    }
  }

  /** All that was read; behind the last mark nothing follows. */
  end(): string {
    const rest = this.held && this.behindMark(this.held);
    this.text += rest;
    this.held = "";
    this.marked = null;
    return this.text;
  }

  private element(element: Element, depth: number): void {
    const style = styleOf(element);
    if (style && isUnseen(element, style) && !isSource(element)) return;
    const written = formula(element);
    const box = written === null ? checkbox(element) : null;
    if (written !== null) this.aside(element, style, written);
    else if (box) this.mark(`${box} `);
    else if (isCitation(element, style, this.text)) this.skip();
    else if (isSilent(element, style) || isPicture(element)) this.append(pictured(element));
    else if (isThought(element) || isCodeBar(element) || isLineNumber(element, style)) return;
    else if (isRow(element, style)) this.row(element, depth);
    else if (element.matches("sup") || isRaised(style)) this.raised(element, depth);
    else if (element.matches("rt")) this.append(`(${this.inner(element, depth)})`);
    else if (element.matches("q")) this.append(`“${this.inner(element, depth)}”`);
    else if (isStruck(element, style)) this.struck(element, depth);
    else this.plain(element, style, depth);
  }

  private plain(element: Element, style: CSSStyleDeclaration | null, depth: number): void {
    const isBlock = BLOCK.test(element.nodeName) || BLOCK_STYLE.test(style?.display ?? "") || isDisplay(element);
    const isItem = isBlock && standsInRow(element);
    const start = this.text.length;
    if (isItem && !touches(element.previousElementSibling, element)) this.gap();
    else if (isBlock && !isItem) this.line();
    const number = numberOf(element, style);
    if (number) this.mark(`${number} `);
    // A language's name and a bar of buttons stand in the frame, not in the code.
    const code = element.nodeName === "PRE" ? codeIn(element) : [];
    if (code.length === 0) this.read(element, depth);
    for (const part of code) {
      this.line();
      this.read(part, depth);
    }
    if (number) this.begun = false;
    if (isItem && MARKER.test(this.text.slice(start).trim())) this.mark(" ");
    else if (isItem && !touches(element, element.nextElementSibling)) this.gap();
    else if (isBlock && !isItem) this.line();
  }

  /** Begins a line, unless one has just begun. */
  private line(): void {
    this.end();
    if (this.begun) return;
    this.text = this.text.replace(/[ \n]+$/, "");
    if (this.text) this.text += "\n";
  }

  /** Beside what stands in the same row. */
  private gap(): void {
    if (this.text && !/\s$/.test(this.text)) this.text += " ";
  }

  /** What stands before an item: it goes on in the same line. */
  private mark(text: string): void {
    this.append(text);
    this.begun = true;
  }

  private skip(): void {
    this.marked = this.text.endsWith("[") ? "bracket" : (this.marked ?? "bare");
    this.held = "";
  }

  private append(text: string): void {
    if (this.marked && /^\s*[,;–-]?\s*$/.test(text)) {
      this.held += text;
      return;
    }
    const rest = this.marked ? this.behindMark(this.held + text) : text;
    this.held = "";
    if (rest === "") return;
    this.text += rest;
    this.begun = false;
  }

  private behindMark(text: string): string {
    let rest = text;
    if (this.marked === "bracket" && text.startsWith("]") && this.text.endsWith("[")) {
      this.text = this.text.slice(0, -1);
      rest = text.slice(1);
    }
    this.marked = null;
    if (/^\s*[.,;:!?)\]]/.test(rest)) {
      this.text = this.text.replace(/ +$/, "");
      return rest.trimStart();
    }
    return /\s$/.test(this.text) ? rest.trimStart() : rest;
  }

  /** A page's text as its style sets it. */
  private add(node: Text, parent: Element | null): void {
    const data = this.selected(node);
    const style = parent && styleOf(parent);
    if (parent && style && data.trim() !== "" && !hasInk(parent, style)) return;
    this.nodes.push(node);
    const space = style?.whiteSpace ?? "";
    const seen = visible(data);
    if (/^(pre|pre-wrap|break-spaces)$/.test(space) || parent?.closest("pre")) {
      this.append(seen.replace(/\u00a0/g, " "));
      return;
    }
    const collapsed =
      space === "pre-line" ? seen.replace(/[^\S\n]+/g, " ").replace(/ ?\n ?/g, "\n") : seen.replace(/\s+/g, " ");
    const isStart = this.begun || this.text === "" || /\s$/.test(this.text);
    this.append(isStart ? collapsed.trimStart() : collapsed);
  }

  /** The part of a text node that is wanted; it may be as long as a book. */
  private selected(node: Text): string {
    const { range } = this;
    const from = range?.startContainer === node ? range.startOffset : 0;
    const to = range?.endContainer === node ? range.endOffset : node.data.length;
    return node.data.slice(from, Math.min(to, from + this.limit + 1));
  }

  /** What an element says, by itself and on one line. */
  private inner(element: Element, depth: number): string {
    const reader = new Reader(this.limit, this.range, this.nodes);
    reader.read(element, depth);
    return reader.end().replace(/\s+/g, " ").trim();
  }

  private aside(element: Element, style: CSSStyleDeclaration | null, text: string): void {
    const isBlock = isDisplay(element) || BLOCK_STYLE.test(style?.display ?? "");
    if (isBlock) this.line();
    this.append(text.slice(0, this.limit + 1));
    if (isBlock) this.line();
  }

  /** A table's line: cells a tab apart, each on one line; lines of code are set in tables, too. */
  private row(element: Element, depth: number): void {
    this.line();
    const cells = cellsOf(element).filter((cell) => this.hasCell(cell));
    const only = cells.length === 1 && cells[0]?.querySelector("code") ? cells[0] : null;
    if (only) this.read(only, depth + 1);
    else if (cells.length === 0) this.read(element, depth);
    else this.append(cells.map((cell) => (this.wants(cell) ? this.inner(cell, depth + 1) : "")).join("\t"));
    this.line();
  }

  private hasCell(cell: Element): boolean {
    const style = styleOf(cell);
    return !(style && isUnseen(cell, style)) && !isLineNumber(cell, style);
  }

  /** A range knows its own tree only: of others nothing is met but what is in it. */
  private wants(node: Node): boolean {
    const { range } = this;
    if (!range || range.intersectsNode(node)) return true;
    return node.getRootNode() !== range.startContainer.getRootNode();
  }

  /** Exponents are told from factors; marks of notes are no part of the text. */
  private raised(element: Element, depth: number): void {
    const text = this.inner(element, depth);
    if (text === "" || isRaisedMark(element, text)) this.skip();
    else this.append(ORDINAL.test(text) || !/[\p{L}\p{N})\]]$/u.test(this.text) ? text : `^${group(text)}`);
  }

  /** As Markdown writes it: what was taken back is not said. */
  private struck(element: Element, depth: number): void {
    const text = this.inner(element, depth);
    if (text) this.append(`~~${text}~~`);
  }
}

/** What is right in a shadow tree has the style of its host. */
const elementAround = (node: Node, parent: Element | ShadowRoot): Element | null =>
  isTree(parent) ? parent.host : (node.parentElement ?? parent);

/** Of closed details only the summary is seen. */
function isShown(node: Node, parent: Element | ShadowRoot): boolean {
  return parent.nodeName !== "DETAILS" || (parent as Element).hasAttribute("open") || node.nodeName === "SUMMARY";
}

/** Raised by its style only. */
const isRaised = (style: CSSStyleDeclaration | null): boolean =>
  style?.verticalAlign === "super" && style.display === "inline";

/** Words within a line; a whole item may be struck out since it is done. */
function isStruck(element: Element, style: CSSStyleDeclaration | null): boolean {
  if (element.matches("del, s, strike")) return true;
  return style?.display === "inline" && style.textDecorationLine.includes("line-through");
}

/** Side by side with its neighbors, not below them. */
function standsInRow(element: Element): boolean {
  const parent = element.parentElement;
  const style = parent && styleOf(parent);
  return !!style && /^(inline-)?flex$/.test(style.display) && style.flexDirection.startsWith("row");
}

/** Letters and parts of words that are set side by side touch. */
function touches(before: Element | null, element: Element | null): boolean {
  if (!before || !element) return false;
  const [a, b] = [before.getBoundingClientRect(), element.getBoundingClientRect()];
  // Without a layout nothing is known.
  if (a.width === 0 || b.width === 0 || a.bottom <= b.top) return false;
  const isStretched = [before, element].some((each) => Number(styleOf(each)?.flexGrow) > 0);
  return !isStretched && Math.max(b.left - a.right, a.left - b.right) < 1;
}
