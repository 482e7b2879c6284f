/** The one model: loaded when somebody needs it, put away when nobody has for a while. */

import { type LoadProgress, load, type Model } from "semgrad";
import { LIMITS } from "../limits.js";
import type { HostState } from "../protocol.js";
import { label, type ModelChoice } from "../settings.js";
import { note, resolve } from "./choice.js";

interface Current {
  key: string;
  model: Promise<Model>;
  /** The same, once it is there. */
  loaded: Model | null;
  controller: AbortController;
  /** Who waits for it; a load that nobody waits for any more ends. */
  waiting: number;
}

export class Holder {
  #current: Current | null = null;
  #state: HostState = { kind: "empty" };
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onState: (state: HostState) => void) {}

  get state(): HostState {
    return this.#state;
  }

  /** The chosen model; another one is put away for it. */
  async get(choice: ModelChoice, signal: AbortSignal): Promise<Model> {
    const key = JSON.stringify(choice);
    if (this.#current?.key !== key || this.#current.loaded?.stopped) this.#start(key, choice);
    const current = this.#current as Current;
    current.waiting += 1;
    const leave = () => {
      current.waiting -= 1;
      if (current.waiting === 0) current.controller.abort();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await current.model;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Begins and ends work; the model is not put away in between. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    try {
      return await work();
    } finally {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => this.putAway(), LIMITS.idle);
    }
  }

  /** Frees the memory. */
  putAway(): void {
    const current = this.#current;
    this.#current = null;
    current?.controller.abort();
    current?.model.then((model) => model.dispose()).catch(() => undefined);
    this.#tell({ kind: "empty" });
  }

  #start(key: string, choice: ModelChoice): void {
    this.putAway();
    const controller = new AbortController();
    const onProgress = (progress: LoadProgress) => {
      if (this.#current?.controller === controller) this.#tell({ kind: "loading", name: label(choice), progress });
    };
    const model = resolve(choice).then(([source, options]) =>
      load(source, { ...options, signal: controller.signal, onProgress }),
    );
    const current: Current = { key, model, loaded: null, controller, waiting: 0 };
    this.#current = current;
    this.#tell({ kind: "loading", name: label(choice), progress: null });
    model.then(
      (loaded) => {
        note(choice, loaded.info);
        current.loaded = loaded;
        if (this.#current === current) this.#tell({ kind: "ready", name: label(choice), info: loaded.info });
      },
      () => {
        if (this.#current === current) this.putAway();
      },
    );
  }

  #tell(state: HostState): void {
    this.#state = state;
    this.onState(state);
  }
}
