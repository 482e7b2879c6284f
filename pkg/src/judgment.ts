/** What is said to people where this package knows that there can be no judgment, and the model cannot. */

import { type CONFIDENCE_REASONS, type Explanation, NO_JUDGMENT } from "./contract.js";

/** By the names of {@link CONFIDENCE_REASONS}. */
export type ConfidenceReason = keyof typeof CONFIDENCE_REASONS;

/** An explanation that says why there is no judgment, and what to do. */
export function noJudgment(reason: ConfidenceReason): Explanation {
  return {
    verdict: "No judgment",
    chance: null,
    level: null,
    agreement: null,
    reasons: [],
    guarantee: null,
    none: NO_JUDGMENT[reason],
  };
}
