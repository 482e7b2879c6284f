/**
 * What is kept on this machine, and how to get rid of it.
 */

import { disk } from "./disk.js";
import { badInput } from "./errors.js";
import { known, type Names } from "./given.js";
import { HUB, repositoryNamed } from "./hub/name.js";
import { knownEngine, knownModel } from "./models.js";
import { namedFolder } from "./paths.js";
import type { ResolvedSource } from "./source.js";
import { openOpfs } from "./store/opfs.js";
import { memoryStore, openCacheStorage } from "./store/parts.js";
import type { Store } from "./store/store.js";
import type { CacheKind } from "./types.js";

/** One cached file. */
export interface CacheEntry {
  key: string;
  cache: Exclude<CacheKind, "none">;
  name: string;
  url: string;
  /** Bytes present. */
  bytes: number;
  /** Full size, when known. */
  size: number | null;
  sha256: string | null;
  /** False for a cut download, which the next `load` continues, and for a file on a disk whose hash it looks at first. */
  complete: boolean;
}

/** Options of the helpers. */
export interface CacheOptions {
  /** The folder that `load` was given, where it was. */
  cacheDir?: string;
}

const OPTIONS: Names<CacheOptions> = { cacheDir: 1 };

/**
 * The store of that kind, or memory with a warning where the platform has no such thing. Files of the caller's own need
 * none.
 */
export async function openStore(
  source: Pick<ResolvedSource, "kind">,
  { cache, cacheDir }: { cache: CacheKind; cacheDir?: string },
  warn: (message: string) => void,
): Promise<Store> {
  if (cache === "none" || source.kind === "files") return memoryStore();
  const open = {
    disk: () => onDisk(async (store) => store.openDisk(cacheDir)),
    opfs: openOpfs,
    "cache-api": openCacheStorage,
  }[cache];
  const store = await open();
  if (store) return store;
  const why = cache === "disk" ? " (no folder may be written to: name one as cacheDir)" : "";
  warn(`${cache} is not available here${why}: the model is kept in memory and downloaded again next time`);
  return memoryStore();
}

/** Imported on demand: pages have no disk, and never fetch the store for it. */
async function onDisk<T>(use: (store: typeof import("./store/disk.js")) => Promise<T>): Promise<T | null> {
  return disk() ? use(await import("./store/disk.js")) : null;
}

async function persistentStores(options: CacheOptions | undefined): Promise<Store[]> {
  const folder = namedFolder(known(options, OPTIONS).cacheDir);
  const stores = [await onDisk(async (store) => store.diskStore(folder)), await openOpfs(), await openCacheStorage()];
  return stores.filter((store) => store !== null);
}

async function list(options?: CacheOptions): Promise<CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const store of await persistentStores(options)) {
    for (const { key, meta, bytes } of await store.list()) {
      if (meta.absent) continue;
      const { name, url, size, sha256, complete } = meta;
      entries.push({ key, cache: store.kind as CacheEntry["cache"], name, url, bytes, size, sha256, complete });
    }
  }
  return entries;
}

async function remove(what: string, options?: CacheOptions): Promise<number> {
  if (typeof what !== "string" || !what) throw badInput("nothing named to remove", 'Pass a key, a name, a URL or "*".');
  const id = repositoryNamed(what, HUB)?.id;
  // Below any hub: which one was meant is forgotten.
  const isOf = (url: string) => id !== undefined && (url.includes(`/${id}/resolve/`) || url.includes(`/${id}/tree/`));
  const keys = [knownModel(what)?.sha256, ...Object.values(knownEngine(what)?.files ?? {})];
  let freed = 0;
  for (const store of await persistentStores(options)) {
    for (const { key, meta, bytes } of await store.list()) {
      const match = what === "*" || key === what || meta.url.startsWith(what) || isOf(meta.url) || keys.includes(key);
      if (!match) continue;
      await store.remove(key);
      freed += bytes;
    }
  }
  return freed;
}

/** Helpers over all caches. */
export const cache = {
  /** Every cached file, complete or not. */
  list,
  /**
   * Removes cached files: one by key, those of a known name or of `owner/name`, those below a URL, or everything with `"*"`. Gives the
   * number of bytes that became free.
   */
  remove,
};
