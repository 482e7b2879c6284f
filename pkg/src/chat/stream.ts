/** A streamed answer: chunks for `for await`, and a way to end it. */

import { toSemgradError } from "../errors.js";
import type { ChatCompletionChunk } from "./types.js";

/** Writes an answer piece by piece. */
type Source = (tell: (chunk: ChatCompletionChunk) => void, signal: AbortSignal) => Promise<void>;

/** A streamed answer. It is written whether or not it is read; whoever stops reading ends it. */
export class ChatStream implements AsyncIterable<ChatCompletionChunk> {
  /** Its `abort` ends the answer: reading then throws `aborted`. */
  readonly controller = new AbortController();
  readonly #chunks: ChatCompletionChunk[] = [];
  #isOver = false;
  #error: unknown;
  #wake = () => {};

  /** Use `model.chat.completions.create({ stream: true })`. */
  constructor(source: Source, signal?: AbortSignal) {
    const either = signal ? AbortSignal.any([signal, this.controller.signal]) : this.controller.signal;
    const tell = (chunk: ChatCompletionChunk) => {
      this.#chunks.push(chunk);
      this.#wake();
    };
    source(tell, either)
      .catch((thrown: unknown) => {
        this.#error = toSemgradError(thrown);
      })
      .finally(() => {
        this.#isOver = true;
        this.#wake();
      });
  }

  /** Each chunk comes once, to one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ChatCompletionChunk, void> {
    try {
      for (;;) {
        const next = this.#chunks.shift();
        if (next) yield next;
        else if (this.#error) throw this.#error;
        else if (this.#isOver) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.controller.abort();
    }
  }
}
