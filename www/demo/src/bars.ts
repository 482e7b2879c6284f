/** Bars that start in the middle: to the right for what raises, to the left for what lowers. */

import { el, styled } from "./dom.js";
import { number } from "./format.js";
import { TEXT } from "./text.js";

/** A signal's name for people. */
export function signalName(id: string): string {
  const T = TEXT.why;
  const own: Record<string, string> = { intercept: T.rest, answer_tokens: T.tokens };
  return own[id] ?? TEXT.scores.names[id]?.[0] ?? id;
}

/** Largest first; `value` may be of any scale. */
export function signedBars(values: readonly { name: string; value: number }[]): HTMLElement {
  const T = TEXT.why;
  const sorted = [...values].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const largest = Math.max(...sorted.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const rows = sorted.map(({ name, value }) => {
    const down = value < 0;
    const text = `${down ? "−" : "+"}${number(Math.abs(value))}`;
    const bar = el("span", { class: `why-bar ${down ? "down" : "up"}`, "aria-hidden": "true" });
    return el(
      "li",
      {},
      el("span", { class: "why-name" }, signalName(name)),
      styled(bar, { "--length": Math.abs(value) / largest }),
      el("span", { class: "why-value" }, text, el("span", { class: "visually-hidden" }, ` ${down ? T.down : T.up}`)),
    );
  });
  return el("ul", { class: "why" }, ...rows);
}
