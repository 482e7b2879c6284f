/**
 * What is kept on this machine, and how to get rid of it.
 */

import { SemgradError } from "./errors.js";
import { knownEngine, knownModel } from "./models.js";
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
  /** False for a cut download, which the next `load` continues. */
  complete: boolean;
}

/** The store of that kind, or memory with a warning where the platform has no such thing. */
export async function openStore(kind: CacheKind, warn: (message: string) => void): Promise<Store> {
  if (kind === "none") return memoryStore();
  const store = kind === "opfs" ? await openOpfs() : await openCacheStorage();
  if (store) return store;
  warn(`${kind} is not available here: the model is kept in memory and downloaded again next time`);
  return memoryStore();
}

async function persistentStores(): Promise<Store[]> {
  const stores = [await openOpfs(), await openCacheStorage()];
  return stores.filter((store) => store !== null);
}

async function list(): Promise<CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const store of await persistentStores()) {
    for (const { key, meta, bytes } of await store.list()) {
      if (meta.absent) continue;
      const { name, url, size, sha256, complete } = meta;
      entries.push({ key, cache: store.kind as CacheEntry["cache"], name, url, bytes, size, sha256, complete });
    }
  }
  return entries;
}

async function remove(what: string): Promise<number> {
  if (!what) throw new SemgradError("bad_input", "nothing named to remove", 'Pass a key, a name, a URL or "*".');
  const known = [knownModel(what)?.sha256, ...Object.values(knownEngine(what)?.files ?? {})];
  let freed = 0;
  for (const store of await persistentStores()) {
    for (const { key, meta, bytes } of await store.list()) {
      const match = what === "*" || key === what || meta.url.startsWith(what) || known.includes(key);
      if (!match) continue;
      await store.remove(key);
      freed += bytes;
    }
  }
  return freed;
}

/** Helpers over both caches. */
export const cache = {
  /** Every cached file, complete or not. */
  list,
  /**
   * Removes cached files: one by key, those of a known name, those below a URL, or everything with `"*"`. Gives the
   * number of bytes that became free.
   */
  remove,
};
