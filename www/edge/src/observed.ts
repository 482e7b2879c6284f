/**
 * What another program's model said, as evidence: texts and the log-probabilities of their tokens, from
 * `chat.completions` responses (OpenAI, vLLM, llama.cpp …), from those of the older `completions`, or plain.
 *
 * What such a response does not hold stays unknown: entropies need the whole vocabulary, and the end-of-turn token is
 * left out by most servers, so that sums lack its term.
 */

import type { Evidence } from "semgrad/edge";
import { ofText, type Piece } from "./align.ts";
import { type Fields, list, object, text } from "./fields.ts";
import { bad } from "./problem.ts";
import type { Limits } from "./settings.ts";

/** OpenAI's value for "so unlikely that it is not computed". */
const UNLIKELY = -9999;
/** Log-probabilities above zero up to here are rounding. */
const ROUNDING = 1e-6;
/** Below this probability no token counts among the dominant ones (BoostedProb). */
const PROBABLE = 0.005;
/** How far two log-probabilities of one token may lie apart, and a sum of probabilities above 1. */
const TOLERANCE = 1e-3;
/** Tokens of one answer. */
const TOKENS = 16_384;

/** A token that could have stood there. */
interface Alternative {
  text: string;
  logprob: number;
}

interface Token extends Piece {
  logprob: number | null;
  /** The most probable tokens, falling, each once; null where the response has none. */
  top: Alternative[] | null;
  /** Whether the list of them contradicts itself. */
  contradictory?: boolean;
}

/** One answer. */
export interface Spoken {
  text: string;
  /** Null where nothing is known of them. */
  tokens: Token[] | null;
  /** Whether it was cut off. */
  cut: boolean;
  /** Tokens that are no part of the text (a reasoning before it) and were left out; null where none could be told. */
  foreign?: number | null;
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
  return list(value, name, TOKENS).map((entry, t) => ({
    text: null,
    bytes: null,
    logprob: logprob(entry, `${name}[${t}]`),
    top: null,
  }));
}

/** A text, or `{ text, logprobs }`. */
export function spoken(value: unknown, name: string, limits: Limits): Spoken {
  if (typeof value === "string") return { text: text(value, name, limits), tokens: null, cut: false };
  const { text: said, logprobs } = object(value, name);
  const tokens = logprobs == null ? null : plain(logprobs, `${name}.logprobs`);
  return { text: text(said, `${name}.text`, limits), tokens, cut: false };
}

/** What tells a token from others: its id where there is one, else its bytes, else its text. */
function identity({ id, token_id, token, bytes }: Fields): string {
  const known = id ?? token_id;
  if (Number.isSafeInteger(known)) return `#${known}`;
  return Array.isArray(bytes) && bytes.length > 0 ? `[${bytes}]` : String(token);
}

/** Whether several tokens may look like this: parts of a character, and tokens without a text. */
const isVague = (text: string) => text === "" || text.includes("\ufffd");

const isNear = (a: number, b: number) => Math.abs(a - b) <= TOLERANCE;

/**
 * The alternatives of a token, each once: vLLM puts the token that was drawn before the most probable ones, among which
 * it may stand again (vllm-project/vllm#36660).
 */
function alternatives(entries: unknown, own: Fields, name: string): Pick<Token, "top" | "contradictory"> {
  if (entries == null) return { top: null };
  const all: Fields[] = Array.isArray(entries)
    ? entries.map((entry, i) => object(entry, `${name}[${i}]`))
    : Object.entries(object(entries, name)).map(([token, value]) => ({ token, logprob: value }));
  const seen = new Map<string, Alternative[]>();
  let contradictory = false;
  for (const entry of all) {
    const value = logprob(entry.logprob ?? null, name);
    if (value === null) continue;
    const alternative = { text: String(entry.token), logprob: value };
    const same = seen.get(identity(entry)) ?? [];
    if (same.some((other) => isNear(other.logprob, value))) continue;
    contradictory ||= same.length > 0 && !isVague(alternative.text);
    seen.set(identity(entry), [...same, alternative]);
  }
  const top = [...seen.values()].flat().sort((a, b) => b.logprob - a.logprob);
  contradictory ||= top.reduce((sum, entry) => sum + Math.exp(entry.logprob), 0) > 1 + TOLERANCE;
  return { top, contradictory: contradictory || !isListed(own, top, seen) };
}

/** Whether the token itself stands in the list as probable as it is, if it is as probable as those that do. */
function isListed(own: Fields, top: Alternative[], seen: Map<string, Alternative[]>): boolean {
  const last = top.at(-1);
  const value = typeof own.logprob === "number" && own.logprob > UNLIKELY ? own.logprob : null;
  if (value === null || !last) return true;
  const named = seen.get(identity(own));
  if (named) return named.some((entry) => isNear(entry.logprob, value));
  return value <= last.logprob + TOLERANCE || top.some((entry) => isNear(entry.logprob, value));
}

