/** How fast models wrote on this machine, as far as they were used here. */

import type { Answer } from "semgrad";
import { keep, recall } from "../keep.js";

const NAME = "speeds";
/** Shorter answers measure the beginning, not the writing. */
const LEAST_TOKENS = 5;
/** English has about so many words to a token. */
const WORDS = 0.75;

/** Words a second by model. */
type Speeds = Record<string, number>;

/** Keeps the speed of an answer. */
export function noteSpeed(name: string, { ms, responseIds }: Answer): void {
  const steps = responseIds.length - 1;
  if (!ms.decode || steps < LEAST_TOKENS) return;
  keep(NAME, { ...recall<Speeds>(NAME), [name]: (WORDS * steps * 1000) / ms.decode });
}

/** Words a second the last time; null where it was not used here. */
export function speedHere(name: string): number | null {
  const speed = recall<Speeds>(NAME)?.[name];
  return typeof speed === "number" ? speed : null;
}
