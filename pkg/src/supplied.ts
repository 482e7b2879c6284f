/** Evidence that somebody else gathered, as the wasm module takes it. */

import { SemgradError } from "./errors.js";
import type { Evidence } from "./evidence.js";
import type { EngineKind, Method } from "./methods.js";

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default `all`. */
  methods?: readonly Method[];
  /** Who compares answers where the evidence does not say: by their words (`lexical`), or nobody (default). */
  engines?: Partial<Record<EngineKind, "lexical">>;
}

/** The arguments of the wasm module's `evaluate`. */
export function evaluateArguments(
  evidence: Evidence | string,
  { methods = ["all"], engines = {} }: EvaluateOptions,
): [string, string[], boolean, boolean] {
  const text = typeof evidence === "string" ? evidence : JSON.stringify(evidence);
  for (const [kind, engine] of Object.entries(engines)) {
    const known = (kind === "embed" || kind === "nli") && (engine === "lexical" || engine === undefined);
    if (known) continue;
    throw new SemgradError(
      "bad_input",
      `no such engine here: ${kind} ${engine}`,
      'Without a model there is "lexical".',
    );
  }
  return [text ?? "", [...methods], engines.embed !== undefined, engines.nli !== undefined];
}
