/** Results as text that can be pasted elsewhere. */

import { TEXT as SHARED } from "../../../shared/text.js";
import { TEXT } from "../text.js";
import type { Machine } from "./machine.js";
import { type Cell, rows } from "./results.js";
import type { Figures } from "./run.js";

/** Everything that was measured, and what of. */
export interface Report {
  model: { name: string; bytes: number | null };
  machine: Machine;
  results: Figures[];
}

/** Every repetition, for machines. */
export function toJson(report: Report): string {
  return JSON.stringify(report, null, 1);
}

/** The table, for people. */
export function toMarkdown({ model, machine, results }: Report): string {
  const T = TEXT.measure;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = ["", ...results.map(({ device }) => SHARED.choices.devices[device])];
  const plain = ({ text, note }: Cell) => (note ? `${text} (${note})` : text);
  const body = rows(results).map(({ label, cells }) => line([label, ...cells.map(plain)]));
  const facts = T.facts(machine).map(([name, value]) => `${name}: ${value}`);
  return [
    `${T.title(model.name)}`,
    "",
    line(head),
    line(head.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...body,
    "",
    `${facts.join("; ")}.`,
    "",
  ].join("\n");
}
