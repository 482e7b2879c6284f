/**
 * `load`: checks the arguments, chooses between a worker and this thread, and returns the model.
 */

import type { BackendOptions, LoadHooks } from "./backend.js";
import { resolveEngines, resolveSynonyms } from "./engines.js";
import { SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import { Model } from "./model.js";
import { connect, type Remote } from "./remote.js";
import { resolveSource } from "./source.js";
import type { LoadOptions, ModelSource } from "./types.js";

/**
 * Loads a model.
 *
 * @param source a known name, the URL of a GGUF file or of a Hugging Face folder, a GGUF as `File` or `Blob`, or the
 *   files of a folder. Nothing but what is named here is fetched.
 * @throws {SemgradError} always this class, with a stable `code`.
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  try {
    throwIfAborted(options.signal);
    const resolved = resolveSource(source, options);
    const settings = backendOptions(options);
    const engines = resolveEngines(options.engines);
    const hooks: LoadHooks = {
      onProgress: options.onProgress ?? (() => {}),
      signal: options.signal,
    };
    const inWorker = options.worker !== false && hasModuleWorkers();
    // Imported on demand: a page that uses the worker never fetches the engine for itself.
    const start = inWorker
      ? (...args: Parameters<typeof import("./engine.js").startEngine>) => connect(spawn(), ...args)
      : (await import("./engine.js")).startEngine;
    return new Model(await start(resolved, settings, hooks), engines);
  } catch (thrown) {
    throw toSemgradError(thrown);
  }
}

function choice<T extends string>(name: string, value: T | undefined, allowed: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  if (allowed.includes(value)) return value;
  throw new SemgradError("bad_input", `${name} is ${String(value)}`, `Use one of ${allowed.join(", ")}.`);
}

function backendOptions(options: LoadOptions): BackendOptions {
  const settings: BackendOptions = {
    device: choice("device", options.device, ["auto", "webgpu", "cpu"], "auto"),
    cache: choice("cache", options.cache, ["opfs", "cache-api", "none"], "opfs"),
  };
  const json = (value: object | string) => (typeof value === "string" ? value : JSON.stringify(value));
  if (options.profile !== undefined) settings.profile = json(options.profile);
  if (options.probes !== undefined) settings.probes = json(options.probes);
  const synonyms = resolveSynonyms(options.synonyms);
  if (synonyms) settings.synonyms = synonyms;
  if (options.wasm !== undefined) {
    settings.wasm = options.wasm instanceof URL ? options.wasm.href : options.wasm;
  }
  return settings;
}

/** Node's workers are not the web's: there, and on edge workers, the model runs in this thread. */
function hasModuleWorkers(): boolean {
  return typeof Worker === "function";
}

function spawn(): Remote {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "semgrad" });
  return {
    port: worker,
    terminate: () => worker.terminate(),
    onCrash: (listener) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        listener(event.message || "its script could not be loaded");
      });
    },
  };
}
