/**
 * The seam between the public model and where it runs: one interface, implemented in this thread (`engine.ts`) and by
 * a worker on the other end of a message port (`remote.ts`).
 */

import type { ResolvedEngines } from "./engines.js";
import type { SemgradError } from "./errors.js";
import type { RawEvent, RawRecord, RawRequest } from "./protocol.js";
import type { ResolvedSource } from "./source.js";
import type { Teach } from "./tune/calls.js";
import type { CacheKind, Device, Engines, LoadProgress, ModelInfo, ModelProfile, Wasm } from "./types.js";

/** What loading needs; plain data, so that it crosses to the worker. */
export interface BackendOptions {
  device: Device;
  threads?: number;
  cache: CacheKind;
  /** Of `disk`, absolute. */
  cacheDir?: string;
  /** JSON text; null for none, undefined for the package's own. */
  profile?: string | null;
  adapter?: ResolvedSource;
  /** JSON text. */
  probes?: string;
  /** The caller's list instead of the package's. */
  synonyms?: ResolvedSource;
  wasm?: Exclude<Wasm, URL>;
}

/** Callbacks and abort of a load. */
export interface LoadHooks {
  onProgress: (progress: LoadProgress) => void;
  signal?: AbortSignal | undefined;
}

/** Options of {@link Model.run}. */
export interface RunOptions {
  signal?: AbortSignal;
  /** As in {@link ScoreOptions}; the request's own `engines` only choose among them and what needs no loading. */
  engines?: Engines;
  /** Hears of layers, tokens and scores as they come. */
  onEvent?: (event: RawEvent) => void;
}

/** What goes with a request: who compares texts, callbacks and abort. */
export interface RunHooks {
  engines: ResolvedEngines;
  onEvent: (event: RawEvent) => void;
  signal?: AbortSignal | undefined;
}

/** A loaded model, wherever it runs. Does one thing at a time; the caller queues. */
export interface Backend {
  readonly info: ModelInfo;
  /** Why it answers no more; undefined while it does. */
  readonly ended?: SemgradError | undefined;
  run(request: RawRequest, hooks: RunHooks): Promise<RawRecord>;
  /** Puts a profile, as JSON text, in place of the one before. */
  useProfile(json: string | null): Promise<ModelProfile | null>;
  /** A profile, as JSON text, of this model with that calibration, as JSON text. */
  createProfile(calibration: string, prefix: string): Promise<string>;
  /** Adapters and teaching. */
  teach: Teach;
  /** Called once, after a running request was aborted. */
  dispose(): void;
}

/** Loads a model. */
export type StartBackend = (source: ResolvedSource, options: BackendOptions, hooks: LoadHooks) => Promise<Backend>;
