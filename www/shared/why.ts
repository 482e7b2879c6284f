/**
 * What moved a confidence, as bars. They start from the model's average answer, which is the middle: what speaks for this
 * answer goes to the right, what speaks against it to the left. First in a few plain words, then signal by signal.
 */

import type { ConfidencePart } from "semgrad";
import { el, styled } from "./dom.js";
import { TEXT } from "./text.js";

const T = TEXT.why;

/** Where the average answer starts, in log-odds; it is the middle of the picture and no bar of its own. */
const START = "intercept";
/** So many signals are shown; the others open on demand. */
const SHOWN = 8;

interface Bar {
  name: string;
  value: number;
}

/** The plain picture. */
export function whyBars(parts: readonly ConfidencePart[]): HTMLElement {
  const sums = new Map<string, number>();
  for (const { name, contribution } of parts) {
    if (name === START) continue;
    const kind = kindOf(name);
    sums.set(kind, (sums.get(kind) ?? 0) + contribution);
  }
  const bars = [...sums].map(([kind, value]) => ({ name: T.kinds[kind] ?? kind, value }));
  return el("div", { class: "stack" }, el("p", { class: "note" }, T.caption), list(largestFirst(bars), false));
}

/** Every signal by its name, with its number. */
export function signalBars(values: readonly Bar[]): HTMLElement {
  const bars = largestFirst(values).map(({ name, value }) => ({ name: signalName(name), value }));
  const rest = bars.slice(SHOWN);
  const more = el("details", {}, el("summary", {}, T.more(rest.length)), list(rest, true, largest(bars)));
  return el("div", { class: "stack" }, list(bars.slice(0, SHOWN), true), rest.length > 0 && more);
}

/** The signals behind the plain picture, in log-odds. */
export function signalDetails(parts: readonly ConfidencePart[]): HTMLElement {
  const start = parts.find(({ name }) => name === START)?.contribution;
  const bars = parts
    .filter(({ name }) => name !== START)
    .map(({ name, contribution }) => ({ name, value: contribution }));
  return el(
    "section",
    { class: "stack" },
    el("h3", {}, T.signals),
    el(
      "p",
      { class: "note" },
      [T.signalsHint, start === undefined ? "" : T.start(signed(start))].filter(Boolean).join(" "),
    ),
    signalBars(bars),
  );
}

/** Signals that tell the same, as the record's reasons put them together; a score that is not here is about words. */
const KINDS: Record<string, readonly string[]> = {
  meaning: ["semgrad", "semgrad_last", "hybridgrad"],
  others: ["sep", "sep_tbg"],
  attention: ["attention_score"],
  answer: ["answer_tokens"],
  question: ["prompt_tokens"],
  state: ["state"],
};

function kindOf(name: string): string {
  const found = Object.entries(KINDS).find(([, names]) => names.includes(name))?.[0];
  if (found) return found;
  const group = TEXT.scores.names[name]?.[2];
  if (group === undefined) return "other";
  return group === "samples" ? "others" : "words";
}

/** A signal's name for people. */
export function signalName(name: string): string {
  return T.own[name] ?? TEXT.scores.names[name]?.[0] ?? name;
}

const size = ({ value }: Bar) => Math.abs(value);
const largestFirst = (bars: readonly Bar[]) => [...bars].sort((a, b) => size(b) - size(a));
const largest = (bars: readonly Bar[]) => Math.max(...bars.map(size), Number.MIN_VALUE);
const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function list(bars: readonly Bar[], numbers: boolean, full = largest(bars)): HTMLElement {
  const rows = bars.map(({ name, value }) => {
    const down = value < 0;
    const bar = el("span", { class: `why-bar ${down ? "down" : "up"}`, "aria-hidden": "true" });
    const said = el("span", { class: "visually-hidden" }, ` ${down ? T.down : T.up}`);
    return el(
      "li",
      {},
      el("span", { class: "why-name" }, name),
      styled(bar, { "--length": Math.abs(value) / full }),
      el("span", { class: "why-value" }, numbers ? signed(value) : "", said),
    );
  });
  return el("ul", { class: numbers ? "why numbers" : "why" }, ...rows);
}
