/** A model in the caller's own thread, where its module does what needs no model too. */

import type { Assets } from "./assets.js";
import type { StartBackend } from "./backend.js";
import { engine } from "./engine.js";
import { parts } from "./module.js";
import { applyCalibration, calibrate, contains, evaluate, lesson, methods, refuses } from "./wasm/semgrad.js";
import { whole } from "./whole.js";

// A program that loads no model does not hold it, and a worker that only answers its page needs none of this.
parts.whole = {
  module: whole,
  pure: { applyCalibration, calibrate, contains, evaluate, lesson, methods, refuses },
};

/** Loads models in this thread. */
export function here(assets: Assets): StartBackend {
  return engine(assets);
}
