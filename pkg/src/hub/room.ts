/** The largest file of weights that may fit here, as far as the machine says. Nothing is reserved. */

import { disk } from "../disk.js";

/** Weights stay packed; caches and activations come on top (measured: 1.2 to 1.4 times the file). */
const FACTOR = 1.4;
const PROGRAM = 60e6;
/** No module of 32 bits has more. */
const HEAP = 4 * 1024 ** 3;
/** The system and other programs take their part. */
const USABLE = 0.6;

/** Bytes. */
export function room(): number {
  const said = (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory;
  const machine = disk()?.memory() ?? (said === undefined ? Number.POSITIVE_INFINITY : said * 1e9);
  return (Math.min(HEAP, machine * USABLE) - PROGRAM) / FACTOR;
}
