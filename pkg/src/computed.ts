/** How both entries call what needs no model. */

import { toSemgradError } from "./errors.js";
import { known, moduleOf, type Names } from "./given.js";
import type { Wasm } from "./types.js";

/**
 * Has a module compute: `prepare` checks the options, of which `names` are known besides `wasm`, before any module is
 * started.
 */
export function computing<M>(start: (wasm: Wasm | undefined) => Promise<M>) {
  return async function computed<O extends { wasm?: Wasm }, T>(
    options: O | undefined,
    names: Names<Omit<O, "wasm">>,
    prepare: (options: Omit<O, "wasm">) => (module: M) => T,
  ): Promise<T> {
    try {
      const { wasm, ...asked } = known<{ wasm?: Wasm }>(options, { ...names, wasm: 1 });
      const [work, module] = [prepare(asked as Omit<O, "wasm">), moduleOf(wasm)];
      return work(await start(module));
    } catch (thrown) {
      throw toSemgradError(thrown);
    }
  };
}
