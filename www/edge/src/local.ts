/**
 * The local language model: loaded with the first question that needs it, kept from then on, one question at a time.
 */

import { type EdgeLoadOptions, load, type Model, type Wasm } from "semgrad/edge";
import { type Asker, isWanted, type LocalModel, noModel, type State } from "./model.ts";
import { Problem, toProblem } from "./problem.ts";
import type { Env, Settings } from "./settings.ts";
import { parseManifest, ShardedFile } from "./shards.ts";
import { reader } from "./stores.ts";

export class Local implements LocalModel {
  readonly #options: EdgeLoadOptions;
  #model: Promise<Model> | null = null;
  #loaded: Model | null = null;
  #state: State = "not loaded";
  #inside = 0;

  constructor(wasm: Wasm) {
    this.#options = { wasm };
  }

  state(settings: Settings): State {
    return isWanted(settings) ? this.#state : "none";
  }

  enter({ limits }: Settings): () => void {
    if (this.#inside > limits.waiting) {
      throw new Problem("busy", "too many requests wait for the model", "Try again in a few seconds.");
    }
    this.#inside += 1;
    return () => {
      this.#inside -= 1;
    };
  }

  get({ env, settings, context }: Asker): Promise<Model> {
    // Whoever was answered by it has the error; the next one gets a model that works.
    if (this.#loaded?.stopped) this.#forget();
    if (!this.#model) {
      this.#state = "loading";
      const loading = this.#load(env, settings);
      this.#model = loading;
      loading.then(
        (model) => {
          this.#state = "ready";
          this.#loaded = model;
        },
        () => {
          // What failed may be there at the next try.
          this.#forget();
          this.#state = "failed";
        },
      );
      // The next request waits for the same model, also when this one's client has gone.
      context.waitUntil(loading.catch(() => undefined));
    }
    return this.#model;
  }

  #forget(): void {
    this.#model = null;
    this.#loaded = null;
  }

  async #load(env: Env, { model, manifest, profile, device }: Settings): Promise<Model> {
    const options = { ...this.#options, ...(await calibrated(env, profile)), device };
    if (manifest !== null) {
      const pieces = parseManifest(await named(env, manifest));
      const file = new ShardedFile(pieces, reader(env.MODELS, folderOf(manifest)));
      // The whole file's hash tells the package which model it is, at the price of reading it twice.
      return load(file, { ...options, integrity: pieces.sha256 }).catch(throwProblem);
    }
    if (model !== null) return load(model, options).catch(throwProblem);
    throw noModel();
  }
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);

/** The profile that is set; where none is, the package takes the one that it ships for the weights. */
async function calibrated(env: Env, profile: string | null): Promise<{ profile?: string }> {
  if (profile === null || profile === "none") return profile === null ? {} : { profile };
  return { profile: new TextDecoder().decode(await named(env, profile)) };
}

/** A file that must be there, by its path. */
async function named(env: Env, path: string): Promise<Uint8Array> {
  const name = path.slice(folderOf(path).length);
  const bytes = await reader(env.MODELS, folderOf(path))(name);
  if (!bytes) throw new Problem("network", `${name} is not there`, "Upload it, or look at the path.");
  return bytes;
}

/** What is wrong with the settings is not the client's fault. */
function throwProblem(thrown: unknown): never {
  const problem = toProblem(thrown);
  if (problem.code !== "bad_input") throw problem;
  throw new Problem("no_model", `the model cannot be loaded: ${problem.message}`, problem.advice, { cause: thrown });
}
