/** What was measured, as a table and as bars. */

import { el } from "../../../shared/dom.js";
import { duration, number, percent } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { TEXT } from "../text.js";
import type { Figures } from "./run.js";

/** One figure, and what it was measured on. */
export interface Cell {
  text: string;
  note?: string;
}

/** One line of the table: a figure for each device, "–" where there is none. */
export interface Row {
  label: string;
  cells: Cell[];
}

const T = TEXT.measure;

type Maybe = number | null | undefined;

function cell(value: Maybe, format: (value: number) => string, tokens?: Maybe): Cell {
  if (value === null || value === undefined) return { text: "–" };
  return tokens ? { text: format(value), note: T.tokens(tokens) } : { text: format(value) };
}

const rate = (value: number) => T.rate(value < 1000 ? number(value) : thousands.format(value));
const thousands = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const times = (value: number) => T.times(number(value));

/** The scores that any of the devices computed, in their order. */
function scoreIds(results: readonly Figures[]): string[] {
  return [...new Set(results.flatMap(({ scores }) => scores.map(({ id }) => id)))];
}

function scoreName(id: string): string {
  return SHARED.scores.names[id]?.[0] ?? id;
}

/** The table's lines. */
export function rows(results: readonly Figures[]): Row[] {
  const row = (label: string, of: (figures: Figures) => Cell): Row => ({ label, cells: results.map(of) });
  const cost = ({ scores }: Figures, id: string) => {
    const score = scores.find((score) => score.id === id);
    return cell(score?.share, percent, score?.tokens);
  };
  return [
    row(T.rows.load, ({ load }) => cell(load, duration)),
    row(T.rows.firstToken, ({ firstToken }) => cell(firstToken, duration)),
    row(T.rows.prefill, ({ prefill, prompt }) => cell(prefill, rate, prompt)),
    row(T.rows.decode, ({ decode, tokens }) => cell(decode, rate, tokens)),
    ...scoreIds(results).map((id) => row(T.rows.score(scoreName(id)), (figures) => cost(figures, id))),
    row(T.rows.samples, ({ samples }) => cell(samples?.ratio, times, samples?.tokens)),
  ];
}

/** The table, with the devices as columns. */
export function resultTable(results: readonly Figures[]): HTMLElement {
  const head = results.map(({ device }) => el("th", { scope: "col" }, SHARED.choices.devices[device]));
  const data = ({ text, note }: Cell) => el("td", { class: "value" }, text, note ? el("small", {}, note) : null);
  const body = rows(results).map(({ label, cells }) =>
    el("tr", {}, el("th", { scope: "row" }, label), ...cells.map(data)),
  );
  return el(
    "table",
    { class: "figures" },
    el("caption", { class: "visually-hidden" }, T.results),
    el("thead", {}, el("tr", {}, el("td", {}), ...head)),
    el("tbody", {}, ...body),
  );
}

/** One group of bars with a common scale. */
interface Group {
  title: string;
  /** What a full bar stands for; the largest value by default. */
  full?: number;
  bars: { label: string; device: string; value: number; text: string }[];
}

function groups(results: readonly Figures[]): Group[] {
  const speed = (title: string, value: (figures: Figures) => number | null): Group => ({
    title,
    bars: results.flatMap((figures) => {
      const measured = value(figures);
      const label = SHARED.choices.devices[figures.device];
      return measured === null ? [] : [{ label, device: figures.device, value: measured, text: rate(measured) }];
    }),
  });
  const costs: Group[] = results.map((figures) => ({
    title: T.costsOn(SHARED.choices.devices[figures.device]),
    full: Math.max(1, ...figures.scores.map(({ share }) => share)),
    bars: figures.scores.map(({ id, share }) => ({
      label: scoreName(id),
      device: figures.device,
      value: share,
      text: percent(share),
    })),
  }));
  const all = [speed(T.prefill, ({ prefill }) => prefill), speed(T.decode, ({ decode }) => decode), ...costs];
  return all.filter(({ bars }) => bars.length > 0);
}

/** The same as pictures; the table says it all, so screen readers skip them. */
export function chart(results: readonly Figures[]): HTMLElement {
  const drawn = groups(results).map(({ title, full, bars }) => {
    const scale = full ?? Math.max(...bars.map(({ value }) => value));
    const lines = bars.flatMap(({ label, device, value, text }) => {
      const bar = el("span", { class: `bar ${device}` });
      bar.style.setProperty("--length", String(scale > 0 ? value / scale : 0));
      return [el("span", { class: "bar-label" }, label), bar, el("span", { class: "bar-value" }, text)];
    });
    return el("div", { class: "bars" }, el("h4", {}, title), ...lines);
  });
  return el("div", { class: "chart", "aria-hidden": "true" }, ...drawn);
}
