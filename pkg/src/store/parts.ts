/**
 * Stores that cannot append: a file is kept as parts of a few MiB, in Cache Storage or in memory. Parts let a cut
 * download resume, and let a slice be read without touching the rest.
 */

import { SemgradError } from "../errors.js";
import type { CacheKind } from "../types.js";
import { type ByteSource, granted, type Meta, parseMeta, type Sink, type Store, type Stored } from "./store.js";

/** A place that maps names to blobs. */
export interface Shelf {
  get(name: string): Promise<Blob | null>;
  put(name: string, blob: Blob): Promise<void>;
  delete(name: string): Promise<void>;
  names(): Promise<string[]>;
}

const PART_SIZE = 8 * 1024 * 1024;
const SIDECAR = "meta";

/** The sidecar also holds the length of each part: the last one of a cut download is short. */
interface Sheet {
  meta: Meta;
  parts: number[];
}

/** A {@link Store} over a shelf. */
export class PartStore implements Store {
  constructor(
    readonly kind: CacheKind,
    private readonly shelf: Shelf,
    private readonly partSize = PART_SIZE,
  ) {}

  async free(): Promise<number | null> {
    return this.kind === "none" ? null : granted();
  }

  async stat(key: string): Promise<{ meta: Meta | null; bytes: number }> {
    const sheet = await this.sheet(key);
    return { meta: sheet?.meta ?? null, bytes: sum(sheet?.parts ?? []) };
  }

  async write(key: string, meta: Meta, offset: number): Promise<Sink> {
    const parts = (await this.sheet(key))?.parts ?? [];
    let kept = 0;
    let bytes = 0;
    while (bytes < offset) {
      const length = parts[kept];
      // A download goes on where the last part ends, or starts anew: nothing else is asked for.
      if (length === undefined || bytes + length > offset) throw new Error(`cannot append at ${offset}`);
      bytes += length;
      kept += 1;
    }
    for (let index = kept; index < parts.length; index++) await this.shelf.delete(`${key}/${index}`);
    parts.length = kept;
    await this.save(key, { meta, parts });

    let pending: Uint8Array[] = [];
    let size = 0;
    const flush = async () => {
      if (size === 0) return;
      await this.shelf.put(`${key}/${parts.length}`, new Blob(pending as Uint8Array<ArrayBuffer>[]));
      parts.push(size);
      pending = [];
      size = 0;
      await this.save(key, { meta, parts });
    };
    return {
      write: async (chunk) => {
        pending.push(chunk.slice());
        size += chunk.length;
        if (size >= this.partSize) await flush();
      },
      close: flush,
    };
  }

  async seal(key: string, meta: Meta): Promise<void> {
    await this.save(key, { meta, parts: (await this.sheet(key))?.parts ?? [] });
  }

  async open(key: string): Promise<ByteSource> {
    const parts = (await this.sheet(key))?.parts ?? [];
    return { size: sum(parts), read: (offset, length) => this.read(key, parts, offset, length) };
  }

  async remove(key: string): Promise<void> {
    for (const name of await this.shelf.names()) {
      if (name.startsWith(`${key}/`)) await this.shelf.delete(name);
    }
  }

  async list(): Promise<Stored[]> {
    const stored: Stored[] = [];
    for (const name of await this.shelf.names()) {
      if (!name.endsWith(`/${SIDECAR}`)) continue;
      const key = name.slice(0, -SIDECAR.length - 1);
      const { meta, bytes } = await this.stat(key);
      if (meta) stored.push({ key, meta, bytes });
    }
    return stored;
  }

  private async read(key: string, parts: number[], offset: number, length: number): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    let start = 0;
    for (const [index, size] of parts.entries()) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + size);
      if (from < to) {
        const blob = await this.shelf.get(`${key}/${index}`);
        if (!blob || blob.size !== size) {
          throw new SemgradError("corrupt_weights", "a part of the cached file is gone", "Remove it from the cache.");
        }
        out.set(new Uint8Array(await blob.slice(from - start, to - start).arrayBuffer()), from - offset);
      }
      start += size;
    }
    return out;
  }

  private async sheet(key: string): Promise<Sheet | null> {
    const blob = await this.shelf.get(`${key}/${SIDECAR}`);
    if (!blob) return null;
    try {
      const { meta, parts } = JSON.parse(await blob.text()) as Sheet;
      const checked = parseMeta(JSON.stringify(meta));
      return checked && Array.isArray(parts) ? { meta: checked, parts } : null;
    } catch {
      return null;
    }
  }

  private async save(key: string, sheet: Sheet): Promise<void> {
    await this.shelf.put(`${key}/${SIDECAR}`, new Blob([JSON.stringify(sheet)]));
  }
}

function sum(parts: number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}

/** A store that lives as long as the model that reads from it. */
export function memoryStore(partSize?: number): Store {
  const blobs = new Map<string, Blob>();
  const shelf: Shelf = {
    get: async (name) => blobs.get(name) ?? null,
    put: async (name, blob) => void blobs.set(name, blob),
    delete: async (name) => void blobs.delete(name),
    names: async () => [...blobs.keys()],
  };
  return new PartStore("none", shelf, partSize);
}

const CACHE_NAME = "semgrad-models";
/** Cache Storage is addressed by URL; this one is never fetched. */
const CACHE_BASE = "https://semgrad.invalid/";

/** Cache Storage, or null where there is none. */
export async function openCacheStorage(): Promise<Store | null> {
  if (typeof caches === "undefined") return null;
  let cache: Cache;
  try {
    cache = await caches.open(CACHE_NAME);
  } catch {
    return null;
  }
  const url = (name: string) => CACHE_BASE + name;
  return new PartStore("cache-api", {
    get: async (name) => (await (await cache.match(url(name)))?.blob()) ?? null,
    put: (name, blob) => cache.put(url(name), new Response(blob)),
    delete: async (name) => void (await cache.delete(url(name))),
    names: async () => (await cache.keys()).map((request) => request.url.slice(CACHE_BASE.length)),
  });
}
