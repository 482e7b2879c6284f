/**
 * What needs no model: by the module that runs models where that runs already in this thread, or where its file is what the
 * caller handed over; by the small one everywhere else.
 */

import { Module, notStarted, type Pure, parts } from "./module.js";
import type { Wasm } from "./types.js";
import * as bindings from "./wasm/scores.js";

const small = new Module("scores", bindings);

/** Where the modules come from. */
export interface Sources {
  /** The package's own file of the small one. */
  own(): Promise<URL | BufferSource>;
  /** The one that runs models, if it is or can be made a part of the program. */
  whole(): Promise<Module<Pure> | undefined>;
}

/** The first one that was started for this. */
let first: Promise<Module<Pure>> | undefined;

/** The bindings of a running instance. */
export async function pure(wasm: Wasm | undefined, sources: Sources): Promise<Pure> {
  const module = parts.whole?.runs ? parts.whole : await begun(wasm, sources);
  // An instance that has ended gives way to a new one.
  await module.start(undefined, sources.own);
  return module.bindings;
}

function begun(wasm: Wasm | undefined, sources: Sources): Promise<Module<Pure>> {
  first ??= begin(wasm, sources).catch((thrown: unknown) => {
    first = undefined;
    throw notStarted(thrown);
  });
  return first;
}

async function begin(wasm: Wasm | undefined, { own, whole }: Sources): Promise<Module<Pure>> {
  const file = wasm && (await compiled(wasm));
  const module = !file || small.owns(file) ? small : ((await whole()) ?? small);
  await module.start(file, own);
  return module;
}

/** Which module a file is can be seen when it is compiled. */
async function compiled(wasm: Wasm): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm !== "string" && !(wasm instanceof URL)) return WebAssembly.compile(wasm);
  const response = await fetch(wasm);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}
