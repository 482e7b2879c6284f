/** Putting a calibration into use. */

import type { Model } from "semgrad";
import type { Calibration } from "./profiles.js";

interface Profiles {
  useProfile(profile: string | null): Promise<void>;
  createProfile(calibration: Calibration, options: { prefix: string }): Promise<object>;
}

/** Takes effect with the next question; rejects when it belongs to other weights. */
export async function inUse(model: Model, json: string | null): Promise<void> {
  await (model as Model & Profiles).useProfile(json);
}

/** The file: what the model's profile has besides stays in it. */
export async function profileOf(model: Model, calibration: Calibration, prefix: string): Promise<string> {
  return JSON.stringify(await (model as Model & Profiles).createProfile(calibration, { prefix }), null, 1);
}
