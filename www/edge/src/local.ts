/**
 * The local language model: loaded with the first question that needs it, kept from then on, one question at a time.
 */

import { type EdgeLoadOptions, load, type Model, type Wasm } from "semgrad/edge";
import { Problem, toProblem } from "./problem.ts";
import type { Env, Settings } from "./settings.ts";
import { parseManifest, ShardedFile } from "./shards.ts";
import { reader } from "./stores.ts";

/** What the runtime gives beside the request. */
export interface Context {
  /** Keeps a request's work alive when the client has gone. */
  waitUntil(work: Promise<unknown>): void;
}

export type State = "none" | "not loaded" | "loading" | "ready" | "failed";

export class Local {
  readonly #options: EdgeLoadOptions;
  #model: Promise<Model> | null = null;
  #state: State = "not loaded";
  #inside = 0;

  constructor(wasm: Wasm) {
    this.#options = { wasm };
  }

  /** For `/healthz`. */
  state({ model, manifest }: Settings): State {
    return model === null && manifest === null ? "none" : this.#state;
  }

  /** Runs `work` with the model; too many that wait are turned away at once. */
  async use<T>(env: Env, settings: Settings, context: Context, work: (model: Model) => Promise<T>): Promise<T> {
    if (this.#inside > settings.limits.waiting) {
      throw new Problem("busy", "too many requests wait for the model", "Try again in a few seconds.");
    }
    this.#inside += 1;
    try {
      const model = await this.#get(env, settings, context);
      // A request that ends takes its part of the event loop with it: not while the model still works for it.
      return await work(model).finally(() => context.waitUntil(model.idle()));
    } finally {
      this.#inside -= 1;
    }
  }

  #get(env: Env, settings: Settings, context: Context): Promise<Model> {
    if (!this.#model) {
      this.#state = "loading";
      const loading = this.#load(env, settings);
      this.#model = loading;
      loading.then(
        () => {
          this.#state = "ready";
        },
        () => {
          // What failed may be there at the next try.
          this.#state = "failed";
          this.#model = null;
        },
      );
      // The next request waits for the same model, also when this one's client has gone.
      context.waitUntil(loading.catch(() => undefined));
    }
    return this.#model;
  }

  async #load(env: Env, { model, manifest }: Settings): Promise<Model> {
    if (manifest !== null) {
      const folder = manifest.slice(0, manifest.lastIndexOf("/") + 1);
      const read = reader(env.MODELS, folder);
      const bytes = await read(manifest.slice(folder.length));
      if (!bytes) throw new Problem("network", "the model's manifest is not there", "Upload all that shard.mjs wrote.");
      const { sha256, ...rest } = parseManifest(bytes);
      // The whole file's hash tells the package which model it is, at the price of reading it twice.
      const integrity = sha256;
      return load(new ShardedFile({ sha256, ...rest }, read), { ...this.#options, integrity }).catch(throwProblem);
    }
    if (model !== null) {
      const file = await openFile(env.MODELS, model);
      return load(file ?? model, this.#options).catch(throwProblem);
    }
    throw new Problem("no_model", "this service has no language model", "Supply samples or log-probabilities.");
  }
}

/** A reader that fails passes through the package as an error of another class; its problem is kept as the cause. */
function throwProblem(thrown: unknown): never {
  throw toProblem(thrown);
}

/** A file of this machine, where the runtime has any. */
async function openFile(binding: unknown, path: string): Promise<Blob | null> {
  const open = (binding as { open?: (path: string) => Promise<Blob | null> } | undefined)?.open;
  return typeof binding === "function" && open ? open(path) : null;
}
