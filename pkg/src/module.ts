/**
 * The wasm module of this thread, and reading the package's own files.
 */

import { SemgradError, throwIfAborted } from "./errors.js";
import type { Wasm } from "./types.js";
import init from "./wasm/semgrad.js";

export { evaluate, methods } from "./wasm/semgrad.js";

let started: Promise<WebAssembly.Memory> | undefined;

/** Instantiates the module once per thread. */
export function startWasm(wasm: Wasm | undefined): Promise<WebAssembly.Memory> {
  started ??= (async () => (await init({ module_or_path: wasm ?? (await packagedModule()) })).memory)().catch(
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

/** The module beside this script. */
async function packagedModule(): Promise<URL | BufferSource> {
  // Edge workers have no addresses for their scripts, and compile wasm only ahead.
  if (!import.meta.url)
    throw unreachable("wasm module", 'Pass it as the option `wasm`: import wasm from "semgrad/wasm".');
  const url = new URL("./wasm/semgrad_bg.wasm", import.meta.url);
  return (await fromDisk(url)) ?? url;
}

/** The list of synonyms beside this script. */
export async function packagedSynonyms(signal: AbortSignal): Promise<string> {
  if (!import.meta.url) throw unreachable("list of synonyms", "Pass it as the option `synonyms`.");
  const url = new URL("./synonyms/synonyms.txt", import.meta.url);
  const bytes = await fromDisk(url);
  if (bytes) return new TextDecoder().decode(bytes);
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throwIfAborted(signal);
    throw new SemgradError("network", "the list of synonyms could not be fetched", SERVE_BESIDE, { cause });
  });
  if (response.ok) return response.text();
  throw new SemgradError("network", `the list of synonyms: the server answered ${response.status}`, SERVE_BESIDE);
}

const SERVE_BESIDE = "Serve the package's dist/synonyms folder beside it.";

function unreachable(what: string, advice: string): SemgradError {
  return new SemgradError("bad_input", `the ${what} cannot be fetched in this runtime`, advice);
}

type NodeProcess = {
  versions?: { node?: string };
  getBuiltinModule?(name: string): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
};

/** Node cannot fetch `file:` addresses; null where fetching is the way. */
async function fromDisk(url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  const { process, Deno } = globalThis as { process?: NodeProcess; Deno?: unknown };
  const isNode = process?.versions?.node !== undefined && Deno === undefined;
  if (!isNode || url.protocol !== "file:" || !process.getBuiltinModule) return null;
  return process.getBuiltinModule("node:fs/promises").readFile(url);
}
