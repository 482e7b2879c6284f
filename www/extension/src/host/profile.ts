/** What a calibrated model wants: questions put as they were when its confidences were fitted. */

import type { Model } from "semgrad";

/**
 * What stands before the question so that there is a confidence, if the profile was fitted on such answers: the model's
 * own, or given ones. Otherwise the question stays as it is, and there is none.
 */
export function prefixFor(model: Model, answers: "own" | "given"): string {
  const { profile } = model.info;
  return profile?.answers.includes(answers) ? profile.prefix : "";
}
