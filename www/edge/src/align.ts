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

/** The pieces that make up `text`, with special ones after it; null where none do. */
function range(pieces: readonly string[], text: string): Range | null {
  const whole = pieces.join("");
  if (text === "") return pieces.every((piece) => SPECIAL.test(piece)) ? [0, pieces.length] : null;
  let [end, length] = [pieces.length, whole.length];
  while (end > 0 && !whole.endsWith(text, length)) {
    end -= 1;
    const last = pieces[end] ?? "";
    if (!SPECIAL.test(last)) {
      const stop = whole.startsWith(text) ? pieceAt(pieces, text.length) : null;
      return stop === null ? null : [0, stop];
    }
    length -= last.length;
  }
  const from = end === 0 ? null : pieceAt(pieces, length - text.length);
  return from === null ? null : [from, pieces.length];
}

function find(tokens: readonly Piece[], texts: readonly string[], text: string): Range | null {
  const bytes = tokens.map(({ bytes }, i) => packed(bytes ? letters(bytes) : utf8(texts[i] ?? "")));
  const found = range(bytes, packed(utf8(text))) ?? range(texts.map(bare), bare(text));
  // A character that was cut into tokens is nowhere: the rest is compared.
  const isCut = texts.some((piece) => piece.includes("\ufffd"));
  return found ?? (isCut && ascii(text) !== "" ? range(texts.map(ascii), ascii(text)) : null);
}

/**
 * The tokens that are the text, with those that end it; null where they are those of another text. Where nothing can be
 * compared they are taken for it, unless the response says that there was a reasoning.
 */
export function ofText<T extends Piece>(tokens: readonly T[], text: string, isThought: boolean): T[] | null {
  const texts = tokens.map((token) => token.text ?? "");
  const isUnknown = tokens.some((token) => token.text === null || NUMBERED.test(token.text));
  if (isUnknown) return isThought ? null : [...tokens];
  const found = find(tokens, texts, text);
  if (!found) return null;
  let [from] = found;
  // A text that begins with white space has its tokens, too.
  while (from > 0 && /^\s/u.test(text) && texts[from - 1] !== "" && bare(texts[from - 1] ?? "") === "") from -= 1;
  return tokens.slice(from, found[1]);
}
