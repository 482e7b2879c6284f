/**
 * The loaded model as callers see it: questions one after another, whatever order they come in.
 */

import type { Backend, RunHooks, RunOptions } from "./backend.js";
import type { Calibration, Profile } from "./calibrate/types.js";
import { type Chat, ChatCompletions } from "./chat/completions.js";
import { type ResolvedEngines, resolveEngines } from "./engines.js";
import { abortedError, SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import { profileJson } from "./options.js";
import type { RawRecord, RawRequest } from "./protocol.js";
import { askRequest, dispatchEvent, scoreRequest, toAnswer } from "./records.js";
import { checkTexts } from "./texts.js";
import type { Answer, AskOptions, Message, ModelInfo, ScoreOptions } from "./types.js";

const DISPOSED = "the model was disposed";

/** A loaded model. Concurrent calls are queued; `dispose` ends everything. */
export class Model {
  /** The model behind the shape of OpenAI's API. */
  readonly chat: Chat = {
    completions: new ChatCompletions(
      (request, options) => this.run(request, options),
      () => this.info,
    ),
  };
  readonly #backend: Backend;
  /** Of requests that name no others. */
  readonly #engines: ResolvedEngines;
  /** One for each call in progress or in the queue: an edge worker's request must not touch another one's signals. */
  readonly #calls = new Set<AbortController>();
  #info: ModelInfo;
  #disposed = false;
  #last: Promise<unknown> = Promise.resolve();

  /** Use {@link load}. */
  constructor(backend: Backend, engines: ResolvedEngines = {}) {
    this.#backend = backend;
    this.#info = backend.info;
    this.#engines = engines;
  }

  /** The model's facts: size, device, context, profile. */
  get info(): ModelInfo {
    return this.#info;
  }

  /**
   * Why every further call is going to fail: the engine trapped, or its worker died. Null while the model works; one that
   * stopped is to be loaded again.
   */
  get stopped(): SemgradError | null {
    return this.#backend.ended ?? null;
  }

  /** Answers a question, streaming tokens, and scores the answer. */
  async ask(question: string | readonly Message[], options: AskOptions = {}): Promise<Answer> {
    const request = askRequest(question, options);
    return toAnswer(await this.#enqueue(request, options, (event) => dispatchEvent(event, options)));
  }

  /** Judges an answer from anywhere as if the model had given it. */
  async score(question: string | readonly Message[], answer: string, options: ScoreOptions = {}): Promise<Answer> {
    const request = scoreRequest(question, answer, options);
    return toAnswer(await this.#enqueue(request, options, (event) => dispatchEvent(event, options)));
  }

  /** One line of the JSONL format in, one out; token ids work without a tokenizer. */
  async run(request: RawRequest, options: RunOptions = {}): Promise<RawRecord> {
    return this.#enqueue(request, options, (event) => options.onEvent?.(event));
  }

  /**
   * Resolves when the device has come to rest. A call that was aborted rejects at once and works on to its next token
   * or layer; an edge worker must not end the request under it (`ctx.waitUntil(model.idle())`).
   */
  async idle(): Promise<void> {
    await this.#last;
  }

  /**
   * Puts another profile into use for what is asked from now on, an object or JSON text; null for none.
   *
   * @throws {SemgradError} `bad_input` for what is no profile, or belongs to other weights.
   */
  async useProfile(profile: object | string | null): Promise<void> {
    const json = profileJson(profile);
    await this.#queue(async () => {
      const used = await this.#backend.useProfile(json);
      this.#info = { ...this.#info, profile: used };
    });
  }

  /**
   * A profile of this model with a calibration: to be kept as JSON, handed to `load`, or put into use at once. What the
   * profile in use has besides stays in it, if it is of the same prefix.
   *
   * @param options `prefix` is what stood before every question of the calibration
   */
  async createProfile(calibration: Calibration, { prefix = "" }: { prefix?: string } = {}): Promise<Profile> {
    const isCalibration = typeof calibration === "object" && calibration !== null && "answers" in calibration;
    if (!isCalibration || typeof prefix !== "string") {
      throw new SemgradError("bad_input", "this is no calibration", "Pass what calibrate gave, and the prefix.");
    }
    const json = JSON.stringify(calibration);
    return JSON.parse(await this.#queue(() => this.#backend.createProfile(json, prefix)));
  }

  /** Frees the model. Calls in progress and in the queue reject with `aborted`. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const call of this.#calls) call.abort(DISPOSED);
    this.#backend.dispose();
  }

  #enqueue(
    request: RawRequest,
    { engines, signal }: Pick<RunOptions, "engines" | "signal">,
    onEvent: RunHooks["onEvent"],
  ): Promise<RawRecord> {
    checkTexts(request);
    const named = { ...this.#engines, ...resolveEngines(engines) };
    return this.#queue((either) => this.#backend.run(request, { engines: named, onEvent, signal: either }), signal);
  }

  #queue<T>(task: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const call = new AbortController();
    if (this.#disposed) call.abort(DISPOSED);
    this.#calls.add(call);
    const either = signal ? AbortSignal.any([signal, call.signal]) : call.signal;
    const work = this.#last.then(() => {
      throwIfAborted(either);
      return task(either);
    });
    this.#last = work.catch(() => undefined);
    return untilAborted(work, either).finally(() => this.#calls.delete(call));
  }
}

/** Rejects at once when aborted, also while still waiting in the queue. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(abortedError(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work
      .then(resolve, (thrown: unknown) => reject(toSemgradError(thrown)))
      .finally(() => signal.removeEventListener("abort", abort));
  });
}
