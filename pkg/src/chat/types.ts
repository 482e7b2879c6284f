/**
 * Chat completions in the shape of OpenAI's API, with one field more on either side: `uncertainty`. Names are in snake
 * case there, and so they are here.
 */

import type { Evidence } from "../evidence.js";
import type { Method } from "../methods.js";
import type { RawRecord, RawRequest, RawSample, RawScore, RawSpan, RawTimes } from "../protocol.js";
import type { Attribution, Engines, Explanation, SemanticPosition } from "../types.js";
import type { Verdict } from "../verdict.js";

/** One part of a message; only text can be read. */
export interface ChatTextPart {
  type: "text";
  text: string;
}

/** One turn of a conversation. `developer` means `system`. */
export interface ChatMessage {
  role: "system" | "developer" | "user" | "assistant";
  content: string | readonly ChatTextPart[];
}

/** What to tell about the answer besides its text; `true` stands for an empty object. */
export interface UncertaintyParams
  extends Omit<
    RawRequest,
    | ("id" | "question" | "messages" | "prompt_ids" | "answer" | "response_ids")
    | ("max_tokens" | "seed" | "system" | "tail" | "all_layers" | "state")
    | ("methods" | "engines" | "semantic_position")
  > {
  /** Default `DEFAULT_METHODS`. */
  methods?: readonly Method[];
  /** Answers to draw beside it, 1 to 256; with `n`, the choices are among them. 10 where a method needs some. */
  samples?: number;
  /** Of the samples: by default that of the answer, or 1 where the answer is greedy. */
  temperature?: number;
  engines?: Engines;
  semantic_position?: SemanticPosition;
}

/** A request. Every other parameter of OpenAI's is refused unless it asks for nothing. */
export interface ChatCompletionParams {
  messages: readonly ChatMessage[];
  /** The loaded model's name, if anything. */
  model?: string | null;
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean } | null;
  /** By default as many as the answers had at most that the profile was fitted to, or else 128. */
  max_completion_tokens?: number | null;
  /** The older name of the same. */
  max_tokens?: number | null;
  /** 0 (greedy) by default, which is what confidences are calibrated for; 1 with `n`. */
  temperature?: number | null;
  seed?: number | null;
  /** Up to four texts before which the answer ends. */
  stop?: string | readonly string[] | null;
  /** Answers to draw, side by side. */
  n?: number | null;
  /** Of the answer's tokens, at temperature 1 whatever temperature drew them. One choice only. */
  logprobs?: boolean | null;
  /** Most probable tokens at each place, up to 10; not while streaming. */
  top_logprobs?: number | null;
  uncertainty?: boolean | UncertaintyParams | null;
}

/** Options of a call that are no part of the request. */
export interface ChatCompletionOptions {
  /** Takes effect within one token, or one layer of prefill. */
  signal?: AbortSignal;
}

/** A token that could have stood there. */
export interface TopLogprob {
  token: string;
  /** Natural logarithm. */
  logprob: number;
  /** UTF-8; null for a token that is a part of a character. */
  bytes: number[] | null;
}

/** One token of the answer. The `bytes` of all are those of the content. */
export interface TokenLogprob extends TopLogprob {
  /** Empty for a token that only begins a character; its bytes are with the one that ends it. */
  token: string;
  bytes: number[];
  top_logprobs: TopLogprob[];
}

/** Log-probabilities of a choice; the token that ends the turn has none here. */
export interface ChatLogprobs {
  content: TokenLogprob[];
  refusal: null;
}

/** `length`: the limit of tokens was reached. */
export type FinishReason = "stop" | "length";

/** One answer. */
export interface ChatChoice {
  index: number;
  message: { role: "assistant"; content: string; refusal: null };
  /** Null unless asked for. */
  logprobs: ChatLogprobs | null;
  finish_reason: FinishReason;
}

/** Tokens, those that end a turn included. */
export interface ChatUsage {
  prompt_tokens: number;
  /** Of all choices. */
  completion_tokens: number;
  total_tokens: number;
}

/** How far to trust the answer. */
export interface ChatUncertainty {
  /** The answer that this is about: the only choice's, or with `n` the greedy one. */
  answer: string;
  /** 0..1, or null with the reason beside. */
  confidence: number | null;
  confidence_reason: string | null;
  verdict: Verdict | null;
  verdict_reason: string | null;
  /** What kind of question it is; null where that is not known. */
  kind: RawRecord["kind"];
  /** The same in plain words, for people. */
  explanation: Explanation;
  /** By method; higher means less sure. */
  scores: Record<string, RawScore>;
  /** exp(-mean entropy). */
  alpha: number | null;
  semantic_position: RawRecord["semantic_position"];
  warnings: string[];
  /** What was drawn beside the answer; null without `samples`. */
  samples: RawSample[] | null;
  /** Parts of the answer; null without `spans`. */
  spans: RawSpan[] | null;
  /** What the methods read; null without `evidence`. */
  evidence: Evidence | null;
  /** The prompt and its gradients; null without `attribute`. */
  attribution: Attribution | null;
  ms: RawTimes;
  device: "webgpu" | "cpu";
}

/** What answer and chunks share. */
interface Envelope {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
}

/** A whole answer. */
export interface ChatCompletion extends Envelope {
  object: "chat.completion";
  choices: ChatChoice[];
  usage: ChatUsage;
  /** Absent unless asked for. */
  uncertainty?: ChatUncertainty;
}

/** What is new in a chunk. */
export interface ChatChunkChoice {
  index: 0;
  delta: { role?: "assistant"; content?: string };
  logprobs: ChatLogprobs | null;
  finish_reason: FinishReason | null;
}

/** One piece of a streamed answer. */
export interface ChatCompletionChunk extends Envelope {
  object: "chat.completion.chunk";
  /** One; none in the chunk that tells the usage. */
  choices: ChatChunkChoice[];
  /** In the last chunk, if `stream_options` asks for it. */
  usage?: ChatUsage | null;
  /** In the chunk that tells the finish reason, if asked for: scores are final a moment after the text. */
  uncertainty?: ChatUncertainty;
}
