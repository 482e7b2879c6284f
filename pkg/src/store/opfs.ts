/**
 * The origin's private file system: `semgrad/<key>` and `semgrad/<key>.json`.
 */

import { SemgradError } from "../errors.js";
import {
  type ByteSource,
  blobSource,
  granted,
  type Meta,
  parseMeta,
  type Sink,
  type Store,
  type Stored,
} from "./store.js";

/** Only in workers, hence not in the window's type library. */
interface SyncAccessHandle {
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

type Handle = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncAccessHandle> };

const FOLDER = "semgrad";
const SIDECAR = ".json";

/** Bytes between flushes: what a crash of the browser can cost. */
const FLUSH_EVERY = 16 * 1024 * 1024;

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === "NotFoundError";
}

function isReplaced(error: unknown): boolean {
  return error instanceof Error && error.name === "NotReadableError";
}

/** How often a file that is replaced while it is read is read anew. */
const AGAIN = 3;

/** The store, or null where the browser has no such file system (or refuses it, as private windows may). */
export async function openOpfs(): Promise<Store | null> {
  const storage = (globalThis.navigator as Navigator | undefined)?.storage;
  if (typeof storage?.getDirectory !== "function") return null;
  try {
    const root = await storage.getDirectory();
    return new OpfsStore(await root.getDirectoryHandle(FOLDER, { create: true }));
  } catch {
    return null;
  }
}

class OpfsStore implements Store {
  readonly kind = "opfs";

  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  free(): Promise<number | null> {
    return granted();
  }

  async stat(key: string): Promise<{ meta: Meta | null; bytes: number }> {
    const sidecar = await this.text(key + SIDECAR);
    const data = await this.file(key);
    return { meta: sidecar === null ? null : parseMeta(sidecar), bytes: data?.size ?? 0 };
  }

  /** The text of a file; null where there is none. Another tab may replace it while it is read: then it is read anew. */
  private async text(name: string): Promise<string | null> {
    for (let again = AGAIN; ; again--) {
      try {
        return (await (await this.file(name))?.text()) ?? null;
      } catch (error) {
        if (again === 0 || !(isNotFound(error) || isReplaced(error))) throw error;
      }
    }
  }

  async write(key: string, meta: Meta, offset: number): Promise<Sink> {
    await this.seal(key, meta);
    const handle: Handle = await this.folder.getFileHandle(key, { create: true });
    return handle.createSyncAccessHandle
      ? syncSink(await handle.createSyncAccessHandle(), offset)
      : streamSink(await handle.createWritable({ keepExistingData: true }), offset);
  }

  async seal(key: string, meta: Meta): Promise<void> {
    // A writable stream replaces the file only when it closes, so a cut leaves the old sidecar, not half of one.
    const handle = await this.folder.getFileHandle(key + SIDECAR, { create: true });
    const stream = await handle.createWritable();
    await stream.write(JSON.stringify(meta));
    await stream.close();
  }

  async open(key: string): Promise<ByteSource> {
    // A File rather than an access handle: it takes no lock, so two tabs can read the same weights.
    return blobSource(await (await this.folder.getFileHandle(key)).getFile());
  }

  async remove(key: string): Promise<void> {
    for (const name of [key + SIDECAR, key]) {
      await this.folder.removeEntry(name).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
  }

  async list(): Promise<Stored[]> {
    const stored: Stored[] = [];
    for await (const name of this.folder.keys()) {
      if (!name.endsWith(SIDECAR)) continue;
      const key = name.slice(0, -SIDECAR.length);
      const { meta, bytes } = await this.stat(key);
      if (meta) stored.push({ key, meta, bytes });
    }
    return stored;
  }

  private async file(name: string): Promise<File | null> {
    try {
      return await (await this.folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }
}

function syncSink(handle: SyncAccessHandle, offset: number): Sink {
  let at = offset;
  let flushed = offset;
  handle.truncate(offset);
  return {
    async write(chunk) {
      const written = handle.write(chunk, { at });
      at += written;
      if (written < chunk.length) {
        throw new SemgradError(
          "quota_exceeded",
          `the browser's storage is full after ${at} bytes`,
          'Free some space, remove other models, or use cache: "none".',
        );
      }
      if (at - flushed >= FLUSH_EVERY) {
        handle.flush();
        flushed = at;
      }
    },
    async close() {
      handle.flush();
      handle.close();
    },
  };
}

async function streamSink(stream: FileSystemWritableFileStream, offset: number): Promise<Sink> {
  await stream.truncate(offset);
  await stream.seek(offset);
  return {
    write: (chunk) => stream.write(chunk as Uint8Array<ArrayBuffer>),
    close: () => stream.close(),
  };
}
