/**
 * Evidence: what was observed about one question, as any program can supply it and `ask({ evidence: true })` returns
 * it. These are the fields of the JSON that `semgrad methods eval` reads, hence in snake case. A number that was observed but is
 * none is null. Index 0 of a matrix over answers is the greedy answer, the samples follow. Logarithms are natural.
 */

import type { ErrorRecord } from "./errors.js";

type Maybe = number | null;

/** What a premise says about a hypothesis; the three add up to 1. */
export interface Entailment {
  entail: Maybe;
  neutral: Maybe;
  contradict: Maybe;
}

/** One question's record; what was not gathered may be left out. */
export interface Evidence {
  question?: string | null;
  /** The greedy answer. */
  answer?: string | null;
  /** By token of the answer, the end-of-turn token included. */
  tokens?: { logprob: Maybe; entropy: Maybe; top2_margin?: Maybe }[];
  /** Shape of each token's distribution. */
  shapes?: {
    mean_logprob: Maybe;
    log_root_sum: Maybe;
    vocab: number;
    top: { id: number; text?: string | null; logprob: Maybe }[];
  }[];
  /** Each token's final state against the head's rows. */
  geometry?: { nci: Maybe; fdbd: Maybe }[];
  /** Mean gradient at the semantic position by hidden state; null where not computed. */
  layers?: Maybe[];
  paragrad?: Maybe;
  exgrad?: Maybe;
  /** Attention of predicting positions to themselves, `[heads][tokens]` by layer. */
  attention?: { depth: number; layers: { layer: number; to_self: Maybe[][] }[] } | null;
  /** Outputs of probes by method. */
  probes?: Record<string, Maybe>;
  samples?: {
    text?: string | null;
    logprob?: Maybe[];
    sharp_logprob?: Maybe;
    relevance?: Maybe[] | null;
  }[];
  /** Mean log-probability of the answer's tokens at temperature 0.1. */
  sharp_logprob?: Maybe;
  /** By token, how much the answer changes without it. */
  relevance?: Maybe[] | null;
  /** `[K+1][K+1]`, 0..1. */
  similarity?: Maybe[][] | null;
  /** Premise row, hypothesis column, `[K+1][K+1]`. */
  entailment?: Entailment[][] | null;
  /** Of the samples' states, `[K][K]`. */
  covariance?: Maybe[][] | null;
  /** Probability that the model calls its answer true. */
  p_true?: Maybe;
  /** Log-probability of sample j after sample i was stated, `[K][K]`. */
  iterated?: Maybe[][] | null;
  /** The question in other words. */
  perturbed?: {
    questions?: string[];
    replies?: string[][];
    question_similarity?: Maybe[][];
    reply_similarity?: Maybe[][];
    hellinger?: Maybe[][];
  } | null;
  /** Mass of label (row) under a set of demonstrations (column). */
  demonstrations?: Maybe[][] | null;
  /** Parts of the answer. */
  claims?: {
    text: string;
    tokens: [number, number];
    semgrad?: Maybe;
    paragrad?: Maybe;
    alternatives?: { probability: Maybe; forward: Entailment; backward: Entailment }[][];
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