/** A token's text and bytes. */
function piece({ token, bytes }: Fields): Piece {
  return {
    text: typeof token === "string" ? token : null,
    bytes: Array.isArray(bytes) && bytes.length > 0 ? (bytes as number[]) : null,
  };
}

/** `logprobs` of a choice: `content` (or `refusal`) of chat completions, parallel lists of completions. */
function choiceTokens(value: unknown, name: string): Token[] | null {
  if (value == null) return null;
  const { content, refusal, tokens: texts, token_logprobs: flat, top_logprobs: tops } = object(value, name);
  const said = content ?? refusal;
  if (said != null) {
    return list(said, `${name}.content`, TOKENS).map((entry, t) => {
      const at = `${name}.content[${t}]`;
      const token = object(entry, at);
      const own = logprob(token.logprob ?? null, at);
      return { ...piece(token), logprob: own, ...alternatives(token.top_logprobs, token, `${at}.top_logprobs`) };
    });
  }
  if (flat == null) return null;
  const names = texts == null ? [] : list(texts, `${name}.tokens`, TOKENS);
  const lists = tops == null ? [] : list(tops, `${name}.top_logprobs`, TOKENS);
  const all = plain(flat, `${name}.token_logprobs`);
  if ((texts != null && names.length !== all.length) || (tops != null && lists.length !== all.length)) {
    throw bad(`the lists of ${name} have different lengths`, "Send as many tokens as log-probabilities.");
  }
  return all.map(({ logprob }, t) => {
    const own = { token: names[t], logprob };
    return { ...piece(own), logprob, ...alternatives(lists[t], own, `${name}.top_logprobs[${t}]`) };
  });
}

/** The answers of a response. */
export function choices(response: unknown, name: string, limits: Limits): Spoken[] {
  const all = list(object(response, name).choices, `${name}.choices`, limits.samples);
  return all.map((entry, i) => {
    const at = `${name}.choices[${i}]`;
    const choice = object(entry, at);
    const message: Fields = choice.message == null ? {} : object(choice.message, `${at}.message`);
    const said = choice.message == null ? choice.text : (message.content ?? message.refusal);
    if (said == null) throw bad(`${at} has no text`, "Leave out answers that call a tool or were refused.");
    const answer = text(said, `${at}.message.content`, limits);
    const tokens = choiceTokens(choice.logprobs, `${at}.logprobs`);
    const cut = choice.finish_reason === "length";
    if (!tokens) return { text: answer, tokens, cut };
    const thought = message.reasoning_content || message.reasoning;
    const own = ofText(tokens, answer, thought ? String(thought) : null);
    return own
      ? { text: answer, tokens: own, cut, foreign: tokens.length - own.length }
      : { text: answer, tokens: null, cut, foreign: null };
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
    tokens: tokens.map(({ logprob, top, contradictory }) => ({
      logprob,
      entropy: null,
      top2_margin: contradictory ? null : margin(top ?? []),
    })),
  };
  if (!tokens.some(({ top }) => top)) return evidence;
  // Only what BoostedProb reads: the other shapes of a distribution are sums over the whole vocabulary.
  const shape = ({ top, contradictory }: Token) => ({
    mean_logprob: null,
    log_root_sum: null,
    vocab: 0,
    // Tokens are told apart by their place: several may have the same text.
    top: top && !contradictory && isCovered(top) ? top.map(({ logprob }, id) => ({ id, logprob })) : [],
  });
  return { ...evidence, shapes: tokens.map(shape) };
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
  const foreign = all.reduce((sum, said) => sum + (said.foreign ?? 0), 0);
  if (foreign > 0) {
    warnings.push(`${foreign} tokens with log-probabilities are no part of the answer's text and were left out`);
  }
  const other = all.filter((said) => said.foreign === null).length;
  if (other > 0) {
    warnings.push(
      `the log-probabilities of ${other} of ${all.length} answers are those of another text, or may be: not used`,
    );
  }
  const bare = samples.filter((said) => !said.tokens?.length).length;
  if (bare > 0 && bare < samples.length) {
    warnings.push(
      `${bare} of ${samples.length} samples have no log-probabilities: methods that read them have no value`,
    );
  }
  const odd = answer?.tokens?.filter((token) => token.contradictory).length ?? 0;
  if (odd > 0) {
    warnings.push(`boosted_prob has no value: the top_logprobs of ${odd} tokens contradict themselves`);
  }
  const short = (evidence.shapes?.filter(({ top }) => top.length === 0).length ?? 0) - odd;
  if (short > 0) {
    warnings.push(`boosted_prob has no value: ${short} tokens have too few top_logprobs (down to ${PROBABLE})`);
  }
  return { evidence, warnings };
}
