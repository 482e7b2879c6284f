/** The package's fit, and beside it a diagram of how well its numbers hold. */

import { type CalibrationReport, calibrate, type Calibration as PackageCalibration } from "semgrad";
import { type Bin, type Combined, confidenceOf, contributions, reliability, split } from "./combined.js";
import type { Calibration } from "./profiles.js";
import type { Row, Terms } from "./run.js";

/** A fitted calibration. */
export interface Fitted {
  calibration: PackageCalibration & Calibration;
  report: CalibrationReport;
  /** Null when there are too few answers to hold some back. */
  reliability: Bin[] | null;
}

/** How the answers came about. */
export interface Origin extends Terms {
  given: boolean;
  semanticPosition: { rule: string; offset: number } | null;
}

const FOLDS = 10;
/** The package's own limits: fewer answers, or fewer of a kind, are no calibration. */
export const LEAST = 50;
export const LEAST_OF_A_KIND = 10;

/** Fits; rejects with the package's error. */
export async function fit(rows: readonly Row[], { given, maxTokens, semanticPosition }: Origin): Promise<Fitted> {
  const options = {
    answers: given ? ("given" as const) : ("own" as const),
    judge: given ? "user" : "containment, corrected by the user",
    maxTokens,
    ...(semanticPosition ? { semanticPosition } : {}),
  };
  const once = async (rows: readonly Row[]) => {
    const plain = rows.map(({ scores, tokens, promptTokens, right }) => ({ scores, tokens, promptTokens, right }));
    const { calibration, report } = await calibrate(plain, options);
    return { calibration: calibration as Fitted["calibration"], report };
  };
  const whole = await once(rows);
  return { ...whole, reliability: await heldBack(rows, once) };
}

/** The diagram's points: every answer's confidence is by a fit of the other nine tenths. */
async function heldBack(
  rows: readonly Row[],
  calibrate: (rows: readonly Row[]) => Promise<{ calibration: Calibration }>,
): Promise<Bin[] | null> {
  const folds = split(rows, FOLDS);
  const enough = ({ train }: { train: Row[] }) => {
    const right = train.filter((row) => row.right).length;
    return train.length >= LEAST && Math.min(right, train.length - right) >= LEAST_OF_A_KIND;
  };
  if (!folds.every(enough)) return null;
  const answers: { confidence: number; right: boolean }[] = [];
  for (const { train, test } of folds) {
    const { calibration } = await calibrate(train);
    for (const row of test) {
      const confidence = confidenceFor(calibration.combined, row);
      if (confidence !== null) answers.push({ confidence, right: row.right });
    }
    // The page stays alive in between.
    await new Promise((next) => setTimeout(next));
  }
  return answers.length > 0 ? reliability(answers) : null;
}

function confidenceFor(combined: Combined | null | undefined, { scores, tokens, promptTokens }: Row): number | null {
  const values: Record<string, number> = { ...scores, answer_tokens: tokens, prompt_tokens: promptTokens };
  const parts = combined ? contributions(combined, (name) => values[name]) : null;
  return combined && parts ? confidenceOf(combined, parts) : null;
}
