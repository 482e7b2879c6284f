/**
 * From a chat request to what the model is asked for. What the model cannot do is refused; nothing is ignored that
 * would change the answer.
 */

import { DEFAULT_METHODS } from "../contract.js";
import { OPTION_FIELDS } from "../conversions.js";
import { badInput } from "../errors.js";
import { json, texts, unknownName } from "../given.js";
import type { RawRequest } from "../protocol.js";
import { semanticPosition } from "../records.js";
import type { Engines, Message, ModelInfo } from "../types.js";
import type { ChatCompletionParams, ChatMessage, UncertaintyParams } from "./types.js";

/** A checked request. */
export interface Plan {
  prompt: RawRequest;
  choices: number;
  /** How to write the answer, without its prompt. */
  writing: RawRequest;
  /** How to score it; together they are one request. */
  scoring: RawRequest;
  /** Whether they are two: a request that draws samples at a temperature answers greedily. */
  apart: boolean;
  engines: Engines | undefined;
  stop: string[];
  logprobs: boolean;
  top: number;
  /** Methods whose scores were asked for; null where no uncertainty was. */
  methods: readonly string[] | null;
  evidence: boolean;
  stream: boolean;
  usage: boolean;
}

/** The evidence holds at least this many tokens for each place. */
const MOST_TOP = 10;
const MOST_STOPS = 4;
/** Any method that reads whole distributions, so that they are looked at; this one costs no pass. */
const READS_TOP = "renyi";

/** Says nothing about the answer. */
const WITHOUT_EFFECT = ["user", "metadata", "safety_identifier", "prompt_cache_key", "service_tier"];
/** What a client may write out though it is the default, and what that is. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  top_p: [1],
  frequency_penalty: [0],
  presence_penalty: [0],
  logit_bias: [{}],
  response_format: [{ type: "text" }],
  tools: [[]],
  tool_choice: ["none", "auto"],
  modalities: [["text"]],
  store: [false],
};
const OWN = [
  "messages",
  "model",
  "stream",
  "stream_options",
  "max_completion_tokens",
  "max_tokens",
  "temperature",
  "seed",
  "stop",
  "n",
  "logprobs",
  "top_logprobs",
  "uncertainty",
];
/** Fields of a request that a chat request says in other ways, or that its answer has no place for. */
const ELSEWHERE: readonly Exclude<keyof RawRequest, keyof UncertaintyParams>[] = [
  "max_tokens",
  "seed",
  "system",
  "tail",
  "all_layers",
  "state",
];
/** The others. */
const UNCERTAINTY: readonly string[] = [
  "methods",
  "engines",
  "semantic_position",
  ...Object.values(OPTION_FIELDS).filter((name) => !(ELSEWHERE as readonly string[]).includes(name)),
];

/** What has to be known about the model. */
export type Facts = Pick<ModelInfo, "name" | "chatTemplate" | "profile">;

/** Checks a request. */
export function plan(params: ChatCompletionParams, model: Facts): Plan {
  if (typeof params !== "object" || params === null) throw badInput("no request", "Give an object with messages.");
  const given = present(params);
  refuseOthers(given);
  if (given.model !== undefined && String(given.model).toLowerCase() !== model.name.toLowerCase())
    throw badInput(`the model ${given.model} is not loaded`, `Ask for ${model.name}, or leave model out.`);
  const n = whole("n", given.n, 1) ?? 1;
  const stream = flag("stream", given.stream);
  const logprobs = flag("logprobs", given.logprobs);
  const top = whole("top_logprobs", given.top_logprobs, 0) ?? 0;
  if (top > 0 && !logprobs) throw badInput("top_logprobs without logprobs", "Also set logprobs: true.");
  if (top > MOST_TOP) throw badInput(`top_logprobs is ${top}`, `Ask for ${MOST_TOP} at most.`);
  if (stream && top > 0) throw badInput("top_logprobs while streaming", "They are known at the end: leave stream out.");
  if (n > 1 && stream)
    throw badInput("n while streaming", "Several answers are written side by side: choose one of the two.");
  if (n > 1 && logprobs) throw badInput("logprobs of several choices", "Ask for one choice, n: 1.");

  const wanted = uncertainty(given.uncertainty);
  const methods = wanted && (wanted.methods ?? DEFAULT_METHODS);
  const temperature = amount("temperature", given.temperature);
  const drawn = amount("uncertainty.temperature", wanted?.temperature);
  if (n > 1 && drawn !== undefined)
    throw badInput("uncertainty.temperature with n", "The choices are samples: give temperature alone.");
  if (n > 1 && temperature === 0)
    throw badInput(
      "n with a temperature of 0",
      "All choices would be the same: ask for one, or for a higher temperature.",
    );
  const samples = whole("uncertainty.samples", wanted?.samples, 1);
  if (drawn !== undefined && samples === undefined)
    throw badInput("uncertainty.temperature without samples", "Also say how many samples to draw.");
  const limits = { max_tokens: maxTokens(given), seed: whole("seed", given.seed, 0) };
  const writing = present(
    n > 1
      ? { ...limits, samples: Math.max(n, samples ?? 0), temperature: temperature ?? 1 }
      : // A 0 would also be that of samples.
        { ...limits, temperature: temperature || undefined },
  );
  // Whoever asks for no judgment has the messages answered as they are.
  const { engines, prefix, ...rest } = wanted ?? { prefix: "" };
  const scoring = present({
    ...rest,
    semantic_position: wanted?.semantic_position === undefined ? undefined : semanticPosition(wanted.semantic_position),
    methods: [...(methods ?? []), ...(top > 0 ? [READS_TOP] : [])],
    evidence: wanted?.evidence === true || top > 0,
    ...(n > 1 ? writing : { ...limits, samples, temperature: drawn ?? writing.temperature }),
  });
  return {
    prompt: prompt(messages(given.messages), prefix, model),
    choices: n,
    writing,
    scoring,
    apart: n === 1 && Boolean(temperature) && samples !== undefined,
    engines,
    stop: stops(given.stop),
    logprobs,
    top,
    methods,
    evidence: wanted?.evidence === true,
    stream,
    usage: streamUsage(given.stream_options, stream),
  };
}

