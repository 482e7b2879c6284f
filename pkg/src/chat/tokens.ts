/**
 * The answer on its way out: tokens go in, whole ones with their text come out, and the text ends before a stop.
 *
 * Tokens are given out whole: one whose text could be the beginning of a stop waits, and so does one that only begins a
 * character.
 */

/** One token of the answer. */
export interface Piece {
  id: number;
  /** Empty for a token that only begins a character, or ends the turn. */
  text: string;
  logprob: number | null;
}

/** Holds tokens back as long as a stop may follow. */
export class Outlet {
  /** All that came out, and what a stop cut through. */
  readonly pieces: Piece[] = [];
  /** Its text. */
  text = "";
  stopped = false;
  private waiting: Piece[] = [];

  constructor(private readonly stops: readonly string[]) {}

  /** Adds a token; returns those that come out, whose text is the new text. */
  push(piece: Piece): Piece[] {
    this.waiting.push(piece);
    const text = this.waiting.map((one) => one.text).join("");
    const places = this.stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    if (places.length === 0) return this.release(text.length - heldBack(text, this.stops));
    this.stopped = true;
    return this.cut(Math.min(...places));
  }

  /**
   * The answer is over: what still waits comes out. `ended` says that its last token ends the turn, `answer` is its whole
   * text, of which a character that was never completed is still missing.
   */
  finish(ended: boolean, answer: string): Piece[] {
    if (ended && this.waiting.at(-1)?.text === "") this.waiting.pop();
    const known = this.text + this.waiting.map((piece) => piece.text).join("");
    const last = this.waiting.at(-1);
    if (last && answer.startsWith(known)) last.text += answer.slice(known.length);
    return this.emit(this.waiting.splice(0));
  }

  /** What ends within `length`; a token without text stays with the one that follows. */
  private release(length: number): Piece[] {
    let [count, end] = [0, 0];
    for (const [index, piece] of this.waiting.entries()) {
      end += piece.text.length;
      if (end > length) break;
      if (piece.text !== "") count = index + 1;
    }
    return this.emit(this.waiting.splice(0, count));
  }

  /** What begins before `length`, its last text shortened. */
  private cut(length: number): Piece[] {
    const out: Piece[] = [];
    let start = 0;
    for (const piece of this.waiting) {
      if (start >= length) break;
      const text = piece.text.slice(0, length - start);
      start += piece.text.length;
      out.push({ ...piece, text });
    }
    this.waiting = [];
    return this.emit(out);
  }

  private emit(pieces: Piece[]): Piece[] {
    this.pieces.push(...pieces);
    this.text += pieces.map((piece) => piece.text).join("");
    return pieces;
  }
}

/** Length of the longest end of `text` with which a stop begins. */
function heldBack(text: string, stops: readonly string[]): number {
  const begins = (stop: string) => {
    const most = Math.min(stop.length - 1, text.length);
    for (let length = most; length > 0; length -= 1) if (text.endsWith(stop.slice(0, length))) return length;
    return 0;
  };
  return Math.max(0, ...stops.map(begins));
}

/** `text` up to the first stop in it. */
export function beforeStop(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return text.slice(0, Math.min(text.length, ...places));
}
