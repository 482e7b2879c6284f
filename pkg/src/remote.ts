/**
 * Both ends of the message port between a page and the worker that holds the model. `serve` runs in the worker,
 * `connect` in the page; either works over any port, which is how the tests drive them.
 */

import { afterwards, live } from "./alive.js";
import type { Backend, BackendOptions, LoadHooks, StartBackend } from "./backend.js";
import type { ResolvedEngines } from "./engines.js";
import {
  abortedError,
  disposedError,
  type ErrorRecord,
  SemgradError,
  throwIfAborted,
  toSemgradError,
} from "./errors.js";
import type { RawEvent, RawRecord, RawRequest } from "./protocol.js";
import type { ResolvedSource } from "./source.js";
import type { TeachCall, TeachValue } from "./tune/calls.js";
import type { LoadProgress, ModelInfo, ModelProfile } from "./types.js";

/** The page's messages. `id` pairs answers with questions. */
type ToWorker =
  | { type: "load"; id: number; source: ResolvedSource; options: BackendOptions }
  | { type: "run"; id: number; request: RawRequest; engines: ResolvedEngines }
  | { type: "profile"; id: number; json: string | null }
  | { type: "createProfile"; id: number; calibration: string; prefix: string }
  | { type: "teach"; id: number; call: TeachCall; engines: ResolvedEngines }
  | { type: "abort"; id: number };

/** The worker's messages. */
type ToPage =
  | { type: "progress"; id: number; progress: LoadProgress }
  | { type: "event"; id: number; event: RawEvent }
  | { type: "done"; id: number; value: Value }
  /** `ended`: every further call would fail alike. */
  | { type: "failed"; id: number; error: ErrorRecord; ended: boolean }
  /** The lock that the worker holds while it lives. */
  | { type: "alive"; id: number; lock: string }
  /** A message came that could not be read, so that nobody will answer it. */
  | { type: "unread"; id: number };

/** What a call gives. */
type Value = ModelInfo | RawRecord | ModelProfile | TeachValue<TeachCall> | string | null;

/** A call on its way, before it has a number. */
type Call = WithoutId<Exclude<ToWorker, { type: "abort" }>>;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** What a worker and a message port have in common. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: "message" | "messageerror", listener: (event: MessageEvent) => void): void;
}

/** The worker's side: loads one model and runs what is asked for. */
export function serve(port: Port, start: StartBackend): void {
  const running = new Map<number, AbortController>();
  let backend: Backend | undefined;
  const reply = (message: ToPage) => port.postMessage(message);

  async function handle(message: Exclude<ToWorker, { type: "abort" }>, signal: AbortSignal): Promise<Value> {
    const onProgress = (progress: LoadProgress) => reply({ type: "progress", id: message.id, progress });
    if (message.type === "load") {
      live((lock) => reply({ type: "alive", id: message.id, lock }));
      backend = await start(message.source, message.options, { onProgress, signal });
      return backend.info;
    }
    if (!backend) throw new SemgradError("internal", "no model is loaded", "Call load first.");
    if (message.type === "profile") return backend.useProfile(message.json);
    if (message.type === "createProfile") return backend.createProfile(message.calibration, message.prefix);
    if (message.type === "teach") return backend.teach(message.call, { engines: message.engines, onProgress, signal });
    const onEvent = (event: RawEvent) => reply({ type: "event", id: message.id, event });
    return backend.run(message.request, { engines: message.engines, onEvent, signal });
  }

  port.addEventListener("messageerror", () => reply({ type: "unread", id: 0 }));
  port.addEventListener("message", async ({ data }: MessageEvent<ToWorker>) => {
    if (data.type === "abort") {
      running.get(data.id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(data.id, controller);
    try {
      reply({ type: "done", id: data.id, value: await handle(data, controller.signal) });
    } catch (thrown) {
      const ended = backend?.ended !== undefined;
      reply({ type: "failed", id: data.id, error: toSemgradError(thrown).toJSON(), ended });
    } finally {
      running.delete(data.id);
    }
  });
}

interface Pending {
  resolve(value: never): void;
  reject(error: SemgradError): void;
  onMessage(message: ToPage): void;
}

/** The page's side: sends, and hands answers to whoever waits for them. */
class Connection {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private closed: SemgradError | undefined;

  /** @param end is told why nothing will be answered any more */
  constructor(
    private readonly port: Port,
    private readonly end: (reason: SemgradError) => void,
  ) {
    port.addEventListener("messageerror", () => end(unread()));
    port.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
      if (data.type === "alive") afterwards(data.lock, () => end(crashed("it was terminated")));
      if (data.type === "unread") end(unread());
      const waiting = this.pending.get(data.id);
      if (!waiting) return;
      if (data.type === "done") waiting.resolve(data.value as never);
      else if (data.type === "failed") this.fail(waiting, data);
      else waiting.onMessage(data);
    });
  }

  /** Why nothing will be answered any more. */
  get ended(): SemgradError | undefined {
    return this.closed;
  }

  private fail(waiting: Pending, { error, ended }: Extract<ToPage, { type: "failed" }>): void {
    const reason = toSemgradError(error);
    waiting.reject(reason);
    if (ended) this.end(reason);
  }

  call<T extends Value>(body: Call, onMessage: (message: ToPage) => void = () => {}, signal?: AbortSignal): Promise<T> {
    if (this.closed) return Promise.reject(this.closed);
    const id = this.nextId++;
    const abort = () => this.port.postMessage({ type: "abort", id } satisfies ToWorker);
    return new Promise<T>((resolve, reject) => {
      throwIfAborted(signal);
      this.pending.set(id, { resolve, reject, onMessage });
      signal?.addEventListener("abort", abort, { once: true });
      this.port.postMessage({ ...body, id } satisfies ToWorker);
    })
      .catch((thrown: unknown) => {
        // The worker knows that it was aborted, but not the caller's reason.
        throw signal?.aborted ? abortedError(signal.reason) : toSemgradError(thrown);
      })
      .finally(() => {
        this.pending.delete(id);
        signal?.removeEventListener("abort", abort);
      });
  }

  close(error: SemgradError): void {
    this.closed ??= error;
    for (const waiting of this.pending.values()) waiting.reject(error);
  }
}

