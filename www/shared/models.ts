/** What the shipped calibrations say about models: the one place from which lists of models take it. */

import { PROFILES } from "semgrad";

/** Whether the model with these weights was found able to judge answers of others; null where nobody tried. */
export function judgesOthers(weights: string | null | undefined): boolean | null {
  return PROFILES.find((profile) => profile.weights === weights)?.judgesOthers ?? null;
}

/** Of 100 test questions, how many the model with these weights got right; null where nobody tried. */
export function rightOf100(weights: string | null | undefined): number | null {
  const fitted = PROFILES.find((profile) => profile.weights === weights)?.fitted;
  return fitted ? Math.round(100 * fitted.share) : null;
}
