/**
 * The life of a wasm instance. A trap (a panic, an exhausted heap or stack, a host function that throws) leaves Rust's
 * memory in an unknown state and its futures unfinished: the promises that wait for them would stay pending for ever, and
 * what the event loop calls later would compute with broken memory. So the generated bindings pass the instance's exports
 * through `guarded`: the first call that throws ends the instance, rejects what waits for it, and lets nothing in again.
 *
 * An instance has one graphics device, which it asks for once. When that is lost, the instance ends as well: what is loaded next
 * would only meet the lost one again.
 */

import { SemgradError, toSemgradError } from "./errors.js";

/** Above this much memory a trap is far more likely an exhausted heap than a bug. */
const NEARLY_FULL = 3.5 * 1024 ** 3;

/** One instance of the module. */
export class Instance {
  #ended: SemgradError | undefined;
  readonly #waiting = new Set<(reason: SemgradError) => void>();

  constructor(readonly memory?: WebAssembly.Memory) {}

  /** Why nothing can be computed any more. */
  get ended(): SemgradError | undefined {
    return this.#ended;
  }

  /** Throws when nothing can be computed any more. */
  check(): void {
    if (this.#ended) throw this.#ended;
  }

  /** Runs work of this instance; rejects when the instance ends before it does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    let end = (_reason: SemgradError) => {};
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    // Work that throws at once never comes to wait for it.
    ended.catch(() => undefined);
    this.#waiting.add(end);
    try {
      return await Promise.race([work(), ended]);
    } catch (thrown) {
      if (isLost(thrown)) this.end(thrown);
      throw thrown;
    } finally {
      this.#waiting.delete(end);
    }
  }

  /** Ends it because of what a call threw, or of a device that is lost. */
  end(thrown: unknown): SemgradError {
    this.#ended ??= this.#explain(thrown);
    for (const reject of this.#waiting) reject(this.#ended);
    this.#waiting.clear();
    return this.#ended;
  }

  #explain(cause: unknown): SemgradError {
    if (isLost(cause)) return toSemgradError(cause);
    if (this.memory && this.memory.buffer.byteLength > NEARLY_FULL) {
      const advice = "Use a smaller model, or close other tabs.";
      return new SemgradError("out_of_memory", "the model does not fit into 4 GiB", advice, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = "Load the model again, and please report the input that caused this: it is a bug.";
    return new SemgradError("internal", `the engine stopped: ${reason}`, advice, { cause });
  }
}

const isLost = (thrown: unknown): boolean => toSemgradError(thrown).code === "device_lost";

/** By the name of their module. */
const current = new Map<string, Instance>();

/** The running instance of that module in this thread; it has never begun before the module started. */
export function instance(name: string): Instance {
  return current.get(name) ?? new Instance();
}

/** Called by the event loop, where nobody would catch what it throws: Node would end the process. */
const CALLBACK = /closure/i;
/** Called by the bindings for themselves: to free and to make room. */
const INTERNAL = /^__/;
/** What a function gives that does nothing: the bindings read it as a result without an error, or as the address 0. */
const NOTHING: unknown[] = [];

type Exports = Record<string, WebAssembly.ExportValue>;

/** The exports of an instance of that module that begins, as the bindings are to call them. */
export function guarded(name: string, exports: Exports): Exports {
  const { memory } = exports;
  const begun = new Instance(memory instanceof WebAssembly.Memory ? memory : undefined);
  current.set(name, begun);
  let depth = 0;
  const guard = (name: string, call: (...values: unknown[]) => unknown) => {
    const isCallback = CALLBACK.test(name);
    const isSilent = isCallback || INTERNAL.test(name);
    return (...values: unknown[]): unknown => {
      if (begun.ended) {
        if (isSilent) return NOTHING;
        throw begun.ended;
      }
      depth += 1;
      try {
        return call(...values);
      } catch (thrown) {
        const reason = begun.end(thrown);
        if (isCallback && depth === 1) return NOTHING;
        throw reason;
      } finally {
        depth -= 1;
      }
    };
  };
  const entries = Object.entries(exports).map(([name, value]) => [
    name,
    typeof value === "function" ? guard(name, value as (...values: unknown[]) => unknown) : value,
  ]);
  return Object.fromEntries(entries) as Exports;
}
