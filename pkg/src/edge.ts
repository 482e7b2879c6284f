/**
 * The package for edge workers: the wasm module is handed over, the model runs in this thread, nothing is kept.
 *
 * @packageDocumentation
 */

import { NO_ASSETS } from "./assets.js";
import { optionsJson, rowsJson } from "./calibrate/input.js";
import type { CalibrationOptions, CalibrationResult, CalibrationRow } from "./calibrate/types.js";
import { engine } from "./engine.js";
import { toSemgradError } from "./errors.js";
import type { Evaluation, Evidence } from "./evidence.js";
import type { MethodInfo } from "./methods.js";
import { Model } from "./model.js";
import { startWasm } from "./module.js";
import { prepare } from "./options.js";
import { type EvaluateOptions, evaluateArguments } from "./supplied.js";
import type { LoadOptions, ModelSource, Wasm } from "./types.js";
import {
  calibrate as calibrateHere,
  contains as containsHere,
  evaluate as evaluateHere,
  methods as methodsHere,
} from "./wasm/semgrad.js";

/** The compiled module: `import wasm from "semgrad/semgrad.wasm"`. */
export interface EdgeWasm {
  wasm: Wasm;
}

/** Options of {@link load}: without a worker, and `cache` is `none` by default. The package's profiles are imported. */
export type EdgeLoadOptions = Omit<LoadOptions, "worker" | "wasm"> & EdgeWasm;

/** Loads a model into this thread. What it loads stays from one request to the next as long as the worker lives. */
export async function load(source: ModelSource, options: EdgeLoadOptions): Promise<Model> {
  try {
    const { source: resolved, settings, hooks, engines } = prepare(source, { cache: "none", ...options });
    return new Model(await engine(NO_ASSETS)(resolved, settings, hooks), engines);
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

/** The registry of scores. No model is needed. */
export async function methods({ wasm }: EdgeWasm): Promise<MethodInfo[]> {
  return inModule(wasm, methodsHere);
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
  return inModule(wasm, () => evaluateHere(...evaluateArguments(evidence, options)));
}

/** Fits confidences and thresholds to answers that someone judged, as the main entry's function of that name does. */
export async function calibrate(
  rows: readonly CalibrationRow[],
  { wasm, ...options }: CalibrationOptions & EdgeWasm,
): Promise<CalibrationResult> {
  return inModule(wasm, () => calibrateHere(rowsJson(rows), optionsJson(options)));
}

/** Whether an answer contains one of the accepted ones, as the main entry's function of that name says. */
export async function contains(answer: string, accepted: readonly string[], { wasm }: EdgeWasm): Promise<boolean> {
  return inModule(wasm, () => containsHere(answer, [...accepted]));
}

async function inModule<T>(wasm: Wasm | undefined, work: () => T): Promise<T> {
  try {
    await startWasm(wasm, NO_ASSETS);
    return work();
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

export * from "./shared.js";
