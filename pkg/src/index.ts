/**
 * Small language models in the browser that say how far their answers can be trusted.
 *
 * @packageDocumentation
 */

export { type CacheEntry, cache } from "./cache.js";
export { ERROR_CODES, type ErrorCode, type ErrorRecord, SemgradError } from "./errors.js";
export { load } from "./load.js";
export type { Model, RunOptions } from "./model.js";
export { KNOWN_MODELS, type KnownModel } from "./models.js";
export type { RawEvent, RawRecord, RawRequest, RawSample, RawScore, RawToken } from "./protocol.js";
export { DEFAULT_METHODS } from "./records.js";
export type {
  Answer,
  AskOptions,
  AskProgress,
  CacheKind,
  Device,
  KnownMethod,
  LoadOptions,
  LoadProgress,
  Message,
  Method,
  ModelFiles,
  ModelInfo,
  ModelSource,
  Sample,
  Score,
  ScoreOptions,
  Scores,
  SemanticPosition,
  SemanticToken,
  Timings,
  Token,
  Verdict,
} from "./types.js";
