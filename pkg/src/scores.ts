/** The small module, beside this script. */

import { unreachable } from "./assets.js";
import { fromDisk } from "./disk.js";
import { type Pure, parts } from "./module.js";
import { alone, pure, type Small, type Sources } from "./pure.js";
import type { Wasm } from "./types.js";

// The whole address in one piece: that is what bundlers look for.
const FILE = () => new URL("./wasm/scores_bg.wasm", import.meta.url);

const SOURCES: Sources = {
  own: async () => {
    // A bundle for the edge may have no address, whatever its entry.
    if (!import.meta.url) throw unreachable("wasm module", 'Pass it as the option `wasm`: "semgrad/scores.wasm".');
    return (await fromDisk(FILE())) ?? FILE();
  },
  whole: async () => {
    await import("./here.js");
    return parts.whole;
  },
};

/** Starts what needs no model in this thread. */
export function startPure(wasm: Wasm | undefined): Promise<Pure> {
  return pure(wasm, SOURCES);
}

/** Starts what only this module does. */
export function startSmall(wasm: Wasm | undefined): Promise<Small> {
  return alone(wasm, SOURCES);
}
