/**
 * The package for edge workers: the wasm module is handed over, the model runs in this thread, nothing is kept.
 *
 * @packageDocumentation
 */

import { NO_ASSETS, type ShippedProfile, unreachable } from "./assets.js";
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
import type { Fault } from "./contract.js";
import { toSemgradError } from "./errors.js";
import type { Evaluation, Evidence } from "./evidence.js";
import { known } from "./given.js";
import { here } from "./here.js";
import type { MethodInfo } from "./methods.js";
import { Model } from "./model.js";
import { parts } from "./module.js";
import { LOAD, prepare } from "./options.js";
import { imported } from "./profiles/imports.js";
import { PROFILES } from "./profiles/index.js";
import { alone, pure, type Sources } from "./pure.js";
import {
  CHECK,
  type CheckOptions,
  checkArguments,
  containsArguments,
  EVALUATE,
  type EvaluateOptions,
  evaluateArguments,
} from "./supplied.js";
import type { LoadOptions, ModelSource, Wasm } from "./types.js";

/**
 * The compiled module: `import wasm from "semgrad/semgrad.wasm"` for a worker that loads a model, which does everything but `check`
 * and `calibrateGiven`;
 * `import wasm from "semgrad/scores.wasm"`, a tenth of that, for one that does not.
 */
export interface EdgeWasm {
  wasm: Wasm;
}

/**
 * Options of {@link load}: without a worker, and `cache` is `none` by default. The profiles that the package ships are
 * imported, so that they are in the bundle, and used for the weights that they are for.
 */
export type EdgeLoadOptions = Omit<LoadOptions, "worker" | "wasm"> & EdgeWasm;

const { worker: _, ...EDGE_LOAD } = LOAD;

/** Loads a model into this thread. What it loads stays from one request to the next as long as the worker lives. */
export async function load(source: ModelSource, options: EdgeLoadOptions): Promise<Model> {
  try {
    const asked = known<EdgeLoadOptions>(options, EDGE_LOAD);
    const cache = asked.cacheDir === undefined ? { cache: "none" as const } : {};
    const { source: resolved, settings, hooks, engines, hub } = prepare(source, { ...cache, ...asked });
    const assets = {
      ...NO_ASSETS,
      profiles: PROFILES,
      profile: async ({ weights }: ShippedProfile) => imported(weights),
    };
    return new Model(await here(assets)(resolved, settings, hooks), engines, hub);
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

/** The registry of scores. No model is needed. */
export async function methods(options: EdgeWasm): Promise<MethodInfo[]> {
  return computed(options, {}, () => (module) => module.methods());
}

/**
 * The scores of a record of evidence, an object or JSON text, that any program gathered. No model is needed.
 *
 * @throws {SemgradError} `bad_input` for what is no evidence or names no method; what a single method lacks stands
 *   beside its score.
 */
export async function evaluate(
  evidence: Evidence | string,
  options: EdgeWasm & EvaluateOptions,
): Promise<Record<string, Evaluation>> {
  return computed(options, EVALUATE, (asked) => {
    const given = evaluateArguments(evidence, asked);
    return (module) => module.evaluate(...given);
  });
}

/** Fits confidences and thresholds to answers that someone judged, as the main entry's function of that name does. */
export async function calibrate(
  rows: readonly CalibrationRow[],
  options: CalibrationOptions & EdgeWasm,
): Promise<CalibrationResult> {
  return computed(options, CALIBRATION, (asked) => {
    const given = [rowsJson(rows), optionsJson(asked)] as const;
    return (module) => module.calibrate(...given);
  });
}

/** Whether an answer contains one of the accepted ones, as the main entry's function of that name says. */
export async function contains(answer: string, accepted: readonly string[], options: EdgeWasm): Promise<boolean> {
  return computed(options, {}, () => {
    const given = containsArguments(answer, accepted);
    return (module) => module.contains(...given);
  });
}

/** The faults of an answer that can be found without knowing anything, as the main entry's function of that name says. */
export async function check(question: string, answer: string, options: EdgeWasm & CheckOptions): Promise<Fault[]> {
  return computedAlone(options, CHECK, (asked) => {
    const given = checkArguments(question, answer, asked);
    return (module) => module.check(...given);
  });
}

/** Fits what a model is worth as a judge of answers that others wrote, as the main entry's function of that name says. */
export async function calibrateGiven(
  rows: readonly GivenRow[],
  options: GivenOptions & EdgeWasm,
): Promise<GivenResult> {
  return computedAlone(options, GIVEN, (asked) => {
    const given = givenArguments(rows, asked);
    return (module) => module.fitGiven(...given);
  });
}

/** Confidences and verdicts of scored answers, as the main entry's function of that name gives them. */
export async function applyCalibration(
  calibration: Calibration | Profile | string,
  answers: readonly ScoredAnswer[],
  options: ApplyOptions & EdgeWasm,
): Promise<AnswerConfidence[]> {
  return computed(options, APPLY, (asked) => {
    const given = applyArguments(calibration, answers, asked);
    return (module) => module.applyCalibration(...given).map(toConfidence);
  });
}

const SOURCES: Sources = {
  own: async () => {
    throw unreachable("wasm module", 'Pass it as the option `wasm`: import wasm from "semgrad/scores.wasm".');
  },
  // Of a worker that calls `load` it is a part; in the bundle of another one there is nothing of it.
  whole: async () => parts.whole,
};

const computed = computing((wasm) => pure(wasm, SOURCES));
const computedAlone = computing((wasm) => alone(wasm, SOURCES));

export * from "./shared.js";
