/**
 * The raw contract with the wasm module: one request is one input line of the JSONL format, one record one output line,
 * both in snake case. The public types of `types.ts` are made from these in `records.ts`.
 */

import type { ErrorRecord } from "./errors.js";
import type { Evidence } from "./evidence.js";
import type { Demonstrations, Example, Explanation, LoadProgress, Risk, State } from "./types.js";
import type { Verdict, VerdictThresholds } from "./verdict.js";

/** One input line. Exactly one of `question`, `messages`, `prompt_ids`; at most one of `answer`, `response_ids`. */
export interface RawRequest {
  /** Returned as it came. */
  id?: unknown;
  question?: string;
  messages?: { role: string; content: string }[];
  prompt_ids?: number[];
  answer?: string;
  response_ids?: number[];
  max_tokens?: number;
  samples?: number;
  temperature?: number;
  seed?: number;
  methods?: string[];
  semantic_position?: string;
  tail?: number;
  all_layers?: boolean;
  explain?: boolean;
  /** `lexical`, `judge` (nli only), `encoder` for the one that the caller named, or `none`. */
  engines?: { embed?: string; nli?: string };
  paraphrases?: readonly string[];
  wordings?: string;
  examples?: readonly Example[];
  demonstrations?: Demonstrations;
  spans?: boolean;
  evidence?: boolean;
  state?: boolean;
  risk?: Risk;
  prefix?: string;
  system?: string;
}

/** One token of an output line. */
export interface RawToken {
  id: number;
  text: string | null;
  logprob: number | null;
  entropy: number | null;
  top2_margin: number | null;
}

/** One score of an output line. */
export interface RawScore {
  score: number | null;
  confidence: number | null;
  confidence_reason: string | null;
  ms: number;
  passes: number;
  error?: ErrorRecord;
}

/** One drawn answer of an output line. */
export interface RawSample {
  text: string | null;
  response_ids: number[];
  logprob: number[];
  finished: boolean;
}

/** One part of the answer of an output line. */
export interface RawSpan {
  text: string;
  tokens: [number, number];
  scores: Record<string, number | null>;
}

/** Times of an output line, in milliseconds. */
export interface RawTimes {
  load: number | null;
  prefill: number | null;
  decode: number | null;
  samples?: number;
  engines?: number;
  score: number | null;
}

/** One output line. With `error`, everything but `id` may be absent. */
export interface RawRecord {
  id?: unknown;
  prompt_ids: number[];
  response_ids: number[];
  answer: string | null;
  finish_reason: string | null;
  tokens: RawToken[];
  scores: Record<string, RawScore>;
  alpha: number | null;
  confidence: number | null;
  confidence_reason: string | null;
  verdict: Verdict | null;
  confidence_parts?: { name: string; contribution: number }[];
  verdict_reason: string | null;
  verdict_thresholds: VerdictThresholds | null;
  warnings: string[];
  semantic_position: { index: number; offset: number; token: string | null; rule: string } | null;
  semantic_index: number | null;
  layers: (number | null)[];
  /** `[layer][position]`; null for layers that were not computed. */
  grad_l1_tail?: ((number | null)[] | null)[];
  explanation?: Explanation;
  samples?: RawSample[];
  spans?: RawSpan[];
  evidence?: Evidence;
  state?: State;
  ms: RawTimes;
  device: "webgpu" | "cpu";
  error?: ErrorRecord;
}

/** What the model reports while it works. */
export type RawEvent =
  | { type: "prefill"; done: number; total: number }
  | ({ type: "token"; index: number } & RawToken)
  | { type: "engine"; engine: "embed" | "nli" | "synonyms"; progress: LoadProgress }
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
  adapter: string | null;
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
