/**
 * Where downloaded bytes are kept. A file grows at its end, survives a cut together with a small sidecar (`Meta`), is
 * sealed when complete, and is read back by slices.
 */

import type { CacheKind } from "../types.js";

/** What is known about a stored file. */
export interface Meta {
  name: string;
  url: string;
  /** Full size in bytes; null until the server says. */
  size: number | null;
  etag: string | null;
  /** Hash of all bytes; null until complete. */
  sha256: string | null;
  complete: boolean;
  /** Hashes of its blocks, where it has more than one and the platform could tell them. */
  blocks?: string[];
  /** The server said that this optional file does not exist, so a second load need not ask. */
  absent?: boolean;
}

/** Bytes that are read by slices, never whole. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Takes the bytes of a running download; `close` keeps what was written. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A stored file as {@link Store.list} shows it. */
export interface Stored {
  key: string;
  meta: Meta;
  bytes: number;
}

/** One place for files. */
export interface Store {
  readonly kind: CacheKind;
  /** Bytes that it has room for; null where nobody says. */
  free(): Promise<number | null>;
  /** Waits until no other process downloads this file; `onWait` is called once if somebody does. */
  take?(key: string, onWait: () => void, signal?: AbortSignal): Promise<void>;
  /** Sidecar and number of bytes present. */
  stat(key: string): Promise<{ meta: Meta | null; bytes: number }>;
  /** Records the sidecar, cuts the file to `offset` bytes and appends from there. */
  write(key: string, meta: Meta, offset: number): Promise<Sink>;
  /** Replaces the sidecar. */
  seal(key: string, meta: Meta): Promise<void>;
  open(key: string): Promise<ByteSource>;
  remove(key: string): Promise<void>;
  list(): Promise<Stored[]>;
}

/** What the browser still grants to this origin. */
export async function granted(): Promise<number | null> {
  const storage = (globalThis.navigator as Navigator | undefined)?.storage;
  const estimate = await storage?.estimate?.().catch(() => undefined);
  return estimate?.quota === undefined || estimate.usage === undefined ? null : estimate.quota - estimate.usage;
}

/** Slices of a `Blob` or `File`. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** The sidecar in JSON text, or null when it is not one (a cut write, another version). */
export function parseMeta(text: string): Meta | null {
  try {
    const meta = JSON.parse(text) as Partial<Meta> | null;
    return typeof meta?.url === "string" && typeof meta.complete === "boolean" ? (meta as Meta) : null;
  } catch {
    return null;
  }
}
