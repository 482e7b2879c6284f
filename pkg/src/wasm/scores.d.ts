/**
 * The part of the generated bindings that this package uses: what both modules export, and what only the small one does. The build writes the real files to
 * `dist/wasm/`; this declaration is the contract that they are held to.
 */
import type { RawConfidence } from "../calibrate/apply.js";
import type { GivenResult } from "../calibrate/judge.js";
import type { CalibrationResult } from "../calibrate/types.js";
import type { Fault, Lesson } from "../contract.js";
import type { Evaluation } from "../evidence.js";
import type { MethodInfo } from "../methods.js";

export interface InitOutput {
  readonly memory: WebAssembly.Memory;
}

export default function init(input?: {
  module_or_path: WebAssembly.Module | BufferSource | string | URL | Promise<Response>;
}): Promise<InitOutput>;

/** Puts a new instance in the place of the one that runs. */
export function __wbg_reset_state(): void;

export function methods(): MethodInfo[];
/** The last two: whether what is missing of similarities and of entailment is made from the words. */
export function evaluate(evidence: string, methods: string[], embed: boolean, nli: boolean): Record<string, Evaluation>;

export function calibrate(rows: string, options: string): CalibrationResult;
/** What is known of each question, and what is wished, as JSON texts. */
export function lesson(known: string, wish: string): Lesson;
/** In this module alone. */
export function check(question: string, answer: string, context: string): Fault[];
/** In this module alone, too. */
export function fitGiven(rows: string, ownAnswers: number, date: string): GivenResult;
export function refuses(answer: string): boolean;
export function contains(answer: string, accepted: string[]): boolean;
export function applyCalibration(calibration: string, answers: string, options: string): RawConfidence[];
