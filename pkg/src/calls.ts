/**
 * Calls into the wasm module: how they are paused and aborted, and what becomes of its failures.
 */

import { abortedError, SemgradError, toSemgradError } from "./errors.js";
import { pause } from "./pause.js";
import type { Control } from "./protocol.js";

/** Above this much memory a trap is far more likely an exhausted heap than a bug. */
const NEARLY_FULL = 3.5 * 1024 ** 3;

/** What wasm asks between tokens, layers and tensors. */
export function control(signal: AbortSignal | undefined): Control {
  return { aborted: () => signal?.aborted ?? false, pause };
}

/** What was thrown as an error of ours: an abort wins, a trap is told from an exhausted heap. */
export function explain(thrown: unknown, signal: AbortSignal | undefined, memory?: WebAssembly.Memory): SemgradError {
  if (signal?.aborted) return abortedError(signal.reason);
  if (memory && thrown instanceof WebAssembly.RuntimeError && memory.buffer.byteLength > NEARLY_FULL) {
    const advice = "Use a smaller model, or close other tabs.";
    return new SemgradError("out_of_memory", "the model does not fit into 4 GiB", advice, { cause: thrown });
  }
  return toSemgradError(thrown);
}

/**
 * Runs wasm, and rejects when it traps. A trap inside a Rust future reaches the event loop instead of the promise that
 * waits for it, which would otherwise stay pending for ever.
 */
export async function trapped<T>(work: () => Promise<T>): Promise<T> {
  const target = globalThis as Partial<EventTarget>;
  if (!target.addEventListener || !target.removeEventListener) return work();
  let stop = () => {};
  const trap = new Promise<never>((_, reject) => {
    const listen = (event: Event) => {
      const thrown: unknown = (event as ErrorEvent).error ?? (event as PromiseRejectionEvent).reason;
      if (!(thrown instanceof WebAssembly.RuntimeError)) return;
      event.preventDefault();
      reject(thrown);
    };
    target.addEventListener?.("error", listen);
    target.addEventListener?.("unhandledrejection", listen);
    stop = () => {
      target.removeEventListener?.("error", listen);
      target.removeEventListener?.("unhandledrejection", listen);
    };
  });
  try {
    return await Promise.race([work(), trap]);
  } finally {
    stop();
  }
}
