/** Where words of a text stand in the pieces that it was read from. */

import type { OddWord } from "semgrad";

/** In one piece, from the first character to the one behind the last. */
export interface Place {
  piece: number;
  start: number;
  end: number;
}

/** What a word may not go on with; where no spaces are written, words have no such ends. */
const LETTER = /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}]/u;

/**
 * By word its place, or null where that is not sure. A text is not just what its pieces hold: formulas and numbers of lists
 * are written anew. So a word is told by being the first, second … of its kind, and only where both have equally many.
 */
export function placesOf(
  text: string,
  words: readonly Pick<OddWord, "text" | "at">[],
  pieces: readonly string[],
): (Place | null)[] {
  return words.map(({ text: word, at: [at] }) => {
    const said = findWord(text, word);
    const shown = pieces.flatMap((data, piece) =>
      findWord(data, word).map((start) => ({ piece, start, end: start + word.length })),
    );
    return (said.length === shown.length && shown[said.indexOf(at)]) || null;
  });
}

/** Where the word begins, each time that it stands there by itself. */
function findWord(text: string, word: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0 && word !== ""; at = text.indexOf(word, at + 1)) {
    if (isCut(text, at) && isCut(text, at + word.length)) found.push(at);
  }
  return found;
}

/** Whether no word goes on there. */
const isCut = (text: string, at: number): boolean =>
  !(LETTER.test(text.charAt(at - 1)) && LETTER.test(text.charAt(at)));
