/** Adapters as callers have them: plain data, which outlives the model that it was trained from. */

import { type ErrorRecord, toSemgradError } from "../errors.js";
/** One file of an adapter. */
export interface AdapterFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is known of an adapter. */
export interface AdapterInfo {
  /** SHA-256 of all that it changes, the same for a PEFT folder and a GGUF file. */
  hash: string;
  /** SHA-256 of the weights that it was trained from; null where its files do not say. */
  base: string | null;
  rank: number;
  /** The layers that it changes, counted from 0. */
  layers: readonly number[];
  /** Which of their linear layers: `q_proj`, `v_proj`, … */
  parts: readonly string[];
}

/** An adapter as it comes from the module. */
export interface AdapterData extends AdapterInfo {
  peft: AdapterFile[];
  /** Or why it cannot be such a file. */
  gguf: Uint8Array<ArrayBuffer> | ErrorRecord;
}

/**
 * A small change of a model's linear layers (LoRA), for `model.useAdapter`. Its files go to other programs and come back. They
 * can tell what the model was taught: hand them on only if the questions may be known.
 */
export class Adapter implements AdapterInfo {
  readonly hash: string;
  readonly base: string | null;
  readonly rank: number;
  readonly layers: readonly number[];
  readonly parts: readonly string[];
  readonly #data: AdapterData;

  /** @internal */
  constructor(data: AdapterData) {
    this.hash = data.hash;
    this.base = data.base;
    this.rank = data.rank;
    this.layers = data.layers;
    this.parts = data.parts;
    this.#data = data;
  }

  /** A PEFT folder, for `peft`, vLLM and others: `adapter_config.json` and `adapter_model.safetensors`. */
  async peft(): Promise<AdapterFile[]> {
    return this.files().map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
  }

  /**
   * The same as one file, for llama.cpp and what is built on it.
   *
   * @throws {SemgradError} `unsupported_format` for an adapter whose layers have α of their own, which this file cannot say.
   */
  async gguf(): Promise<Uint8Array<ArrayBuffer>> {
    const { gguf } = this.#data;
    if (gguf instanceof Uint8Array) return gguf.slice();
    throw toSemgradError(gguf);
  }

  /** @internal */
  files(): readonly AdapterFile[] {
    return this.#data.peft;
  }
}
