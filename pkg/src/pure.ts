/**
 * What needs no model: by the module that runs models where that runs already in this thread, or where its file is what the
 * caller handed over; by the small one everywhere else. Checks, and what judges answers of others, are the small one's
 * alone: nobody who runs a model waits for them.
 */

import { Module, notStarted, type Part, type Pure, parts } from "./module.js";
import type { Wasm } from "./types.js";
import init, {
  __wbg_reset_state,
  applyCalibration,
  calibrate,
  check,
  contains,
  evaluate,
  fitGiven,
  lesson,
  methods,
  refuses,
} from "./wasm/scores.js";

const small: Part = {
  module: new Module("scores", init, __wbg_reset_state),
  pure: { applyCalibration, calibrate, contains, evaluate, lesson, methods, refuses },
};

/** What only the small one does. */
export interface Small {
  check: typeof check;
  fitGiven: typeof fitGiven;
}

/** Where the modules come from. */
export interface Sources {
  /** The package's own file of the small one. */
  own(): Promise<URL | BufferSource>;
  /** The one that runs models, if it is or can be made a part of the program. */
  whole(): Promise<Part | undefined>;
}

/** The first one that was started for this. */
let first: Promise<Part> | undefined;

/** What a running instance does. */
export async function pure(wasm: Wasm | undefined, sources: Sources): Promise<Pure> {
  const { module, pure } = parts.whole?.module.runs ? parts.whole : await begun(wasm, sources);
  // An instance that has ended gives way to a new one.
  await module.start(undefined, sources.own);
  return pure;
}

/** What the small one does that the other one does not: it is started beside that. */
export async function alone(wasm: Wasm | undefined, { own }: Sources): Promise<Small> {
  const { module } = small;
  await module.start(wasm && !module.runs ? await compiled(wasm) : undefined, own);
  return { check, fitGiven };
}

function begun(wasm: Wasm | undefined, sources: Sources): Promise<Part> {
  first ??= begin(wasm, sources).catch((thrown: unknown) => {
    first = undefined;
    throw notStarted(thrown);
  });
  return first;
}

async function begin(wasm: Wasm | undefined, { own, whole }: Sources): Promise<Part> {
  const file = wasm && (await compiled(wasm));
  const part = !file || small.module.owns(file) ? small : ((await whole()) ?? small);
  await part.module.start(file, own);
  return part;
}

/** Which module a file is can be seen when it is compiled. */
async function compiled(wasm: Wasm): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm !== "string" && !(wasm instanceof URL)) return WebAssembly.compile(wasm);
  const response = await fetch(wasm);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}
