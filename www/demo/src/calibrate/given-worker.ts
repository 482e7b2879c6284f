/** Fits in a thread of its own: with some hundred states it takes longer than a page may stand still. */

import { calibrateGiven, type GivenResult, type GivenRow, type SemgradError } from "semgrad";

/** What it is given. */
export interface ToFit {
  rows: readonly GivenRow[];
  ownAnswers: number;
}

/** What comes back. */
export type Fitted = { result: GivenResult } | { error: ReturnType<SemgradError["toJSON"]> };

addEventListener("message", async ({ data: { rows, ownAnswers } }: MessageEvent<ToFit>) => {
  const fitted: Promise<Fitted> = calibrateGiven(rows, { ownAnswers }).then(
    (result) => ({ result }),
    (thrown: SemgradError) => ({ error: thrown.toJSON() }),
  );
  postMessage(await fitted);
});
