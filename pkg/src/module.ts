/**
 * The wasm modules of this thread, each started once: one runs models and does nearly all that the other one does, which is a
 * tenth of its size and needs no model. What may be asked of both is in `pure.ts`.
 */

import { SemgradError } from "./errors.js";
import { type Instance, instance } from "./instance.js";
import type { Wasm } from "./types.js";
import type { applyCalibration, calibrate, contains, evaluate, lesson, methods, refuses } from "./wasm/scores.js";

/** What both modules do. */
export interface Pure {
  applyCalibration: typeof applyCalibration;
  calibrate: typeof calibrate;
  contains: typeof contains;
  evaluate: typeof evaluate;
  lesson: typeof lesson;
  methods: typeof methods;
  refuses: typeof refuses;
}

/** A module with its bindings, which the build wrote under that name. */
export class Module {
  #started: Promise<unknown> | undefined;
  #runs = false;

  constructor(
    readonly name: "semgrad" | "scores",
    private readonly init: (input: { module_or_path: Wasm }) => Promise<unknown>,
    private readonly restart: () => void,
  ) {}

  /** Whether it was started, and did. */
  get runs(): boolean {
    return this.#runs;
  }

  /** The running instance of the caller's file, or of the package's own; one that has ended gives way to a new one. */
  async start(wasm: Wasm | undefined, own: () => Promise<URL | BufferSource>): Promise<Instance> {
    this.#started ??= this.#begin(wasm, own).catch((thrown: unknown) => {
      // A file that could not be fetched may be there at the next try.
      this.#started = undefined;
      throw notStarted(thrown);
    });
    await this.#started;
    this.#runs = true;
    if (instance(this.name).ended) this.restart();
    return instance(this.name);
  }

  async #begin(wasm: Wasm | undefined, own: () => Promise<URL | BufferSource>): Promise<void> {
    if (wasm instanceof WebAssembly.Module && !this.owns(wasm)) {
      const advice = `Pass the file semgrad/${this.name}.wasm of the same version of the package.`;
      throw new SemgradError("bad_input", "the wasm module that was passed is another one", advice);
    }
    await this.init({ module_or_path: wasm ?? (await own()) });
  }

  /** Whether that is a compiled file of this module. */
  owns(compiled: WebAssembly.Module): boolean {
    return WebAssembly.Module.imports(compiled).some(({ module }) => module === `./${this.name}_bg.js`);
  }
}

/** A module, and what it does without a model. */
export interface Part {
  module: Module;
  pure: Pure;
}

/** The module that runs models, where that can happen in this thread of this program. */
export const parts: { whole?: Part } = {};

/** Why a module does not run. */
export function notStarted(thrown: unknown): SemgradError {
  if (thrown instanceof SemgradError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const advice = "Serve the package's dist/wasm folder beside it, as application/wasm.";
  return new SemgradError("network", `the wasm module did not start: ${reason}`, advice, { cause: thrown });
}
