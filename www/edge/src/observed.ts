/**
 * What another program's model said, as evidence: texts and the log-probabilities of their tokens, from
 * `chat.completions` responses (OpenAI, vLLM, llama.cpp …), from those of the older `completions`, or plain.
 *
 * What such a response does not hold stays unknown: entropies need the whole vocabulary, and the end-of-turn token is
 * left out by most servers, so that sums lack its term.
 */

import type { Evidence } from "semgrad/edge";
import { type Fields, list, object, text } from "./fields.ts";
import { bad } from "./problem.ts";
import type { Limits } from "./settings.ts";

/** OpenAI's value for "so unlikely that it is not computed". */
const UNLIKELY = -9999;
/** Log-probabilities above zero up to here are rounding. */
const ROUNDING = 1e-6;
/** Below this probability no token counts among the dominant ones (BoostedProb). */
const PROBABLE = 0.005;
/** Tokens of one answer. */
const TOKENS = 16_384;

interface Token {
  logprob: number | null;
  /** The most probable tokens, falling; null where the response has none. */
  top: { text: string; logprob: number }[] | null;
}

/** One answer. */
export interface Spoken {
  text: string;
  /** Null where nothing is known of them. */
  tokens: Token[] | null;
  /** Whether it was cut off. */
  cut: boolean;
}

function logprob(value: unknown, name: string): number | null {
  if (value === null) return null;
  if (typeof value !== "number" || !(value <= ROUNDING)) {
    throw bad(`${name} is no log-probability`, "Send natural logarithms, which are not above 0, or null.");
  }
  return value <= UNLIKELY ? null : Math.min(value, 0);
}

/** Log-probabilities of tokens one after the other. */
function plain(value: unknown, name: string): Token[] {
  return list(value, name, TOKENS).map((entry, t) => ({ logprob: logprob(entry, `${name}[${t}]`), top: null }));
}

/** A text, or `{ text, logprobs }`. */
export function spoken(value: unknown, name: string, limits: Limits): Spoken {
  if (typeof value === "string") return { text: text(value, name, limits), tokens: null, cut: false };
  const { text: said, logprobs } = object(value, name);
  const tokens = logprobs == null ? null : plain(logprobs, `${name}.logprobs`);
  return { text: text(said, `${name}.text`, limits), tokens, cut: false };
}

function alternatives(entries: unknown, name: string): Token["top"] {
  if (entries == null) return null;
  const pairs = Array.isArray(entries)
    ? entries.map((entry, i) => object(entry, `${name}[${i}]`)).map((entry) => [entry.token, entry.logprob])
    : Object.entries(object(entries, name));
  const known = pairs.map(([token, value]) => ({ text: String(token), logprob: logprob(value, name) }));
  const numbers = known.filter((entry): entry is { text: string; logprob: number } => entry.logprob !== null);
  return numbers.sort((a, b) => b.logprob - a.logprob);
}

/** `logprobs` of a choice: `content` of chat completions, parallel lists of completions. */
function choiceTokens(value: unknown, name: string): Token[] | null {
  if (value == null) return null;
  const { content, token_logprobs: flat, top_logprobs: tops } = object(value, name);
  if (content != null) {
    return list(content, `${name}.content`, TOKENS).map((entry, t) => {
      const at = `${name}.content[${t}]`;
      const token = object(entry, at);
      return { logprob: logprob(token.logprob, at), top: alternatives(token.top_logprobs, `${at}.top_logprobs`) };
    });
  }
  if (flat == null) return null;
  const tokens = plain(flat, `${name}.token_logprobs`);
  if (tops == null) return tokens;
  const lists = list(tops, `${name}.top_logprobs`, TOKENS);
  return tokens.map((token, t) => ({ ...token, top: alternatives(lists[t], `${name}.top_logprobs[${t}]`) }));
}

/** The answers of a response. */
export function choices(response: unknown, name: string, limits: Limits): Spoken[] {
  const all = list(object(response, name).choices, `${name}.choices`, limits.samples);
  return all.map((entry, i) => {
    const at = `${name}.choices[${i}]`;
    const choice = object(entry, at);
    const message: Fields = choice.message == null ? {} : object(choice.message, `${at}.message`);
    const said = choice.message == null ? choice.text : (message.content ?? message.refusal);
    const tokens = choiceTokens(choice.logprobs, `${at}.logprobs`);
    return { text: text(said, `${at}.message.content`, limits), tokens, cut: choice.finish_reason === "length" };
  });
}

/** Whether every token that could belong to the dominant ones is in the list, and the next one. */
function isCovered(top: NonNullable<Token["top"]>): boolean {
  const p = top.map((entry) => Math.exp(entry.logprob));
  const rest = 1 - p.reduce((sum, value) => sum + value, 0);
  return (p.at(-1) ?? 1) < PROBABLE || rest < ROUNDING;
}

function margin([first, second]: NonNullable<Token["top"]>): number | null {
  return first && second ? first.logprob - second.logprob : null;
}

function ofAnswer({ text: answer, tokens }: Spoken): Evidence {
  if (!tokens) return { answer };
  const evidence: Evidence = {
    answer,
    tokens: tokens.map(({ logprob, top }) => ({ logprob, entropy: null, top2_margin: margin(top ?? []) })),
  };
  if (!tokens.some(({ top }) => top)) return evidence;
  // Only what BoostedProb reads: the other shapes of a distribution are sums over the whole vocabulary. The ids are not
  // known, and not read.
  const shape = (top: NonNullable<Token["top"]>) => ({
    mean_logprob: null,
    log_root_sum: null,
    vocab: 0,
    top: isCovered(top) ? top.map((entry) => ({ id: 0, ...entry })) : [],
  });
  return { ...evidence, shapes: tokens.map(({ top }) => shape(top ?? [])) };
}

function ofSample({ text, tokens }: Spoken) {
  return tokens ? { text, logprob: tokens.map((token) => token.logprob) } : { text };
}

/** Evidence, and what its reader should know. */
export function evidenceOf(
  question: string | null,
  answer: Spoken | null,
  samples: readonly Spoken[],
): { evidence: Evidence; warnings: string[] } {
  const evidence: Evidence = answer ? ofAnswer(answer) : {};
  if (question !== null) evidence.question = question;
  if (samples.length > 0) evidence.samples = samples.map(ofSample);
  const warnings: string[] = [];
  const all = answer ? [answer, ...samples] : samples;
  const cut = all.filter((said) => said.cut).length;
  if (cut > 0) warnings.push(`${cut} of ${all.length} answers were cut off by a limit of tokens`);
  if (all.some((said) => said.tokens?.some((token) => token.logprob === null))) {
    warnings.push("a token's log-probability is unknown: methods that read it have no value");
  }
  const short = evidence.shapes?.filter(({ top }) => top.length === 0).length ?? 0;
  if (short > 0) {
    warnings.push(`boosted_prob has no value: ${short} tokens have too few top_logprobs (down to ${PROBABLE})`);
  }
  return { evidence, warnings };
}
