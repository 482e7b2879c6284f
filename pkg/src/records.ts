/**
 * Between the public interface (camel case) and the raw contract (snake case).
 */

import { SemgradError, toSemgradError } from "./errors.js";
import type { RawEvent, RawInfo, RawRecord, RawRequest, RawSample, RawToken } from "./protocol.js";
import type {
  Answer,
  AskOptions,
  Message,
  ModelInfo,
  Sample,
  Score,
  ScoreOptions,
  SemanticPosition,
  Token,
} from "./types.js";
import type { DevicePlan } from "./webgpu.js";

/** Scores that `ask` and `score` compute unless told otherwise. */
export const DEFAULT_METHODS = ["semgrad", "paragrad", "exgrad", "hybridgrad"] as const;

function semanticPosition(value: SemanticPosition): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value) && value < 0) return String(value);
  throw new SemgradError(
    "bad_input",
    `semanticPosition is ${value}`,
    'Give "header", "profile", or a negative whole number counted from the end of the prompt.',
  );
}

function question(value: string | readonly Message[]): RawRequest {
  if (typeof value === "string") return { question: value };
  if (Array.isArray(value)) {
    return { messages: (value as readonly Message[]).map(({ role, content }) => ({ role, content })) };
  }
  throw new SemgradError("bad_input", "no question", "Give a text or a list of messages.");
}

function shared(options: ScoreOptions): RawRequest {
  const request: RawRequest = { methods: [...(options.methods ?? DEFAULT_METHODS)] };
  if (options.semanticPosition !== undefined) request.semantic_position = semanticPosition(options.semanticPosition);
  if (options.tail !== undefined) request.tail = options.tail;
  if (options.allLayers !== undefined) request.all_layers = options.allLayers;
  if (options.prefix !== undefined) request.prefix = options.prefix;
  if (options.system !== undefined) request.system = options.system;
  return request;
}

/** The request behind `ask`. */
export function askRequest(value: string | readonly Message[], options: AskOptions): RawRequest {
  const request = { ...question(value), ...shared(options) };
  if (options.maxTokens !== undefined) request.max_tokens = options.maxTokens;
  if (options.samples !== undefined) request.samples = options.samples;
  if (options.temperature !== undefined) request.temperature = options.temperature;
  if (options.seed !== undefined) request.seed = options.seed;
  return request;
}

/** The request behind `score`. */
export function scoreRequest(value: string | readonly Message[], answer: string, options: ScoreOptions): RawRequest {
  if (typeof answer !== "string") throw new SemgradError("bad_input", "no answer to score", "Give its text.");
  return { ...question(value), answer, ...shared(options) };
}

function token(raw: RawToken): Token {
  return {
    id: raw.id,
    text: raw.text,
    logprob: raw.logprob,
    entropy: raw.entropy,
    top2Margin: raw.top2_margin,
  };
}

function sample(raw: RawSample): Sample {
  return { text: raw.text, responseIds: raw.response_ids, logprob: raw.logprob, finished: raw.finished };
}

/** A record as the public result; a record that carries an error is thrown. */
export function toAnswer(record: RawRecord): Answer {
  if (record.error) throw toSemgradError(record.error);
  const scores: Record<string, Score> = {};
  for (const [name, raw] of Object.entries(record.scores)) {
    scores[name] = {
      score: raw.score,
      confidence: raw.confidence,
      confidenceReason: raw.confidence_reason,
      ms: raw.ms,
      passes: raw.passes,
      ...(raw.error ? { error: raw.error } : {}),
    };
  }
  return {
    text: record.answer,
    confidence: record.confidence ?? null,
    confidenceReason: record.confidence_reason ?? (record.confidence == null ? "not_calibrated" : null),
    verdict: record.verdict,
    scores,
    tokens: record.tokens.map(token),
    samples: record.samples?.map(sample) ?? null,
    layers: record.layers,
    gradL1Tail: record.grad_l1_tail ?? null,
    semanticPosition: record.semantic_position,
    alpha: record.alpha,
    warnings: record.warnings,
    ms: record.ms,
    device: record.device,
    finishReason: record.finish_reason,
    promptIds: record.prompt_ids,
    responseIds: record.response_ids,
  };
}

/** Hands the model's events to the caller's callbacks. */
export function dispatchEvent(event: RawEvent, options: AskOptions): void {
  switch (event.type) {
    case "token":
      options.onToken?.({ ...token(event), index: event.index });
      break;
    case "prefill":
      options.onProgress?.({ phase: "prefill", done: event.done, total: event.total });
      break;
    case "score":
      options.onProgress?.({ phase: "score", method: event.method });
      break;
  }
}

/** The model's facts in camel case. */
export function toInfo(raw: RawInfo, plan: DevicePlan, name: string, files: ModelInfo["files"]): ModelInfo {
  return {
    name,
    architecture: raw.architecture,
    layers: raw.layers,
    hidden: raw.hidden,
    vocab: raw.vocab,
    parameters: raw.parameters,
    context: raw.context,
    device: raw.device,
    adapter: raw.device === "webgpu" ? (plan.adapter ?? raw.adapter) : null,
    deviceReason: plan.reason ?? raw.device_reason,
    tokenizer: raw.tokenizer,
    chatTemplate: raw.chat_template,
    files,
  };
}
