/**
 * What this installation has judged: raw scores by model, from which the bands are taken, and judgements by the hash of
 * their texts. No text is kept. It lies in this document's local storage, because offscreen documents have no other.
 */

import { LIMITS } from "../limits.js";
import type { Band, Judged } from "../protocol.js";
import type { Bands } from "../settings.js";

/** What is the same whenever it is shown; the band depends on what was seen since. */
export type Remembered = Omit<Judged, "band" | "seen">;

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

/** Keeps a judgement; its score counts once, however often the same text is judged. */
export function remember(print: string, judged: Remembered): void {
  const all = new Map(read<[string, Remembered][]>(JUDGEMENTS, []));
  const isNew = !all.delete(print);
  all.set(print, judged);
  write(JUDGEMENTS, [...all].slice(-LIMITS.remembered));
  if (!isNew || judged.score === null) return;
  const scores = read<Record<string, number[]>>(SCORES, {});
  scores[judged.model] = [...(scores[judged.model] ?? []), judged.score].slice(-LIMITS.seen);
  write(SCORES, scores);
}

export function seenScores(model: string): number[] {
  return read<Record<string, number[]>>(SCORES, {})[model] ?? [];
}

/** How much is kept. */
export function counts(): { scores: number; remembered: number } {
  const scores = Object.values(read<Record<string, number[]>>(SCORES, {})).reduce((sum, list) => sum + list.length, 0);
  return { scores, remembered: read<unknown[]>(JUDGEMENTS, []).length };
}

export function forget(): void {
  localStorage.removeItem(SCORES);
  localStorage.removeItem(JUDGEMENTS);
}

/** Which part of what was seen a score belongs to: the share of scores below it, ties by half. */
export function band(score: number | null, seen: readonly number[], { low, high, least }: Bands): Band | null {
  if (score === null || seen.length < least) return null;
  const below = seen.reduce((sum, other) => sum + (other < score ? 1 : other === score ? 0.5 : 0), 0);
  const share = below / seen.length;
  if (share < low) return "low";
  return share < high ? "medium" : "high";
}
