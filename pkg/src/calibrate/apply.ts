/** A calibration applied to answers that were scored, as the wasm module takes and gives it. */

import { refuseEntry } from "../assets.js";
import { json, type Names } from "../given.js";
import type { Answer, Risk } from "../types.js";
import { answersJson, verdictOf } from "./input.js";
import type { Calibration, CalibrationRow, Profile } from "./types.js";

/** An answer with its scores: what a calibration is fitted to, without saying whether it is right. */
export type ScoredAnswer = Omit<CalibrationRow, "right" | "set">;

/** Options of `applyCalibration`. */
export interface ApplyOptions {
  /** Whose the answers are: a model's own, or given ones. By default those that the calibration is for. */
  answers?: "own" | "given";
  /** What the verdict tolerates instead of what the calibration says. */
  risk?: Risk;
}

/** Their names. */
export const APPLY: Names<ApplyOptions> = { answers: 1, risk: 1 };

/** How far an answer can be trusted: the fields that an {@link Answer} has of it. */
export interface AnswerConfidence
  extends Pick<
    Answer,
    | "confidence"
    | "confidenceReason"
    | "confidenceParts"
    | "verdict"
    | "verdictReason"
    | "verdictThresholds"
    | "explanation"
  > {
  /** By each score alone that was calibrated. */
  methods: Readonly<Record<string, number>>;
}

/** The same as the module writes it. */
export interface RawConfidence {
  confidence: Answer["confidence"];
  confidence_reason: Answer["confidenceReason"];
  confidence_parts: Answer["confidenceParts"];
  verdict: Answer["verdict"];
  verdict_reason: Answer["verdictReason"];
  verdict_thresholds: Answer["verdictThresholds"];
  explanation: Answer["explanation"];
  methods: Record<string, number>;
}

/** What the module is called with. */
export function applyArguments(
  calibration: Calibration | Profile | string,
  answers: readonly ScoredAnswer[],
  options: ApplyOptions,
): [calibration: string, answers: string, options: string] {
  if (typeof calibration === "object" && calibration !== null) refuseEntry(calibration);
  const text = typeof calibration === "string" ? calibration : json("the calibration", calibration);
  return [text, answersJson(answers), JSON.stringify({ answers: options.answers, verdict: verdictOf(options.risk) })];
}

export function toConfidence(raw: RawConfidence): AnswerConfidence {
  return {
    confidence: raw.confidence,
    confidenceReason: raw.confidence_reason,
    confidenceParts: raw.confidence_parts,
    verdict: raw.verdict,
    verdictReason: raw.verdict_reason,
    verdictThresholds: raw.verdict_thresholds,
    explanation: raw.explanation,
    methods: raw.methods,
  };
}
