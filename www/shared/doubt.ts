/**
 * Where the doubt about an answer lies. The judgment is about the answer as a whole; its words are shaded in the color of
 * the judgment, the one most where the model was least sure. What repeats the question, and what only holds a sentence
 * together, is no part of the answer that could be wrong, and an answer that is probably right has nothing to point at.
 */

import { type Rival, rivalsOf } from "./rivals.js";
import type { Told } from "./told.js";
import { toneOf } from "./tone.js";
import { type Piece, pieces, plain } from "./words.js";

/** A piece with the model's own odds for it, and its part in the doubt, 0..1. */
export interface Weighed extends Piece {
  /** Probability of the tokens that it is made of; null where unknown, and for what is no word. */
  odds: number | null;
  shade: number;
  /** What else a word of the answer's own might have been. */
  rivals: Rival[];
}

/** The answer in pieces. */
export function weigh({ text, tokens, explanation }: Told, question: string): Weighed[] {
  const found = pieces(
    text ?? "",
    tokens.map((token) => token.text ?? ""),
  );
  const all = found.map((piece) => ({ ...piece, odds: odds(piece, tokens), shade: 0, rivals: [] as Rival[] }));
  const asked = new Set(pieces(question, []).map((piece) => plain(piece.text)));
  const known = all.filter((piece): piece is Weighed & { odds: number } => piece.odds !== null);
  const content = known.filter(({ content }) => content);
  const own = content.filter(({ text }) => !asked.has(plain(text)));
  // "Yes" and "In France" are answers too.
  const carriers = own.length > 0 ? own : content.length > 0 ? content : known;
  for (const piece of carriers) piece.rivals = rivalsOf(piece, tokens);
  const tone = toneOf(explanation);
  if (tone === "answer" || tone === "none") return all;
  const largest = Math.max(...carriers.map(({ odds }) => 1 - odds));
  for (const piece of carriers) piece.shade = largest > 0 ? (1 - piece.odds) / largest : 0;
  return all;
}

function odds({ text, tokens: own }: Piece, tokens: Told["tokens"]): number | null {
  if (own.length === 0 || !/[\p{L}\p{N}]/u.test(text)) return null;
  const logprobs = own.map((index) => tokens[index]?.logprob ?? null).filter((value) => value !== null);
  return logprobs.length === own.length ? Math.exp(logprobs.reduce((sum, value) => sum + value, 0)) : null;
}
