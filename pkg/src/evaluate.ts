/**
 * What is computed without a model: the registry of scores, scores of evidence that somebody else gathered, calibrations,
 * and what they say about answers.
 */

import {
  type AnswerConfidence,
  APPLY,
  type ApplyOptions,
  applyArguments,
  type ScoredAnswer,
  toConfidence,
} from "./calibrate/apply.js";
import { CALIBRATION, optionsJson, rowsJson } from "./calibrate/input.js";
import type { GivenOptions, GivenResult, GivenRow } from "./calibrate/judge.js";
import { GIVEN, givenArguments } from "./calibrate/rows.js";
import type { Calibration, CalibrationOptions, CalibrationResult, CalibrationRow, Profile } from "./calibrate/types.js";
import { computing } from "./computed.js";
import type { Asked, Fault, Lesson } from "./contract.js";
import { badInput } from "./errors.js";
import type { Evaluation, Evidence } from "./evidence.js";
import type { MethodInfo } from "./methods.js";
import {
  CHECK,
  type CheckOptions,
  checkArguments,
  containsArguments,
  EVALUATE,
  type EvaluateOptions,
  evaluateArguments,
} from "./supplied.js";
import { LESSON, lessonArguments } from "./tune/lesson.js";
import type { LessonOptions, TeacherOptions } from "./tune/types.js";
import type { Wasm } from "./types.js";

/**
 * Where the wasm module is, for runtimes that cannot fetch it from beside the package: the small one
 * (`semgrad/scores.wasm`), or the one that runs models (`semgrad/semgrad.wasm`).
 */
export interface WasmOptions {
  wasm?: Wasm;
}

/** The registry of scores. No model is needed: the small wasm module is started in this thread, unless one runs here. */
export async function methods(options?: WasmOptions): Promise<MethodInfo[]> {
  return computed(options, {}, () => (module) => module.methods());
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
  options?: WasmOptions & EvaluateOptions,
): Promise<Record<string, Evaluation>> {
  return computed(options, EVALUATE, (asked) => {
    const given = evaluateArguments(evidence, asked);
    return (module) => module.evaluate(...given);
  });
}

/**
 * Fits confidences and thresholds to answers that someone judged: at least 50, ten right and ten wrong among them. No
 * model is needed; `model.createProfile` makes the result into a profile.
 *
 * @throws {SemgradError} `bad_input` that names the row, or says what is too few.
 */
export async function calibrate(
  rows: readonly CalibrationRow[],
  options?: CalibrationOptions & WasmOptions,
): Promise<CalibrationResult> {
  return computed(options, CALIBRATION, (asked) => {
    const given = [rowsJson(rows), optionsJson(asked)] as const;
    return (module) => module.calibrate(...given);
  });
}

/**
 * Whether an answer contains one of the accepted ones, as whole words in a row: the judge `containment` of `semgrad eval`.
 * Case, punctuation and articles do not count, and numbers are compared by value. No model is needed.
 */
export async function contains(answer: string, accepted: readonly string[], options?: WasmOptions): Promise<boolean> {
  return computed(options, {}, () => {
    const given = containsArguments(answer, accepted);
    return (module) => module.contains(...given);
  });
}

/**
 * Confidences and verdicts of answers that were scored: what `ask` gives with the profile that a model uses. No model is
 * needed.
 *
 * @param calibration what {@link calibrate} gave, or a profile, of which the calibration for such answers is taken; as an
 *   object or JSON text. It holds for answers that came about in the same way as those that it was fitted to.
 * @returns in the order of the answers
 * @throws {SemgradError} `bad_input` for what is no calibration, no answer, or a tolerated risk that is none.
 */
export async function applyCalibration(
  calibration: Calibration | Profile | string,
  answers: readonly ScoredAnswer[],
  options?: ApplyOptions & WasmOptions,
): Promise<AnswerConfidence[]> {
  return computed(options, APPLY, (asked) => {
    const given = applyArguments(calibration, answers, asked);
    return (module) => module.applyCalibration(...given).map(toConfidence);
  });
}

/**
 * What is to be learned of questions that were asked (`model.survey`): which answers are kept and which become refusals. No
 * model is needed.
 *
 * @throws {SemgradError} `bad_input` for what contradicts itself, and where the teacher knows nothing of any question.
 */
export async function lessonOf(
  asked: readonly Asked[],
  options?: LessonOptions & TeacherOptions & WasmOptions,
): Promise<Lesson> {
  return computed(options, LESSON, (wished) => {
    const given = lessonArguments(asked, wished);
    return (module) => module.lesson(...given);
  });
}

/**
 * The faults of an answer that can be found without knowing anything, by any model or none: calculations, totals, dates, conversions, counts,
 * numbers stated twice differently, and quotations of a question that are not in it. English alone. Exact or silent: an
 * empty list says nothing about whether the answer is right. No model is needed; `wasm`, if given, is `semgrad/scores.wasm`.
 *
 * @param question what was asked, or an empty text
 * @throws {SemgradError} `bad_input` for what is no text.
 */
export async function check(question: string, answer: string, options?: WasmOptions & CheckOptions): Promise<Fault[]> {
  return computedAlone(options, CHECK, (asked) => {
    const given = checkArguments(question, answer, asked);
    return (module) => module.check(...given);
  });
}

/**
 * Fits what a model is worth as a judge of answers that others wrote: to answers of at least two writers that people judged and
 * the model has looked at ({@link surveyGiven}), some hundreds of them. It is tested on writers and questions that the fit did not
 * see, and where that finds hardly more than chance, `none` says so, and a model with it judges nothing. No model is needed;
 * `wasm`, if given, is `semgrad/scores.wasm`. `model.createProfile` makes `given` a part of a profile.
 *
 * @throws {SemgradError} `bad_input` that names the row, or says what is too few.
 */
export async function calibrateGiven(
  rows: readonly GivenRow[],
  options?: GivenOptions & WasmOptions,
): Promise<GivenResult> {
  return computedAlone(options, GIVEN, (asked) => {
    const given = givenArguments(rows, asked);
    return (module) => module.fitGiven(...given);
  });
}

/** Whether an answer is a refusal, by a small rule for English. No model is needed. */
export async function refuses(answer: string, options?: WasmOptions): Promise<boolean> {
  return computed(options, {}, () => {
    if (typeof answer !== "string") throw badInput("the answer is no text", "Give its text.");
    return (module) => module.refuses(answer);
  });
}

// Imported on demand: a page that leaves everything to the worker never fetches a module for itself.
const computed = computing(async (wasm) => (await import("./scores.js")).startPure(wasm));
const computedAlone = computing(async (wasm) => (await import("./scores.js")).startSmall(wasm));
