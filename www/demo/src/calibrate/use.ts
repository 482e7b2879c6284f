/** Putting a profile into use. */

import type { Model } from "semgrad";

/** Takes effect with the next question; rejects when it belongs to other weights. */
export async function inUse(model: Model, json: string | null): Promise<void> {
  await (model as Model & { useProfile(profile: string | null): Promise<void> | void }).useProfile(json);
}
