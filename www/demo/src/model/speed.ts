/** How fast models wrote on this machine, as far as they were used here. */

import type { Answer, ModelInfo } from "semgrad";
import { keep, recall } from "../keep.js";

const NAME = "speeds";
/** Shorter answers measure the beginning, not the writing. */
const LEAST_TOKENS = 5;
/** English has about so many words to a token. */
const WORDS = 0.75;

type Ran = ModelInfo["device"];
/** Words a second by model and by what it ran on. */
type Speeds = Record<string, Partial<Record<Ran, number>>>;

/** Keeps the speed of an answer. */
export function noteSpeed(name: string, device: Ran, { ms, responseIds }: Answer): void {
  const steps = responseIds.length - 1;
  if (!ms.decode || steps < LEAST_TOKENS) return;
  const speeds = recall<Speeds>(NAME);
  keep(NAME, { ...speeds, [name]: { ...speeds?.[name], [device]: (WORDS * steps * 1000) / ms.decode } });
}

/** Words a second the last time; null where it was not used so here. */
export function speedHere(name: string, device: Ran): number | null {
  const speed = recall<Speeds>(NAME)?.[name]?.[device];
  return typeof speed === "number" ? speed : null;
}
