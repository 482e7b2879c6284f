/**
 * Calls into the wasm module: how they are paused and aborted, and what becomes of their failures.
 */

import { abortedError, type SemgradError, toSemgradError } from "./errors.js";
import { pause } from "./pause.js";
import type { Control } from "./protocol.js";

/** What wasm asks between tokens, layers and tensors. */
export function control(signal: AbortSignal | undefined): Control {
  return { aborted: () => signal?.aborted ?? false, pause };
}

/** What was thrown as an error of ours: an abort wins. */
export function explain(thrown: unknown, signal: AbortSignal | undefined): SemgradError {
  return signal?.aborted ? abortedError(signal.reason) : toSemgradError(thrown);
}
