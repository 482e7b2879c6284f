/**
 * Which of the tokens that came with log-probabilities are the answer's text. SGLang and vLLM list those of a reasoning
 * before it as well, and those of a stop text after it, while the message holds the answer alone.
 */

/** What is known of a token's text. */
export interface Piece {
  /** Null where the response does not say it. */
  text: string | null;
  bytes: readonly number[] | null;
}

/** From the first piece to one past the last. */
type Range = [number, number];

/** Tokens of a template around an answer (the end of a turn), and white space. */
const SPECIAL = /^(<[^<>]+>|\[[^[\]]+\])?$/u;
/** Such tokens one after the other, each in one piece or in several. */
const MARKS = /^(<[^<>]+>|\[[^[\]]+\])*/u;
/** What ends a reasoning. */
const CLOSING = /<\/(think|thinking|thought|reasoning)>|\[\/think\]/iu;
/** What stands for a text where a server was told to name tokens by number. */
const NUMBERED = /^token_id:\d+$/;

const encoder = new TextEncoder();

/** Bytes, a letter each. */
const letters = (bytes: Iterable<number>) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const utf8 = (text: string) => letters(encoder.encode(text));
/** Without white space: servers take it away around an answer, and some write it as ▁, Ġ and Ċ. */
const bare = (text: string) => text.replace(/[\s\u2581\u0120\u010a]+/gu, "");
const ascii = (text: string) => bare(text).replace(/[^!-~]+/gu, "");
/** The same of bytes. */
const packed = (text: string) => text.replace(/[\t\n\v\f\r ]+/g, "");

/** The piece that begins after `length` letters, a blank one only at the beginning; null where none does. */
function pieceAt(pieces: readonly string[], length: number): number | null {
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if (at === length && (at === 0 || piece !== "")) return i;
    at += piece.length;
  }
  return at === length ? pieces.length : null;
}

/** Where a reasoning that stands before the text ends, in letters; 0 where none is seen. */
function thoughtEnd(whole: string, text: string, thought: string): number {
  const last = CLOSING.test(text) ? undefined : [...whole.matchAll(new RegExp(CLOSING, "giu"))].at(-1);
  if (last) return last.index + last[0].length;
  if (thought === "") return 0;
  const before = MARKS.exec(whole)?.[0].length ?? 0;
  if (!whole.startsWith(thought, before)) return 0;
  const end = before + thought.length;
  const marks = MARKS.exec(whole.slice(end))?.[0].length ?? 0;
  // Without a mark after it, it is an answer that begins with the same words.
  return marks > 0 ? end + marks : 0;
}

/** The pieces that make up `text`, with special ones after it; null where none do. */
function range(pieces: readonly string[], text: string, thought: string): Range | null {
  const whole = pieces.join("");
  if (text === "") return pieces.every((piece) => SPECIAL.test(piece)) ? [0, pieces.length] : null;
  const floor = thoughtEnd(whole, text, thought);
  let [end, length] = [pieces.length, whole.length];
  while (end > 0 && !whole.endsWith(text, length)) {
    end -= 1;
    const last = pieces[end] ?? "";
    if (!SPECIAL.test(last)) {
      // A stop text stands after it. A reasoning whose end is not seen could be taken for it.
      const isKnown = floor > 0 || thought === "";
      if (!isKnown || !whole.startsWith(text, floor)) return null;
      const [first, stop] = [pieceAt(pieces, floor), pieceAt(pieces, floor + text.length)];
      return first === null || stop === null ? null : [first, stop];
    }
    length -= last.length;
  }
  const start = length - text.length;
  const from = end === 0 || start < floor ? null : pieceAt(pieces, start);
  return from === null ? null : [from, pieces.length];
}

function find(tokens: readonly Piece[], texts: readonly string[], text: string, thought: string): Range | null {
  const bytes = tokens.map(({ bytes }, i) => packed(bytes ? letters(bytes) : utf8(texts[i] ?? "")));
  const found =
    range(bytes, packed(utf8(text)), packed(utf8(thought))) ?? range(texts.map(bare), bare(text), bare(thought));
  // A character that was cut into tokens is nowhere: the rest is compared.
  const isCut = texts.some((piece) => piece.includes("\ufffd"));
  return found ?? (isCut && ascii(text) !== "" ? range(texts.map(ascii), ascii(text), ascii(thought)) : null);
}

/**
 * The tokens that are the text, with those that end it; null where they are those of another text, or where it is known
 * of some only. Where it is known of none they are taken for it, unless the response says that there was a reasoning.
 */
export function ofText<T extends Piece>(tokens: readonly T[], text: string, thought: string | null): T[] | null {
  const texts = tokens.map((token) => token.text ?? "");
  const unknown = tokens.filter((token) => token.text === null || NUMBERED.test(token.text)).length;
  if (unknown > 0) return unknown < tokens.length || thought !== null ? null : [...tokens];
  const found = find(tokens, texts, text, thought ?? "");
  if (!found) return null;
  let [from] = found;
  // A text that begins with white space has its tokens, too.
  while (from > 0 && /^\s/u.test(text) && texts[from - 1] !== "" && bare(texts[from - 1] ?? "") === "") from -= 1;
  return tokens.slice(from, found[1]);
}
