/** Verdicts: what they mean, and where they change. */

import type { Answer } from "./contract.js";

export type { VerdictThresholds } from "./contract.js";

/**
 * What to do with the answer, once calibrated. `answer`: its confidence keeps the tolerated risk and is at least
 * {@link EVEN_ODDS}. `flag`: it only keeps the risk that is tolerated with a flag, or is below even odds. `abstain`: it
 * does not keep that either.
 */
export type Verdict = NonNullable<Answer["verdict"]>;

/**
 * The least confidence of the verdict `answer`, whatever risk is tolerated. A bound on wrong answers among *all* questions
 * can be kept by a weak model that hardly answers, with answers that are mostly wrong: those are flagged.
 */
export const EVEN_ODDS = 0.5;
