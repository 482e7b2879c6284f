/** The words of a text, and which tokens each of them is made of: what is said about tokens is shown about words. */

import { align } from "./align.js";
import { FUNCTION_WORDS } from "./function-words.js";

/** A word, or what stands between two. */
export interface Piece {
  text: string;
  /** Indices of the tokens that it is made of; none where they do not make up the text. */
  tokens: number[];
  /** Says something: a word or number, and none of those that only hold a sentence together. */
  content: boolean;
}

// Languages without spaces are cut by their own rules whatever the locale; for the others it does not matter.
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** The text in pieces, in order; together they are the text. `tokens` may hold more before it. */
export function pieces(text: string, tokens: readonly string[]): Piece[] {
  const ranges = align(tokens, text);
  return Array.from(segmenter.segment(text), ({ segment, index, isWordLike }) => {
    const overlaps = (ranges ?? []).flatMap(([start, end], token) =>
      start < index + segment.length && end > index ? [token] : [],
    );
    const content = isWordLike === true && !FUNCTION_WORDS.has(plain(segment));
    return { text: segment, tokens: overlaps, content };
  });
}

/** As words are compared: without case, and with one kind of apostrophe. */
export const plain = (word: string): string => word.normalize("NFC").toLowerCase().replaceAll("’", "'");