/** Without what is null or undefined. */
function present<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one != null)) as ReturnType<typeof present<T>>;
}

function refuseOthers(given: object): void {
  for (const [name, value] of Object.entries(given)) {
    if (OWN.includes(name) || WITHOUT_EFFECT.includes(name)) continue;
    const neutral = NEUTRAL[name]?.map((one) => JSON.stringify(one));
    if (neutral?.includes(json(name, value))) continue;
    if (!neutral) throw unknownName("parameter", name, OWN);
    throw badInput(`${name} is not supported`, `Only ${neutral.join(" or ")} is possible: leave it out.`);
  }
}

function flag(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw badInput(`${name} is no boolean`, "Give true or false.");
}

function whole(name: string, value: unknown, least: number): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return value as number;
  throw badInput(`${name} is ${String(value)}`, `Give a whole number from ${least} on.`);
}

function amount(name: string, value: unknown): number | undefined {
  if (value === undefined || (Number.isFinite(value) && (value as number) >= 0)) return value as number;
  throw badInput(`${name} is ${String(value)}`, "Give 0 or a positive number.");
}

function maxTokens({ max_tokens, max_completion_tokens }: { max_tokens?: unknown; max_completion_tokens?: unknown }) {
  const [old, most] = [whole("max_tokens", max_tokens, 1), whole("max_completion_tokens", max_completion_tokens, 1)];
  if (old === undefined || most === undefined || old === most) return most ?? old;
  throw badInput("max_tokens and max_completion_tokens differ", "Give one of them.");
}

function streamUsage(value: unknown, stream: boolean): boolean {
  if (value === undefined) return false;
  if (!stream) throw badInput("stream_options without stream", "Also set stream: true.");
  if (typeof value !== "object" || value === null) throw badInput("stream_options is no object", "Leave it out.");
  for (const name of Object.keys(value))
    if (name !== "include_usage") throw badInput(`stream_options.${name} is not supported`, "Leave it out.");
  return flag("stream_options.include_usage", (value as { include_usage?: unknown }).include_usage ?? undefined);
}

function stops(value: unknown): string[] {
  const texts = typeof value === "string" ? [value] : (value ?? []);
  const isText = (text: unknown) => typeof text === "string" && text !== "";
  if (Array.isArray(texts) && texts.length <= MOST_STOPS && texts.every(isText)) return texts;
  throw badInput("stop is no text", `Give a text or up to ${MOST_STOPS} of them, none empty.`);
}

function uncertainty(value: unknown): UncertaintyParams | null {
  if (value === undefined || value === false) return null;
  if (value === true) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw badInput("uncertainty is no object", "Give true or { methods, … }.");
  const wanted = present(value as UncertaintyParams);
  for (const name of Object.keys(wanted))
    if (!UNCERTAINTY.includes(name)) throw unknownName("option of uncertainty", name, UNCERTAINTY);
  if (wanted.methods) texts("uncertainty.methods", wanted.methods);
  if (wanted.prefix !== undefined && typeof wanted.prefix !== "string")
    throw badInput("uncertainty.prefix is no text", 'Give a text, "" for none.');
  return wanted;
}

const ROLES: Readonly<Record<string, string>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

function messages(value: unknown): Message[] {
  if (!Array.isArray(value) || value.length === 0) throw badInput("no messages", "Give a list of them.");
  return value.map((message: Partial<ChatMessage> | null, index) => {
    const role = Object.hasOwn(ROLES, message?.role ?? "") && ROLES[message?.role ?? ""];
    if (!role)
      throw badInput(`messages[${index}] has the role ${message?.role}`, `Use ${Object.keys(ROLES).join(", ")}.`);
    return { role, content: content(message?.content, index) };
  });
}

/**
 * The prompt. A single question is asked as such, because confidences were fitted to questions: after the prefix that was
 * given, or else the profile's. One that begins with the profile's own words has it already, and after a system message,
 * for which there is no confidence, nothing is added.
 */
function prompt(messages: Message[], given: string | undefined, { chatTemplate, profile }: Facts): RawRequest {
  const [first, second, ...more] = messages;
  const isAfterSystem = first?.role === "system" && second !== undefined && chatTemplate;
  const last = isAfterSystem ? second : first;
  const others = isAfterSystem ? more.length : messages.length - 1;
  if (last?.role !== "user" || others > 0) {
    if (given)
      throw badInput("uncertainty.prefix in a conversation", "It stands before single questions: leave it out.");
    return { messages };
  }
  const own = profile?.prefix ?? "";
  const isPrefixed = own !== "" && !given && last.content.startsWith(own);
  const prefix = isPrefixed ? own : (given ?? (isAfterSystem ? "" : undefined));
  return {
    question: isPrefixed ? last.content.slice(own.length) : last.content,
    ...(prefix !== undefined && { prefix }),
    ...(isAfterSystem && { system: first.content }),
  };
}

function content(value: unknown, index: number): string {
  if (typeof value === "string") return value;
  const isText = (part: { type?: unknown; text?: unknown } | null) =>
    part?.type === "text" && typeof part.text === "string";
  if (Array.isArray(value) && value.every(isText)) return value.map(({ text }) => text).join("");
  throw badInput(`messages[${index}] is no text`, "Give content as a text, or as parts of type text.");
}
