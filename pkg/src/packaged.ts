/** The package's own files, beside this script. */

import { type Assets, NO_ASSETS } from "./assets.js";
import { fromDisk } from "./disk.js";
import { SemgradError, throwIfAborted } from "./errors.js";
import { addressOf, PROFILES } from "./profiles/index.js";

// Whole addresses in one piece: that is what bundlers look for.
const FILES = {
  module: () => new URL("./wasm/semgrad_bg.wasm", import.meta.url),
  threaded: () => new URL("./wasm/semgrad_threaded_bg.wasm", import.meta.url),
  synonyms: () => new URL("./synonyms/synonyms.txt", import.meta.url),
};

const PACKAGED: Assets = {
  module: () => found(FILES.module()),
  threaded: () => found(FILES.threaded()),
  synonyms: (signal) => read("list of synonyms", "synonyms", FILES.synonyms(), signal),
  profiles: PROFILES,
  profile: ({ weights }, signal) => read("profile", "profiles", addressOf(weights), signal),
};

// A bundle for the edge may have no address, whatever its entry.
export const assets = import.meta.url ? PACKAGED : NO_ASSETS;

async function found(url: URL): Promise<URL | BufferSource> {
  return (await fromDisk(url)) ?? url;
}

async function read(what: string, folder: string, url: URL, signal: AbortSignal | undefined): Promise<string> {
  const bytes = await fromDisk(url);
  if (bytes) return new TextDecoder().decode(bytes);
  const advice = `Serve the package's dist/${folder} folder beside it.`;
  const response = await fetch(url, { signal: signal ?? null }).catch((cause: unknown) => {
    throwIfAborted(signal);
    throw new SemgradError("network", `the ${what} could not be fetched`, advice, { cause });
  });
  if (response.ok) return response.text();
  throw new SemgradError("network", `the ${what}: the server answered ${response.status}`, advice);
}
