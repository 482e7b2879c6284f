/** Starts the module that runs models: on several threads where it may have them and they help. */

import type { Assets } from "../assets.js";
import type { BackendOptions } from "../backend.js";
import type { Instance } from "../instance.js";
import type { Device } from "../types.js";
import { whole } from "../whole.js";
import { hire, mostThreads } from "./hire.js";
import { shareMemory } from "./memory.js";

/** A running instance. */
export interface Begun {
  instance: Instance;
  /** How many compute. */
  threads: number;
}

/** The file that this thread's instances with helpers were made of. */
let compiled: WebAssembly.Module | undefined;
const crews = new WeakMap<Instance, Promise<number>>();

/** A graphics card needs no threads beside it, and a file of the caller's own is taken as it is. */
export async function begin(
  { wasm, threads: wanted }: Pick<BackendOptions, "wasm" | "threads">,
  device: Device,
  assets: Assets,
  warn: (message: string) => void,
): Promise<Begun> {
  const most = wasm === undefined && device === "cpu" ? mostThreads(wanted) : 1;
  if (most > 1 && !whole.runs) await share(assets, warn);
  const instance = await whole.start(compiled ?? wasm, assets.module);
  const { memory } = instance;
  if (!compiled || !memory) {
    if (wanted !== undefined && wanted > 1) warn(`one thread instead of ${wanted}: ${ALONE}`);
    return { instance, threads: 1 };
  }
  const crew = crews.get(instance) ?? hire(compiled, memory, most, wanted !== undefined);
  crews.set(instance, crew);
  return { instance, threads: await crew };
}

const ALONE =
  "threads are for models on the CPU, in a worker of a page that is isolated (Cross-Origin-Opener-Policy: same-origin, " +
  "Cross-Origin-Embedder-Policy: require-corp)";

/** Gets the file whose memory can be shared. Who does not serve it has one thread. */
async function share(assets: Assets, warn: (message: string) => void): Promise<void> {
  try {
    const file = await assets.threaded();
    compiled = await (file instanceof URL ? WebAssembly.compileStreaming(fetch(file)) : WebAssembly.compile(file));
    shareMemory(true);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    warn(`one thread: semgrad_threaded_bg.wasm could not be used (${reason})`);
  }
}
