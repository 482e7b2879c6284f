/** Questions and answers as files. */

import { TEXT } from "../text.js";
import type { Entry } from "./history.js";

/** For machines: what is kept, as it is. */
export function toJson(entries: readonly Entry[]): string {
  return `${JSON.stringify(entries, null, 1)}\n`;
}

/** For people. */
export function toMarkdown(entries: readonly Entry[]): string {
  return [`# ${TEXT.history.title}`, ...entries.map(section)].join("\n\n").concat("\n");
}

function section({ question, model, at, told: { text, explanation } }: Entry): string {
  const { verdict, chance, level, agreement, reasons, guarantee, none } = explanation;
  const said = none === null ? [chance, agreement, level, ...reasons, guarantee] : [none, agreement];
  // What an older page kept has fewer.
  const sentences = said.filter((sentence) => sentence != null);
  return [
    `## ${question.replace(/\s+/g, " ").trim()}`,
    text ?? "",
    [`> **${verdict}**`, ...sentences.map((sentence) => `> ${sentence}`)].join("  \n"),
    `*${model}, ${at.slice(0, 10)}*`,
  ].join("\n\n");
}
