/** Which words of the question move the answer. */

import type { Answer } from "semgrad";
import { align } from "../../../shared/align.js";
import { pieces } from "../../../shared/words.js";
import { saliency } from "./saliency.js";

type Attribution = NonNullable<Answer["attribution"]>;

/** A part of the question; the words that say something have a shade, relative to the largest one. */
export interface Shaded {
  text: string;
  shade: number;
}

/** What the user's turn is made of, its prefix included. */
function own({ tokens }: Attribution): { index: number; text: string }[] {
  return tokens.flatMap(({ text, part }, index) => (part === "user" ? [{ index, text: text ?? "" }] : []));
}

/** The prompt's token at which the question begins; 0 where it is not to be found. */
export function questionStart(attribution: Attribution, question: string): number {
  const user = own(attribution);
  const ranges = align(
    user.map(({ text }) => text),
    question,
  );
  const first = ranges?.findIndex(([start, end]) => end > start) ?? -1;
  return user[first]?.index ?? 0;
}

/** The question in parts, which together are the question. */
export function questionWords(attribution: Attribution, question: string): Shaded[] {
  const values = saliency(attribution.gradients, attribution.tokens.length);
  const user = own(attribution);
  const found = pieces(
    question,
    user.map(({ text }) => text),
  );
  const weighed = found.map(({ text, tokens, content }) => {
    const strengths = tokens.map((token) => values[user[token]?.index ?? -1] ?? 0);
    return { text, value: content ? Math.max(0, ...strengths) : 0 };
  });
  const largest = Math.max(0, ...weighed.map(({ value }) => value));
  return weighed.map(({ text, value }) => ({ text, shade: largest > 0 ? value / largest : 0 }));
}
