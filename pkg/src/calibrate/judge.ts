/** What a model is worth as a judge of answers that others wrote: what that is fitted to, and what comes out. */

import type { Examined } from "../contract.js";

/** An answer that somebody else wrote, and people judged. */
export interface GivenAnswer {
  question: string;
  answer: string;
  /** Who wrote it. With answers of a single writer a model does not judge, whatever they are. */
  writer: string;
  right: boolean;
  /** What it is known by; question and writer unless said otherwise. */
  id?: string;
  /** What questions have in common that are one in other words: answers to them stay together. */
  group?: string;
  /** The set that the question is of, where there are several: to tell a hard set from an easy one is no skill. */
  set?: string;
}

/** The same with what the model makes of it. */
export interface GivenRow extends GivenAnswer {
  /** `examined` of `model.score(question, answer, { examine: true, ownAnswers, state: true, methods: [] })`. */
  examined: Examined;
}

/** Options of `calibrateGiven`. */
export interface GivenOptions {
  /** The model's own answers that each one was compared with: 5 by default. */
  ownAnswers?: number;
  /** YYYY-MM-DD; today by default. */
  date?: string;
}

/** How well something tells wrong answers of others from right ones. */
export interface GivenRanking {
  /**
   * `combined`, or `combined_state` with the model's own state: what judges. `combined_encoders`: with what encoders say of own
   * answers, which judges nowhere. `surface`: what an answer looks like, which it has to beat. Others are single signals.
   */
  name: string;
  /** How often a wrong answer is doubted more than a right one of the same writer; 0.5 is chance. */
  auroc: number | null;
  /** Where that lies for 95 of 100 other choices of questions; null where there are too few. */
  interval: [low: number, high: number] | null;
  /** By writer; one of whom all answers are right, or all wrong, has none. */
  writers: Record<string, number>;
  /** Expected calibration error, where there is a probability; null otherwise. */
  ece: number | null;
}

/** What was measured: each answer by a fit that saw neither its writer nor its question. */
export interface GivenReport {
  questions: number;
  /** By writer. */
  writers: Record<string, [answers: number, wrong: number]>;
  rankings: GivenRanking[];
}

/** The part `given` of a profile: plain data, made by {@link calibrateGiven} or `semgrad calibrate --given`. */
export interface GivenCalibration {
  /** Of the model's own, that an answer has to be compared with. */
  own_answers: number;
  questions: number;
  writers: GivenReport["writers"];
  /** How well it does. */
  tested: GivenRanking;
  /** AUROC of what answers look like. */
  surface: number | null;
  date: string;
  /** What is made of the signals: see the format of profiles. */
  [field: string]: unknown;
}

/** What {@link calibrateGiven} gives. */
export interface GivenResult {
  /** For `model.createProfile`; also worth keeping where it does not judge, for then `examined.none` says so. */
  given: GivenCalibration;
  report: GivenReport;
  /** Why the model does not judge answers of others, in words; null where it does. */
  none: string | null;
}

/** Whether a part of a profile is that. */
export const isGiven = (part: object): part is GivenCalibration => "fit" in part && "own_answers" in part;
