/** How an answer from elsewhere is put to the model. */

import type { Model } from "semgrad";

/**
 * What stands before the question: as in the calibration, if that was made for answers that others wrote. Otherwise the
 * question stays as it was asked: an answer of their length was not given to one that asks for a short one.
 */
export function prefixForGiven(model: Model): string {
  const { profile } = model.info;
  return profile?.answers.includes("given") ? profile.prefix : "";
}
