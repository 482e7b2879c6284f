/**
 * Between the public interface (camel case) and the raw contract (snake case).
 */

import { SemgradError, toSemgradError } from "./errors.js";
import { DEFAULT_METHODS } from "./methods.js";
import type { RawEvent, RawInfo, RawRecord, RawRequest, RawSample, RawScore, RawToken } from "./protocol.js";
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

/** A position as the line contract writes it. */
export function semanticPosition(value: SemanticPosition): string {
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

/** What the line contract calls an option by another name. */
const RENAMED = { maxTokens: "max_tokens", allLayers: "all_layers" } as const;
/** What it calls the same. */
const SAME = [
  "samples",
  "temperature",
  "seed",
  "tail",
  "explain",
  "prefix",
  "system",
  "paraphrases",
  "wordings",
  "examples",
  "demonstrations",
  "spans",
  "evidence",
  "state",
  "risk",
] as const satisfies readonly (keyof ScoreOptions & keyof RawRequest)[];

function shared(options: ScoreOptions): RawRequest {
  const request: RawRequest = { methods: [...(options.methods ?? DEFAULT_METHODS)] };
  if (options.semanticPosition !== undefined) request.semantic_position = semanticPosition(options.semanticPosition);
  const names = [...Object.entries(RENAMED), ...SAME.map((name) => [name, name] as const)];
  const given = names.map(([name, raw]) => [raw, options[name as keyof ScoreOptions]]);
  return Object.assign(request, Object.fromEntries(given.filter(([, value]) => value !== undefined)));
}

/** The request behind `ask`. */
export function askRequest(value: string | readonly Message[], options: AskOptions): RawRequest {
  return { ...question(value), ...shared(options) };
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

function score(raw: RawScore): Score {
  const { confidence_reason: confidenceReason, ...rest } = raw;
  return { ...rest, confidenceReason };
}

/** A record as the public result; a record that carries an error is thrown. */
export function toAnswer(record: RawRecord): Answer {
  if (record.error) throw toSemgradError(record.error);
  return {
    text: record.answer,
    confidence: record.confidence,
    confidenceReason: record.confidence_reason,
    verdict: record.verdict,
    confidenceParts: record.confidence_parts ?? null,
    verdictReason: record.verdict_reason,
    verdictThresholds: record.verdict_thresholds,
    scores: Object.fromEntries(Object.entries(record.scores).map(([name, raw]) => [name, score(raw)])),
    tokens: record.tokens.map(token),
    samples: record.samples?.map(sample) ?? null,
    spans: record.spans ?? null,
    evidence: record.evidence ?? null,
    state: record.state ?? null,
    layers: record.layers,
    gradL1Tail: record.grad_l1_tail ?? null,
    explanation: record.explanation ?? null,
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
    case "engine":
      options.onProgress?.({ phase: "engine", engine: event.engine, progress: event.progress });
      break;
    case "score":
      options.onProgress?.(
        event.method === null
          ? { phase: "score", method: null, score: null }
          : { phase: "score", method: event.method, score: score(event.score) },
      );
      break;
  }
}

/** The model's facts in camel case. */
export function toInfo(
  raw: RawInfo,
  plan: DevicePlan,
  name: string,
  files: ModelInfo["files"],
  profile: ModelInfo["profile"],
): ModelInfo {
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
    profile,
    files,
  };
}
