/** The package's fit, and what the page shows of it. */

import * as semgrad from "semgrad";
import type { Bin } from "./diagram.js";
import type { Calibration } from "./profiles.js";
import type { Row } from "./run.js";

/** What the package reports beside the calibration. */
export interface Report {
  reliability?: Bin[];
  auroc?: number | null;
  ece?: number | null;
  brier?: number | null;
  skill?: number | null;
}

/** A fitted calibration. */
export interface Fitted {
  calibration: Calibration & Record<string, unknown>;
  report: Report;
}

interface Options {
  answers: "own" | "given";
  judge: string;
  maxTokens: number;
}

type Fit = (
  rows: { scores: Record<string, number>; tokens: number; right: boolean; set: string }[],
  options: Options,
) => Promise<Fitted>;

/** Fits; rejects with the package's error. */
export async function fit(rows: readonly Row[], options: Options): Promise<Fitted> {
  const { calibrate } = semgrad as unknown as { calibrate: Fit };
  const given = rows.map(({ scores, tokens, right }) => ({ scores, tokens, right, set: "own" }));
  return calibrate(given, options);
}
