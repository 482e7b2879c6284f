/** Parts of the package's results that not every answer has. */

import type { Answer } from "semgrad";

/** A token of the prompt as the model read it. */
export interface PromptToken {
  id: number;
  text: string;
  part: "template" | "user";
}

/** One signal's share in the confidence, in log-odds. */
export interface ConfidencePart {
  name: string;
  contribution: number;
}

/** An answer that was asked for with `explain`. */
export type ExplainedAnswer = Answer & {
  explanation?: { tokens: PromptToken[]; gradients: ((number | null)[] | null)[] } | null;
  confidenceParts?: ConfidencePart[] | null;
};
