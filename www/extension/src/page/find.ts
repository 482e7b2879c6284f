/** Questions and answers on this page. */

import { LIMITS } from "../limits.js";
import type { SiteRule } from "../sites.js";
import { textOf } from "./text.js";

export interface Turn {
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
    return [...document.querySelectorAll(selector)];
  } catch {
    return [];
  }
}

/** Every answer that has a question before it, in the order of the page. */
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
    if (outer?.contains(element)) continue;
    if (!matches(element, answer)) {
      asked = element;
      continue;
    }
    outer = element;
    if (!asked) continue;
    const text = textOf(asked, LIMITS.question);
    if (text) turns.push({ question: text, answer: element, busy: busy !== undefined && isBusy(element, busy) });
  }
  return turns;
}

/** The mark may be within the answer, or around it. */
function isBusy(element: Element, selector: string): boolean {
  try {
    return element.querySelector(selector) !== null || element.closest(selector) !== null;
  } catch {
    return false;
  }
}
