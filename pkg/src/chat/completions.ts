/** `model.chat.completions`: the model behind the shape of OpenAI's API. */

import { throwIfAborted } from "../errors.js";
import { known, type Names, signal as signalOf } from "../given.js";
import { type Facts, plan } from "./params.js";
import { chunk, completion, envelope, logprobs, uncertainty, usage } from "./response.js";
import { ChatStream } from "./stream.js";
import type { ChatCompletion, ChatCompletionOptions, ChatCompletionParams } from "./types.js";
import { type Run, write } from "./write.js";

const OPTIONS: Names<ChatCompletionOptions> = { signal: 1 };

/** Answers chat requests; calls are queued with the model's others. */
export class ChatCompletions {
  readonly #run: Run;
  readonly #model: () => Facts;

  /** Use `model.chat.completions`. */
  constructor(run: Run, model: () => Facts) {
    this.#run = run;
    this.#model = model;
  }

  /**
   * Answers the last message of a conversation, whole or, with `stream`, chunk by chunk.
   *
   * @throws {SemgradError} `bad_input` for a parameter that is wrong or cannot be heeded; what fails later rejects the
   *   promise, or ends the stream with the same error.
   */
  create(params: ChatCompletionParams & { stream: true }, options?: ChatCompletionOptions): Promise<ChatStream>;
  create(
    params: ChatCompletionParams & { stream?: false | null },
    options?: ChatCompletionOptions,
  ): Promise<ChatCompletion>;
  create(params: ChatCompletionParams, options?: ChatCompletionOptions): Promise<ChatCompletion | ChatStream>;
  async create(params: ChatCompletionParams, options?: ChatCompletionOptions): Promise<ChatCompletion | ChatStream> {
    const signal = signalOf(known(options, OPTIONS).signal);
    const planned = plan(params, this.#model());
    throwIfAborted(signal);
    const head = envelope(this.#model().name);
    if (!planned.stream) return completion(head, planned, await write(planned, this.#run, () => {}, signal));
    return new ChatStream(async (tell, either) => {
      tell(chunk(head, { delta: { role: "assistant", content: "" } }));
      const outcome = await write(
        planned,
        this.#run,
        (pieces) => {
          const content = pieces.map(({ text }) => text).join("");
          tell(chunk(head, { delta: { content }, logprobs: planned.logprobs ? logprobs(pieces, [], 0) : null }));
        },
        either,
      );
      const finish_reason = outcome.choices[0]?.finish ?? "stop";
      tell({ ...chunk(head, { finish_reason }), ...uncertainty(planned, outcome) });
      if (planned.usage) tell({ ...chunk(head, null), usage: usage(outcome) });
    }, signal);
  }
}

/** The part of OpenAI's client that a model has. */
export interface Chat {
  readonly completions: ChatCompletions;
}
