/** What the questions of one request, or of one batch of messages, share. */

import type { Model, Wasm } from "semgrad/edge";
import { within } from "./deadline.ts";
import type { Context, LocalModel } from "./model.ts";
import type { Env, Settings } from "./settings.ts";

export class Service {
  /** Gives back the request's place among those that wait for the model; null before it has one. */
  #leave: (() => void) | null = null;

  constructor(
    readonly env: Env,
    readonly settings: Settings,
    readonly context: Context,
    readonly local: LocalModel,
    readonly wasm: Wasm,
    /** The small module. */
    readonly scores: Wasm,
  ) {}

  /** Runs `work` with the local model, which may have to be loaded first: for the next request, if not for this one. */
  async use<T>(work: (model: Model) => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#leave ??= this.local.enter(this.settings);
    const model = await within(this.local.get(this), signal);
    // A request that ends takes its part of the event loop with it: not while the model still works for it.
    return work(model).finally(() => this.context.waitUntil(model.idle()));
  }

  /** To be called at the end. */
  close(): void {
    this.#leave?.();
    this.#leave = null;
  }
}