/** A worker that was started, and how to end it. */
export interface Remote {
  port: Port;
  terminate(): void;
  /** Calls back if the worker dies by itself; null when its script could not be loaded. */
  onCrash(listener: (reason: string | null) => void): void;
}

/** Loads a model on the other end. */
export async function connect(
  remote: Remote,
  source: ResolvedSource,
  options: BackendOptions,
  { onProgress, signal }: LoadHooks,
): Promise<Backend> {
  const end = (error: SemgradError) => {
    connection.close(error);
    remote.terminate();
  };
  const connection = new Connection(remote.port, end);
  remote.onCrash((reason) => end(crashed(reason)));
  let info: ModelInfo;
  try {
    info = await connection.call<ModelInfo>({ type: "load", source, options }, heard(onProgress), signal);
  } catch (thrown) {
    remote.terminate();
    throw thrown;
  }
  return {
    info,
    get ended() {
      return connection.ended;
    },
    run: (request, { engines, onEvent, signal: runSignal }) =>
      connection.call<RawRecord>(
        { type: "run", request, engines },
        (message) => message.type === "event" && onEvent(message.event),
        runSignal,
      ),
    useProfile: (json) => connection.call<ModelProfile | null>({ type: "profile", json }),
    createProfile: (calibration, prefix) => connection.call<string>({ type: "createProfile", calibration, prefix }),
    teach: (call, { engines, onProgress: hear, signal: callSignal }) =>
      connection.call({ type: "teach", call, engines }, heard(hear), callSignal),
    dispose: () => end(disposedError()),
  };
}

/** Tells of what is loaded. */
function heard(onProgress: (progress: LoadProgress) => void) {
  return (message: ToPage) => message.type === "progress" && onProgress(message.progress);
}

function unread(): SemgradError {
  return new SemgradError("bad_input", "a message to or from the worker could not be read", "Pass plain values only.");
}

function crashed(reason: string | null): SemgradError {
  if (reason !== null) {
    const advice = "Load the model again, a smaller one if this repeats.";
    return new SemgradError("internal", `the worker died: ${reason}`, advice);
  }
  return new SemgradError(
    "network",
    "the worker's script could not be loaded",
    "Serve the package's files beside each other, allow them in worker-src of the page's policy, or pass a worker.",
  );
}
