/** The wasm module of this thread. */

import type { Assets } from "./assets.js";
import { SemgradError } from "./errors.js";
import { type Instance, instance } from "./instance.js";
import type { Wasm } from "./types.js";
import init, { __wbg_reset_state as restart } from "./wasm/semgrad.js";

let started: Promise<unknown> | undefined;

/** The running instance of the caller's module, or of the package's own; one that has ended gives way to a new one. */
export async function startWasm(wasm: Wasm | undefined, assets: Assets): Promise<Instance> {
  started ??= (async () => init({ module_or_path: wasm ?? (await assets.module()) }))().catch((thrown: unknown) => {
    // A module that could not be fetched may be there at the next try.
    started = undefined;
    if (thrown instanceof SemgradError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const advice = "Serve the package's dist/wasm folder beside it, as application/wasm.";
    throw new SemgradError("network", `the wasm module did not start: ${reason}`, advice, { cause: thrown });
  });
  await started;
  if (instance().ended) restart();
  return instance();
}
