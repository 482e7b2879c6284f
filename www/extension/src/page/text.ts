/** What an element says, as a person reads it: what is shown, once, never markup, and no more than asked for. */

import { formula, formulaAround, group, isDisplay } from "./formula.js";

/** Elements that stand on lines of their own. */
const BLOCK =
  /^(ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|BR|CAPTION|DD|DETAILS|DIV|DL|DT|FIELDSET|FIGCAPTION|FIGURE|FOOTER|FORM|H[1-6]|HEADER|HR|LEGEND|LI|MAIN|MENU|NAV|OL|P|PRE|SECTION|SUMMARY|TABLE|TR|UL)$/;
/** The same, where a page's style makes other elements so. */
const BLOCK_STYLE = /^(block|flex|flow-root|grid|list-item|table|table-row|table-caption)$/;

/** Elements whose text is not part of what was said: controls, icons, code that runs, and our own badges. */
const SILENT = [
  "button, input, select, textarea, datalist, meter, progress, [role=button], [role=toolbar], [role=tooltip]",
  "script, style, template, noscript, svg, audio, video, canvas, iframe, object, rp, dialog:not([open])",
  "[hidden], [aria-hidden=true], mat-icon, .material-icons, [class*=material-symbols], semgrad-badge",
  // For screen readers only, where the page's own style does not say so.
  ".sr-only, .visually-hidden, .screen-reader-text, .screenreader-only, .cdk-visually-hidden",
].join(", ");

const CELL = "td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]";
const ROW = "tr, [role=row]";
/** Pictures that stand for characters. */
const GLYPH = "img[class*=emoji i], img[class*=latex i], img[class*=math i], img[class*=tex i]";
/** Raised text that is no exponent. */
const ORDINAL = /^(st|nd|rd|th|er|re|e|o|a|tm|sm|r|c|[®™©ªº])$/iu;
/** A mark that leads to a note or a source. */
const MARK = /^\[?\s*[\d*†‡§¶]+\s*\]?$/u;
/** Characters that nobody sees: soft hyphens, and spaces without a width. */
const UNSEEN = /[\u00ad\u200b\u2060\ufeff]/g;

/** Deeper than pages nest; a page that does anyway is not followed. */
const DEEPEST = 256;

/** Text of the element in reading order, with lines as blocks make them; a little more than `limit` at most. */
export function textOf(root: Element, limit: number, range?: Range): string {
  const reader = new Reader(limit, range);
  reader.read(root, 0);
  return reader.text.trim();
}

/** Text of what is selected; a formula is selected as a whole. */
export function selectedText(range: Range, limit: number): string {
  const node = range.commonAncestorContainer;
  const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
  const root = element && (formulaAround(element)?.parentElement ?? element);
  return root ? textOf(root, limit, range) : "";
}

class Reader {
  text = "";
  /** Behind a list's number, the first line has begun. */
  private begun = false;

  constructor(
    private readonly limit: number,
    private readonly range?: Range | undefined,
  ) {}

  read(parent: Element, depth: number): void {
    for (const node of contents(parent)) {
      if (this.text.length > this.limit) return;
      if (this.range && !this.range.intersectsNode(node)) continue;
      if (!isShown(node, parent)) continue;
      if (node.nodeType === 3) this.add(this.selected(node as Text), parent);
      else if (node.nodeType === 1 && depth < DEEPEST) this.element(node as Element, depth + 1);
    }
  }

  private element(element: Element, depth: number): void {
    const written = formula(element);
    // KaTeX's form for the eye is read where there is no other.
    const isSilent = element.matches(SILENT) && !element.matches(".katex-html");
    const style = styleOf(element);
    if (written !== null) this.aside(element, written);
    else if (isSilent || element.matches("img")) this.picture(element);
    else if (style && isUnseen(style)) return;
    else if (element.matches(ROW)) this.row(element, depth);
    else if (element.matches("sup")) this.raised(element, depth);
    else if (element.matches("rt")) this.append(`(${this.inner(element, depth)})`);
    else if (element.matches("q")) this.append(`“${this.inner(element, depth)}”`);
    else this.plain(element, style, depth);
  }

  private plain(element: Element, style: CSSStyleDeclaration | null, depth: number): void {
    const isBlock = BLOCK.test(element.nodeName) || BLOCK_STYLE.test(style?.display ?? "") || isDisplay(element);
    if (isBlock) this.line();
    const number = numberOf(element, style);
    if (number) {
      this.append(`${number} `);
      this.begun = true;
    }
    // A language's name and a bar of buttons stand in the frame, not in the code.
    const code = element.nodeName === "PRE" ? outermost(element, "code") : [];
    if (code.length === 0) this.read(element, depth);
    for (const part of code) {
      this.line();
      this.read(part, depth);
    }
    if (number) this.begun = false;
    if (isBlock) this.line();
  }

  /** Begins a line, unless one has just begun. */
  private line(): void {
    if (this.begun) return;
    this.text = this.text.replace(/[ \n]+$/, "");
    if (this.text) this.text += "\n";
  }

