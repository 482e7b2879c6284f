/** The options of `load`, checked and turned into plain data. */

import { refuseEntry } from "./assets.js";
import type { BackendOptions, LoadHooks } from "./backend.js";
import { disk } from "./disk.js";
import { type ResolvedEngines, resolveEngines, resolveSynonyms } from "./engines.js";
import { badInput, throwIfAborted } from "./errors.js";
import { callback, json, known, moduleOf, type Names, signal } from "./given.js";
import { namedFolder } from "./paths.js";
import { hubOf, type ResolvedSource, resolveSource } from "./source.js";
import { resolveAdapter } from "./tune/source.js";
import type { LoadOptions, ModelSource } from "./types.js";

/** Names of the options of `load`. */
export const LOAD: Names<LoadOptions> = {
  device: 1,
  threads: 1,
  cache: 1,
  cacheDir: 1,
  onProgress: 1,
  signal: 1,
  integrity: 1,
  profile: 1,
  adapter: 1,
  engines: 1,
  probes: 1,
  synonyms: 1,
  worker: 1,
  baseUrl: 1,
  hub: 1,
  wasm: 1,
};

/** All that a backend is started with, and the engines of every question. */
export interface Prepared {
  source: ResolvedSource;
  settings: BackendOptions;
  hooks: LoadHooks;
  engines: ResolvedEngines;
  /** What names of later calls mean. */
  hub: string;
  worker: boolean | Worker;
}

/** Checks what `load` was given. */
export function prepare(source: ModelSource, given?: LoadOptions): Prepared {
  const options = known(given, LOAD);
  throwIfAborted(signal(options.signal));
  return {
    source: resolveSource(source, options),
    settings: backendOptions(options),
    hooks: { onProgress: callback("onProgress", options.onProgress) ?? (() => {}), signal: options.signal },
    engines: resolveEngines(options.engines, hubOf(options.hub)),
    hub: hubOf(options.hub),
    worker: workerOf(options.worker),
  };
}

/** A profile as JSON text; null for none. */
export function profileJson(profile: object | string | null): string | null {
  if (profile === null || profile === "none") return null;
  if (typeof profile === "string") return profile;
  if (typeof profile === "object") {
    refuseEntry(profile);
    return json("the profile", profile);
  }
  throw badInput("the profile is neither an object nor a text", 'Pass the file as it was written, or "none".');
}

function choice<T extends string>(name: string, value: T | undefined, allowed: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  if (allowed.includes(value)) return value;
  throw badInput(`${name} is ${String(value)}`, `Use one of ${allowed.join(", ")}.`);
}

function backendOptions(options: LoadOptions): BackendOptions {
  const settings: BackendOptions = { device: choice("device", options.device, DEVICES, "auto"), ...cacheOf(options) };
  if (options.threads !== undefined) settings.threads = threadsOf(options.threads);
  if (options.profile !== undefined) settings.profile = profileJson(options.profile);
  if (options.adapter !== undefined) settings.adapter = resolveAdapter(options.adapter, undefined, hubOf(options.hub));
  const { probes } = options;
  if (probes !== undefined) settings.probes = typeof probes === "string" ? probes : json("probes", probes);
  const synonyms = resolveSynonyms(options.synonyms);
  if (synonyms) settings.synonyms = synonyms;
  const wasm = moduleOf(options.wasm);
  // A URL is sent to the worker as its text.
  if (wasm !== undefined) settings.wasm = wasm instanceof URL ? wasm.href : wasm;
  return settings;
}

function threadsOf(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw badInput(`threads is ${String(threads)}`, "Use a whole number from 1 to 64, or leave it out.");
}

const DEVICES = ["auto", "webgpu", "cpu"] as const;
const CACHES = ["opfs", "cache-api", "disk", "none"] as const;

function cacheOf({ cache, cacheDir }: LoadOptions): Pick<BackendOptions, "cache" | "cacheDir"> {
  const files = disk();
  const kind = choice("cache", cache, CACHES, files ? "disk" : "opfs");
  const folder = namedFolder(cacheDir);
  if (folder === undefined) return { cache: kind };
  if (kind !== "disk") throw badInput(`cacheDir with cache: "${kind}"`, "Choose one of the two.");
  return { cache: kind, cacheDir: folder };
}

function workerOf(worker: LoadOptions["worker"] = true): boolean | Worker {
  if (typeof worker === "boolean" || (typeof worker === "object" && typeof worker?.postMessage === "function"))
    return worker;
  throw badInput("worker is neither a boolean nor a Worker", "Leave it out, or pass new Worker(…).");
}
