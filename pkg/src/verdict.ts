/** Verdicts: what they mean, and where they change. */

/**
 * What to do with the answer, once calibrated. `answer`: its confidence keeps the tolerated risk and is at least
 * {@link EVEN_ODDS}. `flag`: it only keeps the risk that is tolerated with a flag, or is below even odds. `abstain`: it
 * does not keep that either.
 */
export type Verdict = "answer" | "flag" | "abstain";

/** Confidences at which the verdict changes; null where no confidence is high enough. */
export interface VerdictThresholds {
  /** `answer` from here on; never below {@link EVEN_ODDS}. */
  answer: number | null;
  /** `abstain` below. */
  abstain: number | null;
}

/**
 * The least confidence of the verdict `answer`, whatever risk is tolerated. A bound on wrong answers among *all* questions
 * can be kept by a weak model that hardly answers, with answers that are mostly wrong: those are flagged.
 */
export const EVEN_ODDS = 0.5;
