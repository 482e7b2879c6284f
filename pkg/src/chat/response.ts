/**
 * What was written, in the shape of the API.
 */

import { CONFIDENCE_REASONS } from "../contract.js";
import type { Evidence } from "../evidence.js";
import { noJudgment } from "../judgment.js";
import type { Plan } from "./params.js";
import type { Piece } from "./tokens.js";
import type {
  ChatChunkChoice,
  ChatCompletion,
  ChatCompletionChunk,
  ChatLogprobs,
  ChatUncertainty,
  ChatUsage,
  TokenLogprob,
  TopLogprob,
} from "./types.js";
import type { Outcome } from "./write.js";

/** What every chunk of an answer repeats. */
export type Envelope = Pick<ChatCompletion, "id" | "created" | "model">;

/** A new answer of the model of that name. */
export function envelope(model: string): Envelope {
  // Not `randomUUID`, which plain http pages do not have.
  const random = crypto.getRandomValues(new Uint8Array(12));
  const id = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id: `chatcmpl-${id}`, created: Math.floor(Date.now() / 1000), model };
}

/** The whole answer. */
export function completion(head: Envelope, plan: Plan, outcome: Outcome): ChatCompletion {
  const shapes = outcome.record.evidence?.shapes ?? [];
  return {
    ...head,
    object: "chat.completion",
    choices: outcome.choices.map(({ text, pieces, finish }, index) => ({
      index,
      message: { role: "assistant", content: text, refusal: null },
      logprobs: plan.logprobs ? logprobs(pieces, shapes, plan.top) : null,
      finish_reason: finish,
    })),
    usage: usage(outcome),
    ...uncertainty(plan, outcome),
  };
}

/** A chunk about the one choice; without one that tells the usage. */
export function chunk(head: Envelope, choice: Partial<ChatChunkChoice> | null): ChatCompletionChunk {
  const filled = { index: 0 as const, delta: {}, logprobs: null, finish_reason: null, ...choice };
  return { ...head, object: "chat.completion.chunk", choices: choice ? [filled] : [] };
}

/** Log-probabilities of tokens, with what else could have stood there. */
export function logprobs(pieces: Piece[], shapes: NonNullable<Evidence["shapes"]>, top: number): ChatLogprobs {
  const content = pieces.map((piece, index): TokenLogprob => {
    const others = shapes[index]?.top.slice(0, top) ?? [];
    return {
      token: piece.text,
      logprob: finite(piece.logprob),
      bytes: [...new TextEncoder().encode(piece.text)],
      top_logprobs: others.map(alternative),
    };
  });
  return { content, refusal: null };
}

/** The token's text alone: a part of a character has none. */
function alternative({ text, logprob }: { text?: string | null; logprob: number | null }): TopLogprob {
  const token = text ?? "";
  const bytes = text == null || token.includes("\ufffd") ? null : [...new TextEncoder().encode(token)];
  return { token, logprob: finite(logprob), bytes };
}

/** What the API writes for a probability of zero. */
function finite(logprob: number | null): number {
  return Math.max(logprob ?? -9999, -9999);
}

export function usage({ record, count }: Outcome): ChatUsage {
  const prompt = record.prompt_ids.length;
  return { prompt_tokens: prompt, completion_tokens: count, total_tokens: prompt + count };
}

/** The field of ours; nothing where it was not asked for. */
export function uncertainty(plan: Plan, { choices, record, reason: why }: Outcome): { uncertainty?: ChatUncertainty } {
  if (!plan.methods) return {};
  const { scores, alpha, semantic_position, warnings, samples, spans, evidence, attribution, ms, device } = record;
  const { level, agreement } = record.explanation;
  const reason = why && CONFIDENCE_REASONS[why];
  const wanted = (id: string) => plan.methods?.includes(id) || plan.methods?.includes("all");
  const kept = Object.entries(scores)
    .filter(([id]) => wanted(id))
    .map(([id, score]) => [id, reason ? { ...score, confidence: null, confidence_reason: reason } : score]);
  return {
    uncertainty: {
      answer: (plan.choices === 1 ? choices[0]?.text : record.answer) ?? "",
      confidence: reason ? null : record.confidence,
      confidence_reason: reason ?? record.confidence_reason,
      verdict: reason ? null : record.verdict,
      verdict_reason: reason ? null : record.verdict_reason,
      kind: record.kind,
      explanation: why ? { ...noJudgment(why), level, agreement } : record.explanation,
      scores: Object.fromEntries(kept),
      alpha,
      semantic_position,
      warnings,
      samples: samples ?? null,
      spans: spans ?? null,
      evidence: plan.evidence ? (evidence ?? null) : null,
      attribution: attribution ?? null,
      ms,
      device,
    },
  };
}
