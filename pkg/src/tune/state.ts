/** What a run keeps, so that it can be interrupted. */

import type { TunePart, TuneState } from "./types.js";

/** What was kept, with one more part. The one before stays as it is. */
export function withPart(state: TuneState | undefined, part: TunePart): TuneState {
  const kept = state ?? { key: part.key, asked: [], ordinary: [], training: null, steps: [] };
  if ("asked" in part) return { ...kept, asked: [...kept.asked, part.asked] };
  if ("ordinary" in part) return { ...kept, ordinary: [...kept.ordinary, part.ordinary] };
  return { ...kept, training: part.training, steps: [...kept.steps, part.step] };
}
