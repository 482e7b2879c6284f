/**
 * The loaded model as callers see it: questions one after another, whatever order they come in.
 */

import type { Backend, RunHooks, RunOptions } from "./backend.js";
import { type GivenCalibration, isGiven } from "./calibrate/judge.js";
import type { Calibration, Profile } from "./calibrate/types.js";
import { type Chat, ChatCompletions } from "./chat/completions.js";
import { type ResolvedEngines, resolveEngines } from "./engines.js";
import { abortedError, badInput, disposedError, type SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import { callback, json, known, type Names, signal as signalOf } from "./given.js";
import { profileJson } from "./options.js";
import type { RawRecord, RawRequest } from "./protocol.js";
import { askRequest, byOption, dispatchEvent, scoreRequest, toAnswer } from "./records.js";
import { checkTexts } from "./texts.js";
import { Adapter } from "./tune/adapter.js";
import type { TeachCall, TeachHooks, TeachValue } from "./tune/calls.js";
import type { Desk } from "./tune/run.js";
import { resolveAdapter } from "./tune/source.js";
import type { AdapterOptions, SurveyOptions, Tuned, TuneOptions, TuneQuestion, TuneState } from "./tune/types.js";
import type { AdapterSource, Answer, AskOptions, Message, ModelInfo, ScoreOptions } from "./types.js";

const RUN: Names<RunOptions> = { signal: 1, engines: 1, onEvent: 1 };

/** Options of `createProfile`. */
export interface ProfileOptions {
  /** What stood before every question of the calibration: by default what the profile in use puts there. */
  prefix?: string;
}

const PROFILE: Names<ProfileOptions> = { prefix: 1 };
const ADAPTER: Names<AdapterOptions> = { integrity: 1, onProgress: 1, signal: 1 };

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
  /** The hub that names mean. */
  readonly #hub: string | undefined;
  /** One for each call in progress or in the queue: an edge worker's request must not touch another one's signals. */
  readonly #calls = new Set<AbortController>();
  #info: ModelInfo;
  #disposed: SemgradError | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** Use {@link load}. */
  constructor(backend: Backend, engines: ResolvedEngines = {}, hub?: string) {
    this.#backend = backend;
    this.#info = backend.info;
    this.#engines = engines;
    this.#hub = hub;
  }

  /** The model's facts: size, device, context, profile. */
  get info(): ModelInfo {
    return this.#info;
  }

  /**
   * Why every further call is going to fail: the model was disposed, the engine trapped, or its worker died. Null while the
   * model works; one that stopped is to be loaded again.
   */
  get stopped(): SemgradError | null {
    return this.#disposed ?? this.#backend.ended ?? null;
  }

  /** Answers a question, streaming tokens, and scores the answer. */
  async ask(question: string | readonly Message[], options?: AskOptions): Promise<Answer> {
    return this.#answer(askRequest(question, options), options ?? {});
  }

  /** Judges an answer from anywhere as if the model had given it. */
  async score(question: string | readonly Message[], answer: string, options?: ScoreOptions): Promise<Answer> {
    return this.#answer(scoreRequest(question, answer, options), options ?? {});
  }

  /** One line of the JSONL format in, one out; token ids work without a tokenizer. */
  async run(request: RawRequest, options?: RunOptions): Promise<RawRecord> {
    const { onEvent, ...asked } = known(options, RUN);
    signalOf(asked.signal);
    callback("onEvent", onEvent);
    return this.#enqueue(request, asked, (event) => onEvent?.(event));
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
    const text = profileJson(profile);
    await this.#queue(async () => {
      const used = await this.#backend.useProfile(text);
      this.#info = { ...this.#info, profile: used };
    });
  }

  /**
   * A profile of this model with a calibration, or with the `given` of `calibrateGiven`: to be kept as JSON, handed to `load`, or
   * put into use at once. What the profile in use has besides stays in it, if it is of the same prefix.
   */
  async createProfile(calibration: Calibration | GivenCalibration, options?: ProfileOptions): Promise<Profile> {
    const { prefix = this.#info.profile?.prefix ?? "" } = known(options, PROFILE);
    const isObject = typeof calibration === "object" && calibration !== null;
    const isCalibration = isObject && ("answers" in calibration || isGiven(calibration));
    if (!isCalibration) throw badInput("this is no calibration", "Pass what calibrate or calibrateGiven gave.");
    if (typeof prefix !== "string") throw badInput("prefix is no text", 'Give a text, "" for none.');
    const text = json("the calibration", calibration);
    return JSON.parse(await this.#queue(() => this.#backend.createProfile(text, prefix)));
  }

  /**
   * Teaches the model to say "I don't know" where it does not know: asks the questions, trains an adapter that keeps what it is
   * sure of and refuses the rest, and asks some of them again. Each question and each step is a task of its own, and others are
   * answered in between; the adapter in use has no part in it, and the new one is not put into use.
   *
   * It takes minutes to hours. With `onKeep` and `kept` it goes on where it was interrupted.
   *
   * @throws {SemgradError} `bad_input` for options that make no sense, and where nothing is left to learn; `out_of_memory`
   *   before the training, where there is too little for it.
   */
  async tune(questions: readonly TuneQuestion[], options?: TuneOptions): Promise<Tuned> {
    // On demand: a page that only asks never fetches it.
    const { tune } = await import("./tune/run.js");
    return tune(this.#desk(), questions, options);
  }

  /**
   * The first part of {@link tune} alone: asks all questions and learns nothing. `lessonOf` says what would be learned, and
   * {@link tune} goes on with the result as `kept`.
   */
  async survey(questions: readonly TuneQuestion[], options?: SurveyOptions): Promise<TuneState> {
    const { survey } = await import("./tune/run.js");
    return survey(this.#desk(), questions, options);
  }

  /**
   * Puts an adapter into use for what is asked from now on, in place of the one before and without loading the model anew;
   * null for none. Confidences that were fitted without it are null while it is in use.
   *
   * @throws {SemgradError} `bad_input` for an adapter of another model, `unsupported_format` for what is no LoRA adapter.
   */
  async useAdapter(adapter: AdapterSource | null, options?: AdapterOptions): Promise<void> {
    const given = known(options, ADAPTER);
    const source = adapter === null ? null : resolveAdapter(adapter, given.integrity, this.#hub);
    await this.#adapter({ do: "use", source }, given, (used) => {
      this.#info = { ...this.#info, adapter: used };
    });
  }

  /** Reads an adapter of this model, as {@link useAdapter} does, and does not use it. */
  async openAdapter(adapter: AdapterSource, options?: AdapterOptions): Promise<Adapter> {
    const given = known(options, ADAPTER);
    const source = resolveAdapter(adapter, given.integrity, this.#hub);
    return this.#adapter({ do: "read", source }, given, (data) => new Adapter(data));
  }

  /** Frees the model. Calls in progress and in the queue reject with `aborted`. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = disposedError();
    for (const call of this.#calls) call.abort(this.#disposed);
    this.#backend.dispose();
  }

  async #answer(request: RawRequest, options: AskOptions): Promise<Answer> {
    const record = this.#enqueue(request, options, (event) => dispatchEvent(event, options));
    return toAnswer(
      await record.catch((thrown: unknown) => {
        throw byOption(thrown);
      }),
    );
  }

  #enqueue(
    request: RawRequest,
    { engines, signal }: Pick<RunOptions, "engines" | "signal">,
    onEvent: RunHooks["onEvent"],
  ): Promise<RawRecord> {
    // What holds itself could be walked through for ever.
    json("the request", request);
    checkTexts(request);
    const named = { ...this.#engines, ...resolveEngines(engines, this.#hub) };
    return this.#queue((either) => this.#backend.run(request, { engines: named, onEvent, signal: either }), signal);
  }

  /** `use` comes before the next call has begun. */
  #adapter<C extends TeachCall, T>(
    call: C,
    { onProgress, signal }: AdapterOptions,
    use: (value: TeachValue<C>) => T,
  ): Promise<T> {
    callback("onProgress", onProgress);
    const hear = onProgress ?? (() => {});
    const task = async (either: AbortSignal) =>
      use(await this.#backend.teach(call, { engines: {}, onProgress: hear, signal: either }));
    return this.#queue(task, signalOf(signal));
  }

  #desk(): Desk {
    const teach = <C extends TeachCall>(call: C, hooks: TeachHooks) =>
      this.#queue((signal) => this.#backend.teach(call, { ...hooks, signal }), hooks.signal);
    return { info: this.#info, engines: this.#engines, teach };
  }

  #queue<T>(task: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const call = new AbortController();
    if (this.#disposed) call.abort(this.#disposed);
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
