/** Questions and answers on this page, in open shadow trees as well. */

import { LIMITS } from "../limits.js";
import type { SiteRule } from "../sites.js";
import { inReadingOrder } from "./order.js";
import { textOf } from "./text.js";
import { boxOf, closest, findAll, holds } from "./tree.js";

export interface Turn {
  /** Empty where it is not on the page, or cannot be read. */
  question: string;
  answer: Element;
  /** More of the answer is to come. */
  busy: boolean;
}

/** A selector that the browser does not understand matches nothing. */
function matches(element: Element, selector: string): boolean {
  try {
    return element.matches(selector);
  } catch {
    return false;
  }
}

function all(selector: string): Element[] {
  try {
    return inReadingOrder(findAll(document, selector));
  } catch {
    return [];
  }
}

/** Every answer, in the order of the page. */
export function findTurns(rules: readonly SiteRule[]): Turn[] {
  const found = new Map<Element, Turn>();
  for (const turn of rules.flatMap(turnsOf)) {
    // The first rule that knows an answer decides.
    if (!found.has(turn.answer)) found.set(turn.answer, turn);
  }
  return [...found.values()];
}

function turnsOf({ question, answer, busy }: SiteRule): Turn[] {
  const turns: Turn[] = [];
  let asked: Element | null = null;
  let outer: Element | null = null;
  for (const element of all(`${question}, ${answer}`)) {
    // A match within the last answer is a part of it.
    if (outer && holds(outer, element)) continue;
    // Earlier answers, and what other widths of the page show.
    if (!isThere(element)) continue;
    if (!matches(element, answer)) {
      asked = element;
      continue;
    }
    outer = element;
    turns.push({
      question: asked ? textOf(asked, LIMITS.question) : "",
      answer: element,
      busy: busy !== undefined && isBusy(element, busy),
    });
  }
  return turns;
}

/** Whether it has a place on the page, in sight or not. */
function isThere(element: Element): boolean {
  return boxOf(element).checkVisibility?.() ?? true;
}

/** The mark may be within the answer, or around it. */
function isBusy(element: Element, selector: string): boolean {
  try {
    return findAll(element, selector).length > 0 || closest(element, selector) !== null;
  } catch {
    return false;
  }
}
