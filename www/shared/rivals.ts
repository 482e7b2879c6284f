/**
 * What else a word might have been. A model writes token by token, and one may be no more than the beginning of a word: so
 * a rival is how another word would have begun.
 */

import { FUNCTION_WORDS } from "./function-words.js";
import type { Told } from "./told.js";
import { type Piece, plain } from "./words.js";

/** Another beginning, and how probable it was where the model chose. */
export interface Rival {
  text: string;
  odds: number;
}

type Tokens = Told["tokens"];

const HALF = "\ufffd";
/** What ends a turn, or is no text in another way. */
const CONTROL = /^<.*>$/;
const BEGINNING = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/u;

/** The rivals of a word, the most probable first: those at the token where the model was torn most. */
export function rivalsOf(word: Piece, tokens: Tokens): Rival[] {
  const found = word.tokens.map((_, place) => beginnings(word, place, tokens));
  const total = (rivals: readonly Rival[]) => rivals.reduce((sum, { odds }) => sum + odds, 0);
  return found.reduce((most, rivals) => (total(rivals) > total(most) ? rivals : most), []);
}

/** Other words that begin alike up to one of its tokens. */
function beginnings({ text, tokens: own }: Piece, place: number, tokens: Tokens): Rival[] {
  const said = own
    .slice(0, place)
    .map((index) => tokens[index]?.text ?? HALF)
    .join("");
  // Of half a letter nobody knows which it would have become.
  if (said.includes(HALF)) return [];
  // What stands before the word is none of it.
  const before = said.replace(/^[^\p{L}\p{N}]+/u, "");
  const token = tokens[own[place] ?? -1];
  const found = new Map<string, Rival>();
  for (const { text: other, logprob } of token?.rivals ?? []) {
    if (other === null || logprob === null || other.includes(HALF) || CONTROL.test(other)) continue;
    const rest = BEGINNING.exec(before === "" ? other.replace(/^[^\p{L}\p{N}]+/u, "") : other)?.[0];
    // Without letters it is another mark, or the word's end.
    if (rest === undefined) continue;
    const rival = before + rest;
    const key = plain(rival);
    // The same word in other pieces, or another way to say the same.
    if (plain(text).startsWith(key) || FUNCTION_WORDS.has(key)) continue;
    found.set(key, { text: found.get(key)?.text ?? rival, odds: (found.get(key)?.odds ?? 0) + Math.exp(logprob) });
  }
  return [...found.values()].sort((a, b) => b.odds - a.odds);
}
