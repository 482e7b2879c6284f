/**
 * The raw contract with the wasm module: one request is one input line of the JSONL format, one record one output line,
 * both in snake case. The public types are made from the same Rust types; `records.ts` converts.
 */

import type { ErrorRecord, OddWord, RawScore, RawToken, Timings, RawRecord as Written } from "./contract.js";
import type { LoadProgress } from "./types.js";

export type { RawRequest, RawSample, RawScore, RawSpan, RawToken } from "./contract.js";

/** Times of an output line, in milliseconds. */
export type RawTimes = Timings;

/** One output line. With `error`, everything but `id` may be absent. */
export interface RawRecord extends Written {
  error?: ErrorRecord;
}

/** What the model reports while it works. */
export type RawEvent =
  | { type: "prefill"; done: number; total: number }
  | ({ type: "token"; index: number } & RawToken)
  | { type: "engine"; engine: "embed" | "nli" | "synonyms"; progress: LoadProgress }
  | { type: "words"; odd: OddWord[] }
  | { type: "score"; method: null; score: null }
  | { type: "score"; method: string; score: RawScore };

/** The model's facts as wasm gives them. */
export interface RawInfo {
  architecture: string;
  layers: number;
  hidden: number;
  vocab: number;
  parameters: number;
  context: number;
  device: "webgpu" | "cpu";
  /** The graphics adapter's name. */
  gpu: string | null;
  device_reason: string;
  tokenizer: boolean;
  chat_template: boolean;
  /** SHA-256 of the chat template. */
  template: string | null;
}

/** One file of the model as wasm reads it: 0 <= offset, offset + length <= size. */
export interface ModelFile {
  name: string;
  size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Asked by wasm between tokens, layers and tensors. */
export interface Control {
  aborted(): boolean;
  /** Gives the event loop a turn. */
  pause(): Promise<void>;
}