  private append(text: string): void {
    if (text === "") return;
    this.text += text;
    this.begun = false;
  }

  /** A page's text as its style sets it. */
  private add(data: string, parent: Element): void {
    const space = styleOf(parent)?.whiteSpace ?? "";
    const seen = data.replace(UNSEEN, "");
    if (/^(pre|pre-wrap|break-spaces)$/.test(space) || parent.closest("pre")) {
      this.append(seen.replace(/\u00a0/g, " "));
      return;
    }
    const collapsed = space === "pre-line" ? seen.replace(/[^\S\n]+/g, " ") : seen.replace(/\s+/g, " ");
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
    const reader = new Reader(this.limit, this.range);
    reader.read(element, depth);
    return reader.text.replace(/\s+/g, " ").trim();
  }

  private aside(element: Element, text: string): void {
    const isBlock = isDisplay(element);
    if (isBlock) this.line();
    this.append(text.slice(0, this.limit + 1));
    if (isBlock) this.line();
  }

  private picture(element: Element): void {
    const alternative = element.getAttribute("alt")?.trim() ?? "";
    const isEmoji = /^\p{Extended_Pictographic}/u.test(alternative) && alternative.length <= 16;
    if (element.matches("img") && (isEmoji || element.matches(GLYPH))) this.append(alternative);
  }

  /** A table's line: cells a tab apart, each on one line. */
  private row(element: Element, depth: number): void {
    this.line();
    const cells = [...element.children].filter((child) => child.matches(CELL) && isShown(child, element));
    if (cells.length === 0) this.read(element, depth);
    else this.append(cells.map((cell) => (this.wants(cell) ? this.inner(cell, depth + 1) : "")).join("\t"));
    this.line();
  }

  private wants(node: Node): boolean {
    const style = styleOf(node as Element);
    return !(style && isUnseen(style)) && (this.range?.intersectsNode(node) ?? true);
  }

  /** Exponents are told from factors; marks of notes are no part of the text. */
  private raised(element: Element, depth: number): void {
    const text = this.inner(element, depth);
    const isMark = MARK.test(text) && (text.startsWith("[") || element.querySelector("a, button") !== null);
    if (text === "" || isMark || (element.closest("a") && MARK.test(text))) return;
    this.append(ORDINAL.test(text) || !/[\p{L}\p{N})\]]$/u.test(this.text) ? text : `^${group(text)}`);
  }
}

/** What is shown in an element: its shadow tree, if it has an open one, with what it lets through. */
function contents(element: Element): Iterable<Node> {
  const { shadowRoot } = element;
  if (shadowRoot) return shadowRoot.childNodes;
  const given = element.nodeName === "SLOT" ? (element as HTMLSlotElement).assignedNodes() : [];
  return given.length > 0 ? given : element.childNodes;
}

/** Of closed details only the summary is seen. */
function isShown(node: Node, parent: Element): boolean {
  return parent.nodeName !== "DETAILS" || parent.hasAttribute("open") || node.nodeName === "SUMMARY";
}

function styleOf(element: Element): CSSStyleDeclaration | null {
  return element.ownerDocument?.defaultView?.getComputedStyle(element) ?? null;
}

/** Not there, or there for screen readers only: cut down to a dot. */
function isUnseen(style: CSSStyleDeclaration): boolean {
  const { display, visibility, clip, clipPath, position, overflow, width, height } = style;
  if (display === "none" || visibility === "hidden" || visibility === "collapse") return true;
  if (/inset\((50|100)%/.test(clipPath)) return true;
  if (position !== "absolute" && position !== "fixed") return false;
  if (/^rect\((0|1)(px)?(,? ?(0|1)(px)?){3}\)$/.test(clip)) return true;
  const isDot = [width, height].every((length) => Number.parseFloat(length) <= 1);
  return isDot && /hidden|clip/.test(overflow);
}

/** What stands before an item of a numbered list. */
function numberOf(item: Element, style: CSSStyleDeclaration | null): string | null {
  const list = item.parentElement;
  if (item.nodeName !== "LI" || list?.nodeName !== "OL" || style?.listStyleType === "none") return null;
  const items = [...list.children].filter(({ nodeName }) => nodeName === "LI");
  const isReversed = list.hasAttribute("reversed");
  let number = Number(list.getAttribute("start") ?? (isReversed ? items.length : 1));
  for (const each of items) {
    const own = Number.parseInt(each.getAttribute("value") ?? "", 10);
    if (!Number.isNaN(own)) number = own;
    if (each === item) break;
    number += isReversed ? -1 : 1;
  }
  const type = list.getAttribute("type");
  const letter = String.fromCharCode(96 + number);
  if (type === "a" || type === "A") return `${type === "a" ? letter : letter.toUpperCase()}.`;
  return type === null || type === "1" ? `${number}.` : null;
}

/** Parts of that kind, without those within another one. */
function outermost(element: Element, selector: string): Element[] {
  return [...element.querySelectorAll(selector)].filter((part) => !part.parentElement?.closest(selector));
}
