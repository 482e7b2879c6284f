/** What a calibrated model wants: questions put as they were when its confidences were fitted. */

import type { Model, ModelInfo } from "semgrad";

/** The profile's part in the model's facts; absent without one. */
type Info = ModelInfo & { profile?: { prefix: string; answers: readonly string[] } | null };

/**
 * What stands before the question so that there is a confidence, if the profile was fitted on such answers: the model's
 * own, or given ones. Otherwise the question stays as it is, and there is none.
 */
export function prefixFor(model: Model, answers: "own" | "given"): string {
  const { profile }: Info = model.info;
  return profile?.answers.includes(answers) ? profile.prefix : "";
}
