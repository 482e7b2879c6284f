/** What is asked of the engine to teach a model: plain data, so that it crosses to the worker. */

import type { Asked, Lesson, RawTrainingOptions, Teacher, TrainingStep } from "../contract.js";
import type { ResolvedEngines } from "../engines.js";
import type { ResolvedSource } from "../source.js";
import type { LoadProgress } from "../types.js";
import type { AdapterData, AdapterInfo } from "./adapter.js";

/** How questions are asked, as the module reads it. */
export interface RawAsking {
  samples: number;
  seed: number;
  max_tokens?: number;
  prefix?: string;
  system?: string;
  nli?: string;
}

/** What is wished of a lesson, as the module reads it. */
export interface RawWish {
  teacher?: Teacher;
  tau?: number;
  engagement?: number;
  seed?: number;
}

/** What is learned, as the module reads it. */
export interface RawCourse {
  asked: readonly Asked[];
  ordinary: readonly Asked[];
  wish: RawWish;
  options: RawTrainingOptions;
}

/** What is known of a training before it begins. */
export interface Outlook {
  lesson: Lesson;
  /** In all, of an epoch, and those that were taken already. */
  steps: number;
  batches: number;
  taken: number;
  /** About how much memory it takes. */
  bytes: number;
}

/** A step that was taken; what was saved after it is null unless it was asked for. */
export interface Taken {
  step: TrainingStep;
  saved: Uint8Array<ArrayBuffer> | null;
}

/** A call. Those of one run share the number of a session, which has an adapter and a training of its own. */
export type TeachCall =
  /** Puts an adapter into use. */
  | { do: "use"; source: ResolvedSource | null }
  /** Reads one. */
  | { do: "read"; source: ResolvedSource }
  /** Refuses a training that makes no sense with this model, before anything is asked for it. */
  | { do: "plan"; options: RawTrainingOptions }
  /** The session's own adapter, which its questions are answered with and its training begins with. */
  | { do: "begin"; session: number; source: ResolvedSource }
  /** `trained`: answered with what was learned so far, instead. */
  | { do: "ask"; session: number; question: string; accepted: readonly string[]; asking: RawAsking; trained: boolean }
  | { do: "train"; session: number; course: RawCourse; saved: Uint8Array<ArrayBuffer> | null }
  | { do: "step"; session: number; save: boolean }
  /** Ends the training; what was learned is the session's own adapter from then on. */
  | { do: "finish"; session: number }
  | { do: "end"; session: number };

/** What each gives. */
export interface TeachValues {
  use: AdapterInfo | null;
  read: AdapterData;
  plan: null;
  begin: null;
  ask: Asked;
  train: Outlook;
  step: Taken | null;
  finish: AdapterData;
  end: null;
}

/** What goes with a call: who compares answers, who hears of what is loaded, and abort. */
export interface TeachHooks {
  engines: ResolvedEngines;
  onProgress: (progress: LoadProgress) => void;
  signal?: AbortSignal | undefined;
}

/** What a call gives. */
export type TeachValue<C extends TeachCall> = TeachValues[C["do"]];

/** Does a call. */
export type Teach = <C extends TeachCall>(call: C, hooks: TeachHooks) => Promise<TeachValue<C>>;
