/** What goes into a calibration, and what comes out. */

import type { QuestionKind } from "../contract.js";
import type { Method } from "../methods.js";
import type { Answer, Risk, SemanticToken, State } from "../types.js";
import type { GivenCalibration } from "./judge.js";

/** One answer that someone judged. */
export interface CalibrationRow {
  /** By method: numbers, or the scores of an answer as they are. What is null is missing. */
  scores: Readonly<Record<string, number | null | undefined | { readonly score: number | null }>>;
  right: boolean;
  /** Length of the answer, its end included: `answer.responseIds.length`. */
  tokens?: number;
  /** Length of the prompt: `answer.promptIds.length`. */
  promptTokens?: number;
  /** Why the answer ends: one that was cut off (`length`) is left out, and has no confidence. */
  finishReason?: Answer["finishReason"];
  /**
   * `answer.state`, of an answer that was asked for with `state: true`: the confidence becomes sharper by it, and knows which questions
   * the model reads unlike these.
   * Fitting 300 answers with states of 576 numbers takes some seconds, and blocks its thread: use a worker for more.
   */
  state?: State | null;
  /** Name of the question set, where there are several. */
  set?: string;
  /** What was asked: a confidence holds for kinds of questions that it was fitted to. */
  question?: string;
  /** What kind of question it is, instead: `answer.kind`. */
  kind?: QuestionKind | null;
}

/** How the answers came about: the calibration holds for answers that come about in the same way. */
export interface CalibrationOptions {
  /** The model's own answers (default), or given ones. */
  answers?: "own" | "given";
  /** Of own answers; 0 (greedy) by default. */
  temperature?: number;
  system?: string;
  /** Where gradients were taken: `answer.semanticPosition` of any of the answers. By default the assistant's header. */
  semanticPosition?: Pick<SemanticToken, "rule" | "offset">;
  /** Most tokens of an answer: a longer one has no confidence. */
  maxTokens?: number;
  /** How samples were drawn, for scores that read them. */
  samples?: { count: number; temperature: number };
  /** Which kinds of engines compared texts, for scores that ask them. */
  engines?: { embed?: "lexical" | "encoder"; nli?: "lexical" | "judge" | "encoder" };
  /** Kinds of questions that the confidence is for; by default those of the rows. */
  kinds?: readonly QuestionKind[];
  /** Who said what is right. */
  judge?: string;
  /** YYYY-MM-DD; today by default. */
  date?: string;
  /** What the verdict tolerates unless a question says otherwise: 0.1 and 0.2 of all questions by default. */
  risk?: Risk;
  /** Probability that the bound of mode `selective` fails, 0.05 by default. */
  delta?: number;
  /** What the confidence may be made of: scores, by default all that one pass gives, and the model's state. */
  methods?: readonly (Method | "state")[];
}

/** How good probabilities are; null where that is undefined. Intervals hold 95 %. */
export interface CalibrationQuality {
  questions: number;
  /** How often a right answer is ranked above a wrong one. */
  auroc: number | null;
  auroc_interval: [number | null, number | null];
  /** Expected calibration error. */
  ece: number | null;
  brier: number | null;
  /** Brier score against always saying the share of right answers, 0 is no better, 1 perfect. */
  skill: number | null;
  skill_interval: [number | null, number | null];
}

/** Conformal thresholds of one half of the questions tried on the other, on average over random splits. */
export interface CalibrationSplit {
  /** Tolerated share of questions that are answered wrong. */
  alpha: number;
  /** What it was. */
  risk: number;
  risk_error: number;
  /** Share of questions answered; beside it, those of an order that knows the truth and of none. */
  coverage: number;
  coverage_oracle: number;
  coverage_random: number;
  /** The same of what gets the verdict `answer`, which also takes a confidence of {@link EVEN_ODDS}. */
  risk_answer: number;
  coverage_answer: number;
}

/** Answers of like confidence: what it is on average, and how many of them are right. */
export interface CalibrationBin {
  confidence: number;
  accuracy: number;
  count: number;
}

/** What a calibration is worth: each question's confidence is by a fit that did not see it. */
export interface CalibrationReport {
  questions: number;
  right: number;
  methods: Record<string, CalibrationQuality>;
  combined: CalibrationQuality | null;
  sets: Record<string, CalibrationQuality>;
  /** The single score of one pass with the best AUROC. */
  single: string | null;
  /** How well the combined confidence holds: about ten bins of equally many answers; none without it. */
  reliability: CalibrationBin[];
  splits: CalibrationSplit[];
  /** What to know before it is used. */
  notes: string[];
}

/** One entry of a profile's `calibrations`: plain data, made by {@link calibrate} or `semgrad calibrate`. */
export interface Calibration {
  answers: "own" | "given";
  fitted: {
    sets: { name: string; questions: number; right: number }[];
    judge: string;
    date: string;
    questions: number;
    right: number;
  };
  /** Maps from scores to confidences, the combination of scores, thresholds: see the format of profiles. */
  [field: string]: unknown;
}

/** What {@link calibrate} gives. */
export interface CalibrationResult {
  /** For `model.createProfile`. */
  calibration: Calibration;
  report: CalibrationReport;
}

/** A profile as a plain object, to be kept as JSON and handed to `load` or `model.useProfile`. */
export interface Profile {
  /** `adapter`: hash of the adapter that was in use; left out without one. */
  key: { weights: string; template: string | null; prefix: string; adapter?: string | null };
  calibrations?: Calibration[];
  /** What the model is worth as a judge of answers that others wrote. */
  given?: GivenCalibration;
  /** The semantic position, where it was measured. */
  [field: string]: unknown;
}
