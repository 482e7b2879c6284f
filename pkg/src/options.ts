/** The options of `load`, checked and turned into plain data. */

import type { BackendOptions, LoadHooks } from "./backend.js";
import { type ResolvedEngines, resolveEngines, resolveSynonyms } from "./engines.js";
import { throwIfAborted } from "./errors.js";
import { badInput, type ResolvedSource, resolveSource } from "./source.js";
import type { LoadOptions, ModelSource } from "./types.js";

/** All that a backend is started with, and the engines of every question. */
export interface Prepared {
  source: ResolvedSource;
  settings: BackendOptions;
  hooks: LoadHooks;
  engines: ResolvedEngines;
}

/** Checks what `load` was given. */
export function prepare(source: ModelSource, options: LoadOptions): Prepared {
  throwIfAborted(options.signal);
  const onProgress = options.onProgress ?? (() => {});
  return {
    source: resolveSource(source, options),
    settings: backendOptions(options),
    hooks: { onProgress, signal: options.signal },
    engines: resolveEngines(options.engines),
  };
}

/** A profile as JSON text; null for none. */
export function profileJson(profile: object | string | null): string | null {
  if (profile === null || profile === "none") return null;
  if (typeof profile === "string") return profile;
  if (typeof profile === "object") return JSON.stringify(profile);
  throw badInput("the profile is neither an object nor a text", 'Pass the file as it was written, or "none".');
}

function choice<T extends string>(name: string, value: T | undefined, allowed: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  if (allowed.includes(value)) return value;
  throw badInput(`${name} is ${String(value)}`, `Use one of ${allowed.join(", ")}.`);
}

function backendOptions(options: LoadOptions): BackendOptions {
  const settings: BackendOptions = {
    device: choice("device", options.device, ["auto", "webgpu", "cpu"], "auto"),
    cache: choice("cache", options.cache, ["opfs", "cache-api", "none"], "opfs"),
  };
  if (options.profile !== undefined) settings.profile = profileJson(options.profile);
  const { probes } = options;
  if (probes !== undefined) settings.probes = typeof probes === "string" ? probes : JSON.stringify(probes);
  const synonyms = resolveSynonyms(options.synonyms);
  if (synonyms) settings.synonyms = synonyms;
  if (options.wasm !== undefined) {
    settings.wasm = options.wasm instanceof URL ? options.wasm.href : options.wasm;
  }
  return settings;
}
