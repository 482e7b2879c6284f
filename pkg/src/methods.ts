/**
 * The scores: their names, what is known about each, and their values for evidence that somebody else gathered. The
 * last two ask the wasm module, which has the one list of methods.
 */

import { SemgradError, toSemgradError } from "./errors.js";
import type { Evaluation, Evidence } from "./evidence.js";
import type { Wasm } from "./types.js";

/** Every score, in the order of the registry. */
export const METHODS = [
  "semgrad",
  "semgrad_last",
  "paragrad",
  "exgrad",
  "hybridgrad",
  "gnll",
  "perplexity",
  "mean_token_entropy",
  "max_token_entropy",
  "lsc",
  "boosted_prob",
  "self_certainty",
  "renyi",
  "fisher_rao",
  "attention_score",
  "rauq",
  "nci",
  "fdbd",
  "ln_pe",
  "predictive_entropy",
  "semantic_entropy",
  "semantic_entropy_lax",
  "discrete_semantic_entropy",
  "p_true",
  "self_consistency",
  "lexical_similarity",
  "num_set",
  "deg",
  "eccentricity",
  "eigv",
  "kle_heat",
  "kle_matern",
  "sar",
  "sar_token",
  "sar_sentence",
  "eigenscore",
  "semantic_density",
  "cocoa",
  "mutual_information",
  "snne",
  "hybrid_dse",
  "esi",
  "inv_entropy",
  "ni_entropy",
  "nr_inv_entropy",
  "wd_px_py",
  "max_py_x",
  "icl_epistemic",
  "icl_aleatoric",
  "luq",
  "ccp",
  "claim_semantic_entropy",
  "sep",
  "sep_tbg",
] as const;

/** A score with a name known to the type checker. */
export type KnownMethod = (typeof METHODS)[number];

/** A score's name, or `all`. */
export type Method = KnownMethod | "all" | (string & {});

/** Scores that `ask` and `score` compute unless told otherwise. */
export const DEFAULT_METHODS = ["semgrad", "paragrad", "exgrad", "hybridgrad"] as const;

/** Who compares texts: `embed` says how alike they are, `nli` what follows from what. */
export type EngineKind = "embed" | "nli";

/** What is known about a score. */
export interface MethodInfo {
  id: KnownMethod;
  /** For people. */
  name: string;
  citation: string;
  /** What it reads beyond the statistics of the answer's tokens. */
  needs: string[];
  /** Engines that must be named for it. */
  engines: EngineKind[];
  /** Passes through (a part of) the model besides generating. */
  passes: number;
  /** What its needs cost, in words; K is the number of samples. */
  cost: string[];
  direction: "higher is less sure";
  /** Numbers that the score depends on. */
  settings: Record<string, number>;
  /** Where paper and code disagree, and which is followed; empty where they do not. */
  note: string;
}

/** Where the wasm module is, for runtimes that cannot fetch it from beside the package. */
export interface WasmOptions {
  wasm?: Wasm;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends WasmOptions {
  /** Default `all`. */
  methods?: readonly Method[];
  /** Who compares answers where the evidence does not say: by their words (`lexical`), or nobody (default). */
  engines?: Partial<Record<EngineKind, "lexical">>;
}

/** The registry of scores. Starts the wasm module in this thread; no model is needed. */
export async function methods({ wasm }: WasmOptions = {}): Promise<MethodInfo[]> {
  try {
    return (await start(wasm)).methods();
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

/**
 * The scores of a record of evidence, an object or JSON text, that `ask({ evidence: true })` or any other program
 * gathered: what `semgrad methods eval` computes. No model is needed.
 *
 * @throws {SemgradError} `bad_input` for what is no evidence or names no method; what a single method lacks stands
 *   beside its score.
 */
export async function evaluate(
  evidence: Evidence | string,
  { methods = ["all"], engines = {}, wasm }: EvaluateOptions = {},
): Promise<Record<string, Evaluation>> {
  try {
    const text = typeof evidence === "string" ? evidence : JSON.stringify(evidence);
    for (const [kind, engine] of Object.entries(engines)) {
      if ((kind === "embed" || kind === "nli") && (engine === "lexical" || engine === undefined)) continue;
      throw new SemgradError("bad_input", `no such engine here: ${kind} ${engine}`, 'Without a model there is "lexical".');
    }
    const { embed, nli } = engines;
    return (await start(wasm)).evaluate(text ?? "", [...methods], embed !== undefined, nli !== undefined);
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

/** Imported on demand: a page that leaves everything to the worker never fetches the module for itself. */
async function start(wasm: Wasm | undefined) {
  const module = await import("./module.js");
  await module.startWasm(wasm);
  return module;
}
