/** What stands before an item of a list. */

import { styleOf } from "./seen.js";

/** The number or letter that a page shows before an item; null where it shows none. */
export function numberOf(item: Element, style: CSSStyleDeclaration | null): string | null {
  const list = item.parentElement;
  // Lines of code are numbered, too.
  if (item.nodeName !== "LI" || list?.nodeName !== "OL" || item.closest("pre, code")) return null;
  const kind = style?.listStyleType === "none" ? countedBy(item) : (style?.listStyleType ?? "");
  if (kind === null || /^(disc|circle|square|disclosure-\w+|["'])/.test(kind)) return null;
  return `${written(ordinal(item, list), kind, list.getAttribute("type"))}.`;
}

/** Items without a box count for nothing. */
function ordinal(item: Element, list: Element): number {
  const items = [...list.children].filter((each) => each.nodeName === "LI" && styleOf(each)?.display !== "none");
  const step = list.hasAttribute("reversed") ? -1 : 1;
  let number = Number.parseInt(list.getAttribute("start") ?? "", 10);
  if (Number.isNaN(number)) number = step < 0 ? items.length : 1;
  for (const each of items) {
    const own = Number.parseInt(each.getAttribute("value") ?? "", 10);
    if (!Number.isNaN(own)) number = own;
    if (each === item) break;
    number += step;
  }
  return number;
}

/** The style of a counter that the page writes itself; null for a list without numbers. */
function countedBy(item: Element): string | null {
  const content = item.ownerDocument?.defaultView?.getComputedStyle(item, "::before").content ?? "";
  const counter = /^counters?\(([^)]*)\)/.exec(content);
  return counter && (/([\w-]+)$/.exec(counter[1]?.split(",").slice(1).join(",").trim() ?? "")?.[1] ?? "decimal");
}

function written(number: number, kind: string, type: string | null): string {
  const isUpper = kind.startsWith("upper") || type === "A" || type === "I";
  const shape = /alpha|latin/.test(kind) || /^a$/i.test(type ?? "") ? letters : null;
  const text = (/roman/.test(kind) || /^i$/i.test(type ?? "") ? roman : shape)?.(number) ?? String(number);
  return isUpper ? text.toUpperCase() : text;
}

/** a … z, aa, ab …; below one there are none. */
function letters(number: number): string | null {
  if (number < 1) return null;
  const before = Math.floor((number - 1) / 26);
  return `${before > 0 ? letters(before) : ""}${String.fromCharCode(97 + ((number - 1) % 26))}`;
}

const ROMAN = Object.entries({
  m: 1000,
  cm: 900,
  d: 500,
  cd: 400,
  c: 100,
  xc: 90,
  l: 50,
  xl: 40,
  x: 10,
  ix: 9,
  v: 5,
  iv: 4,
  i: 1,
});

function roman(number: number): string | null {
  if (number < 1 || number > 3999) return null;
  let left = number;
  let text = "";
  for (const [sign, value] of ROMAN) {
    for (; left >= value; left -= value) text += sign;
  }
  return text;
}

/** The box before a task of a list, as Markdown writes it; null for anything else, and for a box in a form. */
export function checkbox(element: Element): string | null {
  if (!element.matches("input[type=checkbox], [role=checkbox]") || !element.closest("li, [role=listitem]")) return null;
  const isDone = (element as HTMLInputElement).checked || element.getAttribute("aria-checked") === "true";
  return isDone ? "[x]" : "[ ]";
}
