/**
 * The one model of the page: loading it, putting it away, the calibration that the user brought for it, and what it was
 * taught.
 */

import { type LoadProgress, load, type Model, type ModelInfo } from "semgrad";
import { checkedNote } from "../../shared/checked.js";
import { dropProfile, type Kept, keepProfile, keptProfile } from "./calibrate/profiles.js";
import { stay } from "./isolate.js";
import { areHere } from "./model/offers.js";
import type { Choice } from "./model/picker.js";
import type { NetworkLog } from "./network.js";
import { controlled } from "./offline.js";
import { Taught } from "./teach/taught.js";

/** Fires `change` when a model comes or goes. */
export class Session extends EventTarget {
  model: Model | null = null;
  /** What is loaded, or was when its memory was needed elsewhere. */
  choice: Choice | null = null;
  /** What it was taught. */
  readonly taught = new Taught(() => this.dispatchEvent(new Event("change")));

  /** The files of the model that is loaded, or was. */
  private files: ModelInfo["files"] = [];

  constructor(private readonly log: NetworkLog) {
    super();
  }

  /** SHA-256 of the weights; null for several files, and for a file of the user's own. */
  get weights(): string | null {
    const [file, ...others] = this.weightFiles;
    return others.length === 0 ? (file?.sha256 ?? null) : null;
  }

  /** Tells what belongs to this model from what belongs to another one; empty without a model. */
  get key(): string {
    const files = this.weightFiles.map(({ name, size, sha256 }) => sha256 ?? `${name} ${size}`);
    return files.join(" ") || (this.model?.info.name ?? "");
  }

  private get weightFiles(): ModelInfo["files"] {
    return this.model?.info.files.filter(({ name }) => /\.(gguf|safetensors)$/i.test(name)) ?? [];
  }

  async load(choice: Choice, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<Model> {
    stay();
    // The policy shall bind the model's worker from its first request on.
    await controlled();
    signal.throwIfAborted();
    // What checks answers is fetched beside the model: once that is loaded, nothing is asked of anybody.
    const checks = checkedNote("", "", null);
    const model = await load(choice.source, { ...choice.options, ...keptProfile(choice), signal, onProgress });
    await checks;
    this.model = model;
    this.choice = choice;
    this.files = model.info.files;
    await this.taught.open(model, this.key, choice.name);
    this.log.markLoaded(true);
    this.dispatchEvent(new Event("change"));
    return model;
  }

  /** Whether what was put away can be loaded again without a download. */
  async canReturn(): Promise<boolean> {
    const isOwn = typeof this.choice?.source === "object" && !(this.choice.source instanceof URL);
    return isOwn || (await areHere(this.files));
  }

  /**
   * Puts a calibration into use, or none; rejects when it belongs to other weights. True when it is kept for this model's
   * next load, which takes a model whose weights are known and a browser that keeps things.
   */
  async useProfile(profile: Kept | null): Promise<boolean> {
    await this.model?.useProfile(profile?.json ?? null);
    const { weights } = this;
    const kept = weights !== null && profile !== null && keepProfile(weights, profile);
    if (weights && !profile) dropProfile(weights);
    this.dispatchEvent(new Event("change"));
    return kept;
  }

  /** Frees the model's memory; what was loaded is remembered unless it is to be forgotten. */
  putAway({ forget = false } = {}): void {
    this.model?.dispose();
    this.model = null;
    this.taught.close();
    if (forget) this.choice = null;
    this.log.markLoaded(false);
    this.dispatchEvent(new Event("change"));
  }
}
