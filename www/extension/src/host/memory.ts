/**
 * What this installation has judged, by the hash of the texts. No text is kept. It lies in this document's local storage,
 * because offscreen documents have no other.
 */

import { LIMITS } from "../limits.js";
import type { Judged } from "../protocol.js";

/** What holds no text: faults quote the answer, and are found again at once. */
export type Remembered = Omit<Judged, "faults">;

/** Where earlier versions kept raw scores. */
const SCORES = "scores";
const JUDGEMENTS = "judgements";

function read<T>(key: string, empty: T): T {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "") as T;
  } catch {
    return empty;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full: what was seen so far will do.
  }
}

/** Names a judgement without saying what it is about. */
export async function fingerprint(...texts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function recall(print: string): Remembered | null {
  const found = new Map(read<[string, Remembered][]>(JUDGEMENTS, [])).get(print);
  // Earlier versions kept other words.
  return found?.explanation ? found : null;
}

/** Keeps a judgement, in the place of an earlier one of the same text. */
export function remember(print: string, judged: Remembered): void {
  const all = new Map(read<[string, Remembered][]>(JUDGEMENTS, []));
  all.delete(print);
  all.set(print, judged);
  write(JUDGEMENTS, [...all].slice(-LIMITS.remembered));
  localStorage.removeItem(SCORES);
}

/** How many judgements are kept. */
export function count(): number {
  return read<unknown[]>(JUDGEMENTS, []).length;
}

export function forget(): void {
  localStorage.removeItem(SCORES);
  localStorage.removeItem(JUDGEMENTS);
}
