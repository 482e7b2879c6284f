/** Whether a model will fit, as far as the browser lets a page know before it downloads anything. */

import { bytes } from "../../../shared/format.js";
import { describeMachine, type Machine } from "../measure/machine.js";
import { TEXT } from "../text.js";

/** What the browser says about room. */
export interface Room {
  machine: Machine;
  /** Bytes that the origin may still store; null where the browser does not say. */
  storage: number | null;
}

/** The outcome, worst reason first. */
export interface Fit {
  level: "fits" | "tight" | "large";
  reasons: string[];
}

/** Weights stay packed; caches, activations and the program come on top (measured: 1.2 to 1.4 times the file). */
const FACTOR = 1.4;
const PROGRAM = 60e6;
const WASM_LIMIT = 4 * 1024 ** 3;
/** The largest table, that of the words, as a share of the files of known models. */
const TABLE = 0.3;
/** A browser, a system and other tabs take their part. */
const USABLE = 0.6;

/** Asks the browser; nothing is kept. */
export async function findRoom(): Promise<Room> {
  const [machine, estimate] = await Promise.all([
    describeMachine(),
    navigator.storage?.estimate?.().catch(() => undefined),
  ]);
  const { quota, usage } = estimate ?? {};
  return { machine, storage: quota === undefined ? null : Math.max(0, quota - (usage ?? 0)) };
}

/** Judges a file of `size` bytes of which `missing` are still to be stored. */
export function assess(size: number, missing: number, device: string, { machine, storage }: Room): Fit {
  const T = TEXT.fit;
  const need = size * FACTOR + PROGRAM;
  const large: string[] = [];
  const tight: string[] = [];
  if (need > WASM_LIMIT) large.push(T.wasm(bytes(need)));
  const memory = machine.memory === null ? null : machine.memory * 1e9;
  if (memory !== null && need > memory) large.push(T.memory(bytes(need), bytes(memory)));
  else if (memory !== null && need > memory * USABLE) tight.push(T.memory(bytes(need), bytes(memory)));
  if (storage !== null && missing > storage) tight.push(T.storage(bytes(missing), bytes(storage)));
  const binding = machine.adapter?.limits.maxStorageBufferBindingSize;
  if (device !== "cpu" && binding && size * TABLE > binding) {
    tight.push(T.adapter(bytes(size * TABLE), bytes(binding)));
  }
  const level = large.length > 0 ? "large" : tight.length > 0 ? "tight" : "fits";
  return { level, reasons: [...large, ...tight, ...(level === "fits" ? [T.needs(bytes(need))] : [])] };
}
