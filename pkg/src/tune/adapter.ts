/** Adapters as callers have them: plain data, which outlives the model that it was trained from. */

import type { AdapterFile, AdapterInfo } from "./types.js";

/** An adapter as it comes from the module. */
export interface AdapterData extends AdapterInfo {
  peft: AdapterFile[];
  gguf: Uint8Array<ArrayBuffer>;
}

/**
 * A small change of a model's linear layers (LoRA), for `model.useAdapter`. Its files go to other programs and come back; they
 * can remember what they were trained with.
 */
export class Adapter implements AdapterInfo {
  readonly hash: string;
  readonly base: string | null;
  readonly rank: number;
  readonly layers: readonly number[];
  readonly parts: readonly string[];
  readonly #files: Pick<AdapterData, "peft" | "gguf">;

  /** @internal */
  constructor({ hash, base, rank, layers, parts, peft, gguf }: AdapterData) {
    this.hash = hash;
    this.base = base;
    this.rank = rank;
    this.layers = layers;
    this.parts = parts;
    this.#files = { peft, gguf };
  }

  /** A PEFT folder, for `peft`, vLLM and others: `adapter_config.json` and `adapter_model.safetensors`. */
  async peft(): Promise<AdapterFile[]> {
    return this.#files.peft.map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
  }

  /** The same as one file, for llama.cpp and what is built on it. */
  async gguf(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.gguf.slice();
  }
}
