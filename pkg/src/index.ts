/**
 * Small language models in the browser that say how far their answers can be trusted.
 *
 * @packageDocumentation
 */

export { type CacheEntry, cache } from "./cache.js";
export { ERROR_CODES, type ErrorCode, type ErrorRecord, SemgradError } from "./errors.js";
export type { Entailment, Evaluation, Evidence } from "./evidence.js";
export { load } from "./load.js";
export {
  DEFAULT_METHODS,
  type EngineKind,
  type EvaluateOptions,
  evaluate,
  type KnownMethod,
  METHODS,
  type Method,
  type MethodInfo,
  methods,
  type WasmOptions,
} from "./methods.js";
export type { Model, RunOptions } from "./model.js";
export { KNOWN_ENGINES, KNOWN_MODELS, type KnownEngine, type KnownModel } from "./models.js";
export type {
  RawEvent,
  RawRecord,
  RawRequest,
  RawSample,
  RawScore,
  RawSpan,
  RawTimes,
  RawToken,
} from "./protocol.js";
export type {
  Answer,
  AskOptions,
  AskProgress,
  CacheKind,
  Demonstrations,
  Device,
  EncoderFolder,
  EncoderSource,
  Engines,
  Example,
  Explanation,
  LoadOptions,
  LoadProgress,
  Message,
  ModelFiles,
  ModelInfo,
  ModelSource,
  Sample,
  Score,
  ScoreOptions,
  Scores,
  SemanticPosition,
  SemanticToken,
  Span,
  Timings,
  Token,
  Verdict,
  Wasm,
} from "./types.js";
