/** The package's fit, and beside it a diagram of how well its numbers hold. */

import * as semgrad from "semgrad";
import { type Bin, type Combined, confidenceOf, contributions, reliability, split } from "./combined.js";
import type { Calibration, Quality } from "./profiles.js";
import type { Row, Terms } from "./run.js";

/** What the package reports beside the calibration: each confidence by a fit that did not see its answer. */
export interface Report {
  combined: Quality | null;
  splits: { alpha: number; risk: number; coverage: number }[];
  notes: string[];
}

/** A fitted calibration. */
export interface Fitted {
  calibration: Calibration;
  report: Report;
  /** Null when there are too few answers to hold some back. */
  reliability: Bin[] | null;
}

/** How the answers came about. */
export interface Origin extends Terms {
  given: boolean;
  semanticPosition: { rule: string; offset: number } | null;
}

type Fit = (
  rows: readonly Row[],
  options: Record<string, unknown>,
) => Promise<{ calibration: Calibration; report: Report }>;

const FOLDS = 10;
/** The package's own limits: fewer answers, or fewer of a kind, are no calibration. */
export const LEAST = 50;
export const LEAST_OF_A_KIND = 10;

/** Fits; rejects with the package's error. */
export async function fit(rows: readonly Row[], { given, maxTokens, semanticPosition }: Origin): Promise<Fitted> {
  const { calibrate } = semgrad as unknown as { calibrate: Fit };
  const options = {
    answers: given ? "given" : "own",
    judge: given ? "user" : "containment, corrected by the user",
    maxTokens,
    ...(semanticPosition ? { semanticPosition } : {}),
  };
  const plain = rows.map(({ scores, tokens, right }) => ({ scores, tokens, right }) as Row);
  const whole = await calibrate(plain, options);
  return { ...whole, reliability: await heldBack(plain, (train) => calibrate(train, options)) };
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

function confidenceFor(combined: Combined | null | undefined, { scores, tokens }: Row): number | null {
  const parts = combined ? contributions(combined, (id) => scores[id], tokens) : null;
  return combined && parts ? confidenceOf(combined, parts) : null;
}
