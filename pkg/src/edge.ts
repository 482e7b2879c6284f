/**
 * The package for edge workers: the wasm module is handed over, the model runs in this thread, nothing is kept.
 *
 * @packageDocumentation
 */

import { NO_ASSETS, unreachable } from "./assets.js";
import {
  type AnswerConfidence,
  type ApplyOptions,
  applyArguments,
  type ScoredAnswer,
  toConfidence,
} from "./calibrate/apply.js";
import { optionsJson, rowsJson } from "./calibrate/input.js";
import type { Calibration, CalibrationOptions, CalibrationResult, CalibrationRow, Profile } from "./calibrate/types.js";
import { toSemgradError } from "./errors.js";
import type { Evaluation, Evidence } from "./evidence.js";
import { here } from "./here.js";
import type { MethodInfo } from "./methods.js";
import { Model } from "./model.js";
import { type Pure, parts } from "./module.js";
import { prepare } from "./options.js";
import { pure, type Sources } from "./pure.js";
import { type EvaluateOptions, evaluateArguments } from "./supplied.js";
import type { LoadOptions, ModelSource, Wasm } from "./types.js";

/**
 * The compiled module: `import wasm from "semgrad/semgrad.wasm"` for a worker that loads a model, which does everything;
 * `import wasm from "semgrad/scores.wasm"`, a tenth of that, for one that does not.
 */
export interface EdgeWasm {
  wasm: Wasm;
}

/** Options of {@link load}: without a worker, and `cache` is `none` by default. The package's profiles are imported. */
export type EdgeLoadOptions = Omit<LoadOptions, "worker" | "wasm"> & EdgeWasm;

/** Loads a model into this thread. What it loads stays from one request to the next as long as the worker lives. */
export async function load(source: ModelSource, options: EdgeLoadOptions): Promise<Model> {
  try {
    const { source: resolved, settings, hooks, engines } = prepare(source, { cache: "none", ...options });
    return new Model(await here(NO_ASSETS)(resolved, settings, hooks), engines);
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

/** The registry of scores. No model is needed. */
export async function methods({ wasm }: EdgeWasm): Promise<MethodInfo[]> {
  return inModule(wasm, (module) => module.methods());
}

/**
 * The scores of a record of evidence, an object or JSON text, that any program gathered. No model is needed.
 *
 * @throws {SemgradError} `bad_input` for what is no evidence or names no method; what a single method lacks stands
 *   beside its score.
 */
export async function evaluate(
  evidence: Evidence | string,
  { wasm, ...options }: EdgeWasm & EvaluateOptions,
): Promise<Record<string, Evaluation>> {
  return inModule(wasm, (module) => module.evaluate(...evaluateArguments(evidence, options)));
}

/** Fits confidences and thresholds to answers that someone judged, as the main entry's function of that name does. */
export async function calibrate(
  rows: readonly CalibrationRow[],
  { wasm, ...options }: CalibrationOptions & EdgeWasm,
): Promise<CalibrationResult> {
  return inModule(wasm, (module) => module.calibrate(rowsJson(rows), optionsJson(options)));
}

/** Whether an answer contains one of the accepted ones, as the main entry's function of that name says. */
export async function contains(answer: string, accepted: readonly string[], { wasm }: EdgeWasm): Promise<boolean> {
  return inModule(wasm, (module) => module.contains(answer, [...accepted]));
}

/** Confidences and verdicts of scored answers, as the main entry's function of that name gives them. */
export async function applyCalibration(
  calibration: Calibration | Profile | string,
  answers: readonly ScoredAnswer[],
  { wasm, ...options }: ApplyOptions & EdgeWasm,
): Promise<AnswerConfidence[]> {
  const given = applyArguments(calibration, answers, options);
  return inModule(wasm, (module) => module.applyCalibration(...given).map(toConfidence));
}

const SOURCES: Sources = {
  own: async () => {
    throw unreachable("wasm module", 'Pass it as the option `wasm`: import wasm from "semgrad/scores.wasm".');
  },
  // Of a worker that calls `load` it is a part; in the bundle of another one there is nothing of it.
  whole: async () => parts.whole,
};

async function inModule<T>(wasm: Wasm | undefined, work: (module: Pure) => T): Promise<T> {
  try {
    return work(await pure(wasm, SOURCES));
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

export * from "./shared.js";
