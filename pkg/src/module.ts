/** The wasm module of this thread. */

import type { Assets } from "./assets.js";
import { SemgradError } from "./errors.js";
import type { Wasm } from "./types.js";
import init from "./wasm/semgrad.js";

let started: Promise<WebAssembly.Memory> | undefined;

/** Instantiates the module once per thread: the caller's, or the package's own. */
export function startWasm(wasm: Wasm | undefined, assets: Assets): Promise<WebAssembly.Memory> {
  started ??= (async () => (await init({ module_or_path: wasm ?? (await assets.module()) })).memory)().catch(
    (thrown: unknown) => {
      // A module that could not be fetched may be there at the next try.
      started = undefined;
      if (thrown instanceof SemgradError) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const advice = "Serve the package's dist/wasm folder beside it, as application/wasm.";
      throw new SemgradError("network", `the wasm module did not start: ${reason}`, advice, { cause: thrown });
    },
  );
  return started;
}
