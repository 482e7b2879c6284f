/** The package's fit. */

import { type CalibrationReport, calibrate, type Calibration as PackageCalibration } from "semgrad";
import type { Calibration } from "./profiles.js";
import type { Row, Terms } from "./run.js";

/** A fitted calibration. */
export interface Fitted {
  calibration: PackageCalibration & Calibration;
  report: CalibrationReport;
}

/** How the answers came about. */
export interface Origin extends Terms {
  given: boolean;
  semanticPosition: { rule: string; offset: number } | null;
}

/** The package's own limits: fewer answers, or fewer of a kind, are no calibration. */
export const LEAST = 50;
export const LEAST_OF_A_KIND = 10;

/** Fits; rejects with the package's error. */
export async function fit(rows: readonly Row[], { given, maxTokens, semanticPosition }: Origin): Promise<Fitted> {
  // The question says of what kind it is, and the end of the answer whether it can be judged at all.
  const plain = rows.map(({ scores, tokens, promptTokens, right, question, finishReason }) => ({
    ...{ scores, tokens, promptTokens, right, question },
    ...(finishReason ? { finishReason } : {}),
  }));
  const { calibration, report } = await calibrate(plain, {
    answers: given ? "given" : "own",
    judge: given ? "user" : "containment, corrected by the user",
    maxTokens,
    ...(semanticPosition ? { semanticPosition } : {}),
  });
  return { calibration: calibration as Fitted["calibration"], report };
}
