/** The local language model as the service sees it. What runs one is in `local.ts`, and not in every worker. */

import type { Model } from "semgrad/edge";
import { Problem } from "./problem.ts";
import type { Env, Limits, Settings } from "./settings.ts";

/** What the runtime gives beside the request. */
export interface Context {
  /** Keeps a request's work alive when the client has gone. */
  waitUntil(work: Promise<unknown>): void;
}

/** Who asks. */
export interface Asker {
  env: Env;
  settings: Settings;
  context: Context;
}

export type State = "none" | "not loaded" | "loading" | "ready" | "failed";

export interface LocalModel {
  /** For `/healthz`. */
  state(settings: Settings): State;
  /** Takes a place for a request, however many questions it has; too many that wait are turned away at once. */
  enter(settings: Settings): () => void;
  get(asker: Asker): Promise<Model>;
}

/** Whether the operator wants one. */
export const isWanted = ({ model, manifest }: Settings): boolean => model !== null || manifest !== null;

/** Most tokens of an answer where the question does not say: the model's own default, within the limit. */
export function mostTokens({ info }: Model, { tokens }: Limits): number {
  return Math.min(info.profile?.maxTokens ?? 128, tokens);
}

export function noModel(): Problem {
  return new Problem("no_model", "this service has no language model", "Supply samples or log-probabilities.");
}

/** That of a worker that only scores what it is sent. */
export const NO_MODEL: LocalModel = {
  // A setting that cannot be followed must not look like one that was not made.
  state: (settings) => (isWanted(settings) ? "failed" : "none"),
  enter: (settings) => {
    if (!isWanted(settings)) throw noModel();
    const advice = "Supply samples or log-probabilities; whoever runs this service: deploy src/with-model.ts.";
    throw new Problem("no_model", "a language model is set, and this worker cannot run one", advice);
  },
  get: async () => {
    throw noModel();
  },
};
