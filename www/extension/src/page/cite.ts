/** Marks that lead to a note or a source, and the cards that sources stand on: where it comes from, not what it says. */

import { isClear, styleOf } from "./seen.js";

/** Numbers and signs of notes, one or several, with or without brackets. */
const MARK = /^(?:\[?\s*[\d*†‡§¶]+(?:\s*[,;–-]\s*[\d*†‡§¶]+)*\s*\]?\s*)+$/u;
const BRACKETED = /^(?:\[\s*[\d*†‡§¶]+(?:\s*[,;–-]\s*\d+)*\s*\]\s*)+$/u;
const NAMED = /(?:^|[-_])(?:cite|citations?|footnote|noteref)(?:[-_]|$)/i;
/** Names that links of a text have, too: of these, only numbers and signs are marks. */
const LOOSELY_NAMED = /(?:^|[-_])(?:reference|source)(?:[-_]|$)/i;
const CARDS =
  /^(?:sources?|citations?|references?)(?:[-_](?:lists?|cards?|panel|footer|grid|carousel|rows?|section|bar|container|inline))+$/i;
/** Names that say less: what is called so holds nothing but links, and a heading. */
const BARE_CARDS = /^(?:sources|citations|references)$/i;
const LINK = "a, button, [role=button], [role=link]";
const BACK = "[data-footnote-backref], .footnote-backref, [role=doc-backlink]";
const LONGEST = 80;

/** What a page calls an element: names that authors chose. */
export function namesOf(element: Element): string[] {
  const own = element.localName.includes("-") ? [element.localName] : [];
  return [...own, ...element.classList, element.getAttribute("data-testid") ?? ""];
}

/** Whether that leads to a note or source; `before` is what was read up to it. */
export function isCitation(element: Element, style: CSSStyleDeclaration | null, before: string): boolean {
  if (element.matches(BACK) || isCards(element)) return true;
  const text = (element.textContent ?? "").trim();
  if (text.length > LONGEST || text === "" || element.closest("pre, code")) return false;
  if (element.matches("[role=doc-noteref], [data-footnote-ref]")) return true;
  const isLink = element.matches(LINK);
  if (isNamed(element) && (isLink || MARK.test(text) || isOnlyLinks(element))) return true;
  if (MARK.test(text) && namesOf(element).some((name) => LOOSELY_NAMED.test(name))) return true;
  if (element.matches("a") && isAnchor(element, text)) return true;
  if (!isLink) return false;
  return BRACKETED.test(text) || isGlued(element, text, before) || isPill(element, style);
}

/** Raised text that is a mark and no exponent. */
export function isRaisedMark(element: Element, text: string): boolean {
  if (/^(?:\[[^\]]{1,20}\]\s*)+$/.test(text)) return true;
  if (!MARK.test(text)) return false;
  return text.startsWith("[") || element.querySelector(LINK) !== null || element.closest("a") !== null;
}

function isNamed(element: Element): boolean {
  const isData = (name: string) => /^data-.*(?:citation|footnote|noteref)/.test(name);
  return namesOf(element).some((name) => NAMED.test(name)) || element.getAttributeNames().some(isData);
}

function isCards(element: Element): boolean {
  const names = namesOf(element);
  if (names.some((name) => CARDS.test(name))) return element.querySelector(LINK) !== null;
  return names.some((name) => BARE_CARDS.test(name)) && isOnlyLinks(element, "h1, h2, h3, h4, h5, h6, summary");
}

/** A name of a source that wraps a sentence is not a mark: nothing but links, and what stands between them. */
function isOnlyLinks(element: Element, besides?: string): boolean {
  if (!element.querySelector(LINK)) return false;
  const copy = element.cloneNode(true) as Element;
  for (const part of copy.querySelectorAll(besides ? `${LINK}, ${besides}` : LINK)) part.remove();
  return !/[\p{L}\p{N}]/u.test(copy.textContent ?? "");
}

/** The sign behind a heading that leads to itself. */
function isAnchor(element: Element, text: string): boolean {
  return /^[#¶§🔗]$/u.test(text) && (element.getAttribute("href") ?? "").startsWith("#");
}

/** A number that leads somewhere, right behind a word, and none that a word goes on behind. */
function isGlued(element: Element, text: string, before: string): boolean {
  if (!/^\d{1,3}$/.test(text) || !/[\p{L}\p{M}\p{P}\p{N}\p{So}]$/u.test(before)) return false;
  const next = element.nextSibling;
  return !(next?.nodeType === 3 && /^[\p{L}\p{N}]/u.test(next.textContent ?? ""));
}

/** A link drawn as a small pill within a text. */
function isPill(element: Element, style: CSSStyleDeclaration | null): boolean {
  if (!style || !/^inline-(flex|block)$/.test(style.display) || !element.matches("a[href]")) return false;
  if (!(Number.parseFloat(style.borderRadius) >= 6)) return false;
  const isDrawn = !isClear(style.backgroundColor) || Number.parseFloat(style.borderWidth) > 0;
  const around = element.parentElement?.closest("p, li, td, th, dd, blockquote, div");
  const size = around && Number.parseFloat(styleOf(around)?.fontSize ?? "");
  return isDrawn && Number.parseFloat(style.fontSize) < Number(size);
}
