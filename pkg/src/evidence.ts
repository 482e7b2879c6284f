/**
 * Evidence: what was observed about one question, as any program can supply it and `ask({ evidence: true })` returns
 * it. These are the fields of the JSON that `semgrad methods eval` reads, hence in snake case. A number that was observed but is
 * none is null. Index 0 of a matrix over answers is the greedy answer, the samples follow. Logarithms are natural.
 */

import type { ErrorRecord } from "./errors.js";

/** An observed number; null where what was observed is none. */
export type Observed = number | null;

/** What a premise says about a hypothesis; the three add up to 1. */
export interface Entailment {
  entail: Observed;
  neutral: Observed;
  contradict: Observed;
}

/** One question's record; what was not gathered may be left out. */
export interface Evidence {
  question?: string | null;
  /** The greedy answer. */
  answer?: string | null;
  /** By token of the answer, the end-of-turn token included. */
  tokens?: { logprob: Observed; entropy: Observed; top2_margin?: Observed }[];
  /** Shape of each token's distribution. */
  shapes?: {
    mean_logprob: Observed;
    log_root_sum: Observed;
    vocab: number;
    top: { id: number; text?: string | null; logprob: Observed }[];
  }[];
  /** Each token's final state against the head's rows. */
  geometry?: { nci: Observed; fdbd: Observed }[];
  /** Mean gradient at the semantic position by hidden state; null where not computed. */
  layers?: Observed[];
  paragrad?: Observed;
  exgrad?: Observed;
  /** Attention of predicting positions to themselves, `[heads][tokens]` by layer. */
  attention?: { depth: number; layers: { layer: number; to_self: Observed[][] }[] } | null;
  /** Outputs of probes by method. */
  probes?: Record<string, Observed>;
  samples?: {
    text?: string | null;
    logprob?: Observed[];
    sharp_logprob?: Observed;
    relevance?: Observed[] | null;
  }[];
  /** Mean log-probability of the answer's tokens at temperature 0.1. */
  sharp_logprob?: Observed;
  /** By token, how much the answer changes without it. */
  relevance?: Observed[] | null;
  /** `[K+1][K+1]`, 0..1. */
  similarity?: Observed[][] | null;
  /** Premise row, hypothesis column, `[K+1][K+1]`. */
  entailment?: Entailment[][] | null;
  /** Of the samples' states, `[K][K]`. */
  covariance?: Observed[][] | null;
  /** Probability that the model calls its answer true. */
  p_true?: Observed;
  /** Log-probability of sample j after sample i was stated, `[K][K]`. */
  iterated?: Observed[][] | null;
  /** The question in other words. */
  perturbed?: {
    questions?: string[];
    replies?: string[][];
    question_similarity?: Observed[][];
    reply_similarity?: Observed[][];
    hellinger?: Observed[][];
  } | null;
  /** Mass of label (row) under a set of demonstrations (column). */
  demonstrations?: Observed[][] | null;
  /** Parts of the answer. */
  claims?: {
    text: string;
    tokens: [number, number];
    semgrad?: Observed;
    paragrad?: Observed;
    alternatives?: { probability: Observed; forward: Entailment; backward: Entailment }[][];
    questions?: { question: string; answers: string[]; entailment: Entailment[][] }[];
  }[];
  /** Entailment of sentence k of sample i by sample j, `[K][sentences][K]`. */
  sentences?: Entailment[][][] | null;
}

/** One score of supplied evidence. */
export interface Evaluation {
  /** Higher means less sure; null where there is none. */
  score: number | null;
  /** Why there is none. */
  error?: ErrorRecord;
}
