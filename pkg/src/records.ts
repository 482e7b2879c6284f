/**
 * Between the public interface (camel case) and the raw contract (snake case).
 */

import { DEFAULT_METHODS, type RequestOptions } from "./contract.js";
import { ABSENT, CALLER_NAMES, OPTION_FIELDS } from "./conversions.js";
import { badInput, type SemgradError, toSemgradError } from "./errors.js";
import { callback, renamed as inWords, known, type Names, signal, texts } from "./given.js";
import type { RawEvent, RawInfo, RawRecord, RawRequest } from "./protocol.js";
import type { Answer, AskOptions, Message, ModelInfo, Score, ScoreOptions, SemanticPosition, Token } from "./types.js";
import type { DevicePlan } from "./webgpu.js";

/** A position as the line contract writes it. */
export function semanticPosition(value: SemanticPosition): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value) && value < 0) return String(value);
  throw badInput(
    `semanticPosition is ${String(value)}`,
    'Give "header", "profile", or a negative whole number counted from the end of the prompt.',
  );
}

function question(value: string | readonly Message[]): RawRequest {
  if (typeof value === "string") return { question: value };
  if (Array.isArray(value)) {
    return { messages: (value as readonly Message[]).map(message) };
  }
  throw badInput("no question", "Give a text or a list of messages.");
}

function message(value: Message | null, index: number): Message {
  const { role, content } = value ?? {};
  if (typeof role === "string" && typeof content === "string") return { role, content };
  throw badInput(`message ${index} has no role or no text`, "Messages are { role, content }, both texts.");
}

/** The options of `score` are those of a request and these. */
const SCORE: Names<ScoreOptions> = {
  ...OPTION_FIELDS,
  signal: 1,
  methods: 1,
  engines: 1,
  semanticPosition: 1,
  onProgress: 1,
};
const ASK: Names<AskOptions> = { ...SCORE, onToken: 1 };

function shared(options: ScoreOptions): RawRequest {
  signal(options.signal);
  callback("onProgress", options.onProgress);
  const named = Object.entries(OPTION_FIELDS).map(([name, field]) => [field, options[name as keyof RequestOptions]]);
  const given: Partial<RawRequest> = Object.fromEntries(named.filter(([, value]) => value !== undefined));
  const methods = texts("methods", options.methods ?? DEFAULT_METHODS);
  if (options.semanticPosition === undefined) return { methods, ...given };
  return { methods, semantic_position: semanticPosition(options.semanticPosition), ...given };
}

/** By the names that a line has for what callers call otherwise. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(OPTION_FIELDS).map(([name, field]) => [field, name])),
  semantic_position: "semanticPosition",
};

/** An error about an option of `ask` or `score`, which calls it as the caller did. */
export function byOption(thrown: unknown): SemgradError {
  return inWords(toSemgradError(thrown), OPTION_NAMES);
}

/** The request behind `ask`. */
export function askRequest(value: string | readonly Message[], options?: AskOptions): RawRequest {
  const asked = known(options, ASK);
  callback("onToken", asked.onToken);
  return { ...question(value), ...shared(asked) };
}

/** The request behind `score`. */
export function scoreRequest(value: string | readonly Message[], answer: string, options?: ScoreOptions): RawRequest {
  if (typeof answer !== "string") throw badInput("no answer to score", "Give its text.");
  return { ...question(value), answer, ...shared(known(options, SCORE)) };
}

/** A value of the line contract under the names of the public one; evidence keeps its own. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === "object" ? value.map(renamed) : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    Object.hasOwn(CALLER_NAMES, name) ? CALLER_NAMES[name] : name,
    name === "evidence" ? inner : renamed(inner),
  ]);
  return Object.fromEntries(entries);
}

/** A record as the public result; a record that carries an error is thrown. */
export function toAnswer(record: RawRecord): Answer {
  if (record.error) throw toSemgradError(record.error);
  const { id: _, semantic_index: __, answer: text, ...raw } = record;
  return { ...ABSENT, ...(renamed(raw) as Omit<Answer, "text">), text };
}

/** Hands the model's events to the caller's callbacks. */
export function dispatchEvent(event: RawEvent, options: AskOptions): void {
  switch (event.type) {
    case "token": {
      const { type: _, ...token } = event;
      options.onToken?.(renamed(token) as Token & { index: number });
      break;
    }
    case "prefill":
      options.onProgress?.({ phase: "prefill", done: event.done, total: event.total });
      break;
    case "engine":
      options.onProgress?.({ phase: "engine", engine: event.engine, progress: event.progress });
      break;
    case "words":
      options.onProgress?.({ phase: "words", odd: event.odd });
      break;
    case "score":
      options.onProgress?.(
        event.method === null
          ? { phase: "score", method: null, score: null }
          : { phase: "score", method: event.method, score: renamed(event.score) as Score },
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
  threads: number,
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
    gpu: raw.device === "webgpu" ? (plan.adapter ?? raw.gpu) : null,
    deviceReason: plan.reason ?? raw.device_reason,
    threads,
    tokenizer: raw.tokenizer,
    chatTemplate: raw.chat_template,
    profile,
    adapter: null,
    files,
  };
}
