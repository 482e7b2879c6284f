/**
 * `load`: chooses between a worker and this thread, and returns the model.
 */

import type { StartBackend } from "./backend.js";
import { toSemgradError } from "./errors.js";
import { Model } from "./model.js";
import { prepare } from "./options.js";
import { connect } from "./remote.js";
import { spawn } from "./spawn.js";
import type { LoadOptions, ModelSource } from "./types.js";

/**
 * Loads a model.
 *
 * @param source a known name, `owner/name` of Hugging Face, the URL of a GGUF file or of a Hugging Face folder, a GGUF as `File`
 *   or `Blob`, the files of a folder, or a path where there are paths. Nothing but what is named here is fetched, and the package's own files.
 * @throws {SemgradError} always this class, with a stable `code`.
 */
export async function load(source: ModelSource, options?: LoadOptions): Promise<Model> {
  try {
    const { source: resolved, settings, hooks, engines, hub, worker } = prepare(source, options);
    const inWorker = typeof worker === "object" || (worker && hasModuleWorkers());
    const backend = inWorker
      ? await connect(spawn(typeof worker === "object" ? worker : undefined), resolved, settings, hooks)
      : await inThisThread(resolved, settings, hooks);
    return new Model(backend, engines, hub);
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

/** Imported on demand: a page that uses the worker never fetches the engine for itself. */
const inThisThread: StartBackend = async (...given) => {
  const [{ here }, { assets }] = await Promise.all([import("./here.js"), import("./packaged.js")]);
  return here(assets)(...given);
};

/** Node's workers are not the web's: there, and on edge workers, the model runs in this thread. */
function hasModuleWorkers(): boolean {
  return typeof Worker === "function";
}
