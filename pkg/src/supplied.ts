/** What somebody else gathered or wrote, as the wasm module takes it. */

import { badInput } from "./errors.js";
import type { Evidence } from "./evidence.js";
import { json, type Names, texts } from "./given.js";
import type { EngineKind, Method } from "./methods.js";

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default `all`. */
  methods?: readonly Method[];
  /** Who compares answers where the evidence does not say: by their words (`lexical`), or nobody (default). */
  engines?: Partial<Record<EngineKind, "lexical">>;
}

/** Their names. */
export const EVALUATE: Names<EvaluateOptions> = { methods: 1, engines: 1 };

/** The arguments of the wasm module's `evaluate`. */
export function evaluateArguments(
  evidence: Evidence | string,
  { methods = ["all"], engines = {} }: EvaluateOptions,
): [string, string[], boolean, boolean] {
  const text = typeof evidence === "string" ? evidence : json("the evidence", evidence);
  if (typeof engines !== "object" || engines === null) throw badInput("engines is no object", "Give { embed, nli }.");
  for (const [kind, engine] of Object.entries(engines)) {
    const isKnown = (kind === "embed" || kind === "nli") && (engine === "lexical" || engine === undefined);
    if (!isKnown) throw badInput(`no such engine here: ${kind} ${engine}`, 'Without a model there is "lexical".');
  }
  return [text, texts("methods", methods), engines.embed !== undefined, engines.nli !== undefined];
}

/** The arguments of the wasm module's `contains`. */
export function containsArguments(answer: string, accepted: readonly string[]): [string, string[]] {
  if (typeof answer !== "string") throw badInput("the answer is no text", "Give its text.");
  return [answer, texts("accepted", accepted)];
}

/** Options of `check`. */
export interface CheckOptions {
  /** Whatever else was said or shown before the answer: earlier turns, a document. */
  context?: string;
}

/** Their names. */
export const CHECK: Names<CheckOptions> = { context: 1 };

/** The arguments of the wasm module's `check`. */
export function checkArguments(
  question: string,
  answer: string,
  { context = "" }: CheckOptions,
): [string, string, string] {
  for (const [name, text] of Object.entries({ question, answer, context })) {
    if (typeof text !== "string")
      throw badInput(`${name} is no text`, "Give texts; an empty question if there is none.");
  }
  return [question, answer, context];
}
