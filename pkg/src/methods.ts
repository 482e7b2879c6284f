/** The scores: their names, and what is known about each. */

import type { KnownMethod } from "./contract.js";

export { DEFAULT_METHODS, type KnownMethod, METHODS, ONE_PASS_METHODS } from "./contract.js";

/** A score's name, or `all`. */
export type Method = KnownMethod | "all" | (string & {});

/** Who compares texts: `embed` says how alike they are, `nli` what follows from what. */
export type EngineKind = "embed" | "nli";

/** What is known about a score. */
export interface MethodInfo {
  id: KnownMethod;
  /** For people. */
  name: string;
  citation: string;
  /** What it reads beyond the statistics of the answer's tokens. */
  needs: string[];
  /** Engines that must be named for it. */
  engines: EngineKind[];
  /** Whether it is one of {@link ONE_PASS_METHODS}. */
  one_pass: boolean;
  /** Passes through (a part of) the model besides generating. */
  passes: number;
  /** What its needs cost, in words; K is the number of samples. */
  cost: string[];
  direction: "higher is less sure";
  /** Numbers that the score depends on. */
  settings: Record<string, number>;
  /** Where paper and code disagree, and which is followed; empty where they do not. */
  note: string;
}
