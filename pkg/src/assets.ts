/**
 * What the engine takes from the package's own files where the caller brings none: the wasm module, the list of
 * synonyms, profiles. Where they are depends on the entry (`packaged.ts`); an edge worker has no such place.
 */

import { SemgradError } from "./errors.js";

/** A profile that comes with the package. */
export interface ShippedProfile {
  /** The model's. */
  name: string;
  /** SHA-256 of the weights that it was made for. */
  weights: string;
  /** What stood before every question. */
  prefix: string;
  /** Whose answers its confidences were fitted on: the model's own greedy ones, or given ones. */
  answers: ("own" | "given")[];
  /**
   * The test questions that the model answered itself, how many of them right, and what share, each question set counting
   * the same; null where there were none.
   */
  fitted: { questions: number; right: number; share: number } | null;
  /** Whether the model was found to tell wrong answers of others from right ones; null where that was not tested. */
  judgesOthers: boolean | null;
}

/** Where the package's files are. */
export interface Assets {
  module(): Promise<URL | BufferSource>;
  /** The same one, with memory that threads share. */
  threaded(): Promise<URL | BufferSource>;
  synonyms(signal: AbortSignal): Promise<string>;
  readonly profiles: readonly ShippedProfile[];
  profile(profile: ShippedProfile, signal: AbortSignal | undefined): Promise<string>;
}

/** Throws for an entry of `PROFILES` where the profile itself is wanted: it only says whose there is one. */
export function refuseEntry(value: object): void {
  const { name, weights } = value as Partial<ShippedProfile>;
  if (typeof name !== "string" || typeof weights !== "string" || "key" in value) return;
  throw new SemgradError(
    "bad_input",
    `this is the entry of ${name} in PROFILES, not the profile`,
    `Pass the profile itself: import profile from "semgrad/profiles/${name}.json" with { type: "json" }.`,
  );
}

/** Nowhere: edge workers compile wasm ahead, and their scripts have no addresses. */
export const NO_ASSETS: Assets = {
  module: async () => {
    throw unreachable("wasm module", 'Pass it as the option `wasm`: import wasm from "semgrad/semgrad.wasm".');
  },
  threaded: async () => {
    throw unreachable("wasm module for threads", "Leave `threads` out.");
  },
  synonyms: async () => {
    throw unreachable("list of synonyms", "Pass it as the option `synonyms`.");
  },
  profiles: [],
  profile: async () => {
    throw unreachable("profile", "Pass it as the option `profile`.");
  },
};

/** The error of a file that has no address. */
export function unreachable(what: string, advice: string): SemgradError {
  return new SemgradError("bad_input", `the ${what} cannot be fetched in this runtime`, advice);
}
