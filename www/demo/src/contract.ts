/** Parts of the package's results that not every answer has. */

import type { Answer } from "semgrad";

/** One signal's share in the confidence, in log-odds. */
export interface ConfidencePart {
  name: string;
  contribution: number;
}

/** An answer whose confidence was combined from several signals. */
export type ExplainedAnswer = Answer & { confidenceParts?: ConfidencePart[] | null };
