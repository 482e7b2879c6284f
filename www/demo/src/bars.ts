/** Bars that start in the middle: to the right for what raises, to the left for what lowers. */

import { el, styled } from "../../shared/dom.js";
import { TEXT as SHARED } from "../../shared/text.js";
import { TEXT } from "./text.js";

/** A signal's name for people. */
export function signalName(id: string): string {
  const T = TEXT.why;
  const own: Record<string, string> = {
    intercept: T.rest,
    answer_tokens: T.tokens,
    prompt_tokens: T.promptTokens,
    state: T.state,
  };
  return own[id] ?? SHARED.scores.names[id]?.[0] ?? id;
}

/** So many are shown; the others open on demand. */
const SHOWN = 8;

/** Largest first; `value` may be of any scale. */
export function signedBars(values: readonly { name: string; value: number }[]): HTMLElement {
  const sorted = [...values].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const largest = Math.max(...sorted.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const rows = sorted.map(({ name, value }) => row(signalName(name), value, largest));
  const others = rows.splice(SHOWN);
  const more = el(
    "details",
    {},
    el("summary", {}, TEXT.why.more(others.length)),
    el("ul", { class: "why" }, ...others),
  );
  return el("div", { class: "stack" }, el("ul", { class: "why" }, ...rows), others.length > 0 && more);
}

function row(name: string, value: number, largest: number): HTMLElement {
  const down = value < 0;
  const text = `${down ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
  const bar = el("span", { class: `why-bar ${down ? "down" : "up"}`, "aria-hidden": "true" });
  const said = el("span", { class: "visually-hidden" }, ` ${down ? TEXT.why.down : TEXT.why.up}`);
  return el(
    "li",
    {},
    el("span", { class: "why-name" }, name),
    styled(bar, { "--length": Math.abs(value) / largest }),
    el("span", { class: "why-value" }, text, said),
  );
}
