/** The scores: their names, and what is known about each. The wasm module has the one list of methods. */

/**
 * Scores that take no more than the answer itself and a partial pass back: neither samples nor other prompts, engines or
 * probes. Confidences are made of these; ask for all of them where you gather answers for {@link calibrate}.
 */
export const ONE_PASS_METHODS = [
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
] as const;

/** Every score, in the order of the registry. */
export const METHODS = [
  ...ONE_PASS_METHODS,
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
  /** Whether it is one of {@link ONE_PASS_METHODS}. */
  one_pass: boolean;
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
