/** Elements whose text is not part of what was said: controls, icons, code that runs, and our own badges. */

import { isCursor, isEmoji } from "./characters.js";
import { isClear, isUnseen, styleOf } from "./seen.js";

const BUTTON = "button, [role=button]";
const SILENT = [
  "input, select, textarea, datalist, meter, progress, [role=toolbar], [role=tooltip], [role=menu], [role=menubar]",
  "[role=tablist], [role=progressbar], [role=checkbox], [role=switch]",
  "script, style, template, noscript, svg, audio, video, canvas, iframe, object, rp, dialog:not([open])",
  "[hidden], mat-icon, .material-icons, [class*=material-symbols], semgrad-badge",
  // For screen readers only, where the page's own style does not say so.
  ".sr-only, .screen-reader-text, .screen-reader-only, .screenreader-only",
  "[class*=visually-hidden i], [class*=visuallyhidden i]",
].join(", ");
const PROSE = "p, li, td, th, dd, dt, h1, h2, h3, h4, h5, h6, blockquote, figcaption";
const CURSOR = /cursor|caret|blink|pulse|typing/i;
const AGO = /^(?:just now|yesterday|(?:an?|\d+) ?[a-z]+ ago)$/i;
const LONGEST = 80;
/** What buttons say that work the page, where they are drawn as words. */
const ACTION =
  /^(?:copy|copied|copy code|edit|share|retry|regenerate|show (?:more|less|all)|read (?:more|aloud)|expand|collapse|download|run)[!…]?$/i;
const ICON = /(?:^|[-_])(?:icons?|fa|glyph|symbol)(?:[-_]|$)/i;

export function isSilent(element: Element, style: CSSStyleDeclaration | null): boolean {
  if (element.matches(SILENT)) return true;
  if (element.matches(BUTTON)) return !isWord(element, style);
  if (element.matches("[aria-hidden=true]")) return !isForTheEye(element);
  return isBar(element) || (element.childElementCount === 0 && isPassing(element));
}

/** What stands there only while the answer comes, or says how long ago it came. */
function isPassing(element: Element): boolean {
  const text = (element.textContent ?? "").trim();
  if (isCursor(text)) return true;
  // Not "cursor-pointer" around a letter.
  if (/^[^\p{L}\p{N}]$/u.test(text) && [...element.classList].some((name) => CURSOR.test(name))) return true;
  if (element.matches("[role=status]")) return text.length < LONGEST && /(?:…|\.\.\.)$/.test(text);
  return element.matches("time, relative-time") && AGO.test(text);
}

/** A button that is a word of a sentence, as names are that open a card: it is drawn as one. */
function isWord(element: Element, style: CSSStyleDeclaration | null): boolean {
  if (!style || element.matches("[aria-expanded], [aria-pressed]")) return false;
  if (ACTION.test((element.textContent ?? "").trim())) return false;
  // The browser makes a box of a real button, whatever the page says.
  const isBare = isClear(style.backgroundColor) && Number.parseFloat(style.borderTopWidth) === 0;
  if (style.display !== "inline" && !(style.display === "inline-block" && isBare)) return false;
  const around = element.parentElement?.closest(PROSE);
  const length = (each: Element) => (each.textContent ?? "").trim().length;
  return around ? length(around) > length(element) : false;
}

/** Buttons with nothing between them but a page's number. */
function isBar(element: Element): boolean {
  if (element.childElementCount < 2 || element.childElementCount > 12) return false;
  const buttons = [...element.children].filter((child) => child.matches(BUTTON));
  if (buttons.length < 2) return false;
  const rest = [...element.childNodes].filter((child) => !buttons.includes(child as Element));
  return /^\s*\d+\s*\/\s*\d+\s*$/.test(rest.map(({ textContent }) => textContent ?? "").join(""));
}

/** Hidden from screen readers since they get the same words beside it; anything else that is hidden from them is decoration. */
function isForTheEye(element: Element): boolean {
  const text = (element.textContent ?? "").trim();
  if (isEmoji(text)) return true;
  if (element.matches("i, a") || [...element.classList].some((name) => ICON.test(name))) return false;
  const words = bare(text);
  if (words === "") return false;
  const beside = [element.previousElementSibling, element.nextElementSibling].map((each) => each && spoken(each));
  const said = [...beside, element.parentElement?.getAttribute("aria-label")].filter(
    (each) => each && bare(each) !== "",
  );
  // The name of an icon is a word in small letters, and what it means is another one.
  return said.some((each) => bare(each ?? "") === words) || (said.length > 0 && /[\p{N}\s]/u.test(text));
}

const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

function spoken(element: Element): string | null {
  const style = styleOf(element);
  const isHeard = element.matches(SILENT) || (style && isUnseen(element, style));
  return isHeard && !element.matches("[hidden], script, style") ? element.textContent : null;
}

export const isPicture = (element: Element): boolean =>
  element.matches("img") || (element.matches("[role=img], [role=math]") && element.textContent?.trim() === "");

/** What an element that is silent shows all the same: pictures that stand for characters. */
export function pictured(element: Element): string {
  const text = (element.getAttribute("alt") ?? element.getAttribute("aria-label") ?? "").trim();
  if (!element.matches("img, [role=img], [role=math]")) return "";
  return isEmoji(text) || TEX.test(text) || element.matches(GLYPH) ? text : "";
}

/** A source for an alternative. */
const TEX = /^(?:\$.+\$|\\[a-z([])/is;
/** Formulas as pictures; by whole names, since "text" and "context" hold "tex". */
const GLYPH = [
  "img[class*=emoji i], img[class*=latex i], img[class*=katex i], img[class*=mathjax i], img[class~=tex]",
  "[role=math], img[class~=math], img[class^=math-], img[class*=' math-'], img[class~=formula], img[class~=equation]",
].join(", ");
