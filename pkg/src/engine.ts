/**
 * The model in this thread: starts the wasm module, gathers the files, and runs requests.
 */

import type { Backend, BackendOptions, LoadHooks, StartBackend } from "./backend.js";
import { openStore } from "./cache.js";
import { abortedError, SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import { gather } from "./files.js";
import { pause } from "./pause.js";
import { fittingProfile } from "./profile.js";
import type { Control } from "./protocol.js";
import { toInfo } from "./records.js";
import type { ResolvedSource } from "./source.js";
import init, { load as loadModel, type Model, Sha256 } from "./wasm/semgrad.js";
import { planDevice } from "./webgpu.js";

/** Above this much memory a trap is far more likely an exhausted heap than a bug. */
const NEARLY_FULL = 3.5 * 1024 ** 3;

let started: Promise<WebAssembly.Memory> | undefined;

/** Instantiates the module once per thread. */
function startWasm(wasm: BackendOptions["wasm"]): Promise<WebAssembly.Memory> {
  started ??= (async () => (await init({ module_or_path: wasm ?? (await packagedModule()) })).memory)();
  // A module that could not be fetched may be there at the next try.
  started.catch(() => {
    started = undefined;
  });
  return started;
}

/** The module beside this script. Node cannot fetch `file:` addresses, so there it is read from disk. */
async function packagedModule(): Promise<URL | BufferSource> {
  // Edge workers have no addresses for their scripts, and compile wasm only ahead.
  if (!import.meta.url) {
    const advice = 'Pass it as the option `wasm`: import wasm from "semgrad/wasm".';
    throw new SemgradError("bad_input", "the wasm module cannot be fetched in this runtime", advice);
  }
  type NodeProcess = {
    versions?: { node?: string };
    getBuiltinModule?(name: string): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
  };
  const url = new URL("./wasm/semgrad_bg.wasm", import.meta.url);
  const { process, Deno } = globalThis as { process?: NodeProcess; Deno?: unknown };
  const isNode = process?.versions?.node !== undefined && Deno === undefined;
  if (!isNode || url.protocol !== "file:" || !process.getBuiltinModule) return url;
  return process.getBuiltinModule("node:fs/promises").readFile(url);
}

function control(signal: AbortSignal | undefined): Control {
  return { aborted: () => signal?.aborted ?? false, pause };
}

/** What was thrown as an error of ours: an abort wins, a trap is told from an exhausted heap. */
function explain(thrown: unknown, signal: AbortSignal | undefined, memory?: WebAssembly.Memory): SemgradError {
  if (signal?.aborted) return abortedError(signal.reason);
  if (memory && thrown instanceof WebAssembly.RuntimeError && memory.buffer.byteLength > NEARLY_FULL) {
    const advice = "Use a smaller model, or close other tabs.";
    return new SemgradError("out_of_memory", "the model does not fit into 4 GiB", advice, { cause: thrown });
  }
  return toSemgradError(thrown);
}

/** Loads the model in this thread. */
export const startEngine: StartBackend = async (source, options, hooks) => {
  let memory: WebAssembly.Memory | undefined;
  try {
    throwIfAborted(hooks.signal);
    memory = await startWasm(options.wasm).catch((thrown: unknown) => {
      if (thrown instanceof SemgradError) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const advice = "Serve the package's dist/wasm folder beside it, as application/wasm.";
      throw new SemgradError("network", `the wasm module did not start: ${reason}`, advice, { cause: thrown });
    });
    return await start(source, options, hooks, memory);
  } catch (thrown) {
    throw explain(thrown, hooks.signal, memory);
  }
};

async function start(
  source: ResolvedSource,
  options: BackendOptions,
  { onProgress, signal }: LoadHooks,
  memory: WebAssembly.Memory,
): Promise<Backend> {
  // Before the download: a device that is not there should not cost one.
  const plan = await planDevice(options.device);
  const store = await openStore(options.cache, (message) => onProgress({ phase: "warning", message }));
  const context = { store, hasher: () => new Sha256(), onProgress, signal };
  const gathered = await gather(source, context);
  const profile = await fittingProfile(options.profile, gathered, context);
  throwIfAborted(signal);
  const model = await trapped(() =>
    loadModel(
      gathered.files,
      { device: plan.device, ...profile },
      (loaded, total, tensor) => onProgress({ phase: "load", tensor, loaded, total }),
      control(signal),
    ),
  );
  return new Engine(model, toInfo(model.info(), plan, source.name, gathered.facts), memory);
}

class Engine implements Backend {
  private running: Promise<unknown> = Promise.resolve();
  private crash: SemgradError | undefined;

  constructor(
    private readonly model: Model,
    readonly info: Backend["info"],
    private readonly memory: WebAssembly.Memory,
  ) {}

  async run(...[request, onEvent, signal]: Parameters<Backend["run"]>) {
    if (this.crash) throw this.crash;
    try {
      throwIfAborted(signal);
      const work = trapped(() => this.model.run(request, onEvent, control(signal)));
      this.running = work.catch(() => undefined);
      return await work;
    } catch (thrown) {
      const error = explain(thrown, signal, this.memory);
      // After a trap the module's memory is in an unknown state.
      if (thrown instanceof WebAssembly.RuntimeError) this.crash = error;
      throw error;
    }
  }

  dispose(): void {
    // Not under a running call, which was aborted and ends within one token or layer.
    void this.running.then(() => {
      if (!this.crash) this.model.free();
    });
  }
}

/**
 * Runs wasm, and rejects when it traps. A trap inside a Rust future reaches the event loop instead of the promise that
 * waits for it, which would otherwise stay pending for ever.
 */
async function trapped<T>(work: () => Promise<T>): Promise<T> {
  const target = globalThis as Partial<EventTarget>;
  if (!target.addEventListener || !target.removeEventListener) return work();
  let stop = () => {};
  const trap = new Promise<never>((_, reject) => {
    const listen = (event: Event) => {
      const thrown: unknown = (event as ErrorEvent).error ?? (event as PromiseRejectionEvent).reason;
      if (!(thrown instanceof WebAssembly.RuntimeError)) return;
      event.preventDefault();
      reject(thrown);
    };
    target.addEventListener?.("error", listen);
    target.addEventListener?.("unhandledrejection", listen);
    stop = () => {
      target.removeEventListener?.("error", listen);
      target.removeEventListener?.("unhandledrejection", listen);
    };
  });
  try {
    return await Promise.race([work(), trap]);
  } finally {
    stop();
  }
}
