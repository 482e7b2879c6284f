/**
 * What this installation has judged, by the hash of the texts. No text is kept that anybody else could read: what quotes
 * the answer, or says what the model would have, is sealed with the texts themselves. It lies in this document's local
 * storage, because offscreen documents have no other.
 */

import { LIMITS } from "../limits.js";
import type { Judged } from "../protocol.js";
import { open, seal } from "./seal.js";

/** Faults quote the answer, and are found again at once. */
export type Remembered = Omit<Judged, "faults">;

/** As it is kept; earlier versions kept nothing sealed. */
interface Kept extends Omit<Remembered, "examined"> {
  sealed?: string | null;
}

/** What a judgement is kept under, and what opens it. */
export interface Print {
  name: string;
  /** Known to nobody who has not the texts. */
  key: Uint8Array<ArrayBuffer>;
}

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
export async function fingerprint(...texts: string[]): Promise<Print> {
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const name = Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { name, key: hash.slice(16) };
}

export async function recall({ name, key }: Print): Promise<Remembered | null> {
  const found = new Map(read<[string, Kept][]>(JUDGEMENTS, [])).get(name);
  // Earlier versions kept other words.
  if (!found?.explanation || found.sealed === undefined) return null;
  const { sealed, ...rest } = found;
  try {
    return { ...rest, examined: sealed === null ? null : await open(key, sealed) };
  } catch {
    return null;
  }
}

/** Keeps a judgement, in the place of an earlier one of the same text. */
export async function remember({ name, key }: Print, { examined, ...judged }: Remembered): Promise<void> {
  const sealed = examined && (await seal(key, examined));
  const all = new Map(read<[string, Kept][]>(JUDGEMENTS, []));
  all.delete(name);
  all.set(name, { ...judged, sealed });
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
