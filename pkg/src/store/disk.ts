/**
 * A folder of the machine. A complete file lies there as `NAME`, with what is known of it in `NAME.json`; one that is
 * coming as `NAME.TOKEN.part`, likewise, until it is renamed. Every download has a part of its own, which no other process
 * writes into. Parts that nobody has written into for a while were cut: the next download makes them its own.
 */

import { cacheFolder, type Disk, disk, fileError, fileSource } from "../disk.js";
import { SemgradError, throwIfAborted } from "../errors.js";
import { cachedName, cachedUnder } from "../models.js";
import { absolutePath } from "../paths.js";
import { type ByteSource, type Meta, parseMeta, type Sink, type Store, type Stored } from "./store.js";

/** The sidecar of a complete file says when that was written: one that somebody exchanged is to be hashed again. */
type Sheet = Meta & { modified?: number };

/** A download of a process that may have ended. */
interface Part {
  name: string;
  size: number;
  modified: number;
}

const SIDECAR = ".json";
const PART = /\.[0-9a-f]{8}\.part$/;
/** Milliseconds without a byte after which a download was cut, not only slow; the command line waits 30 s for the next one. */
const QUIET = 45_000;
const LOOK_EVERY = 500;

/**
 * The store in a folder, by default that of the machine's user; null where there is none to write to.
 *
 * @throws {SemgradError} `bad_input` where a folder that was named cannot be written to
 */
export async function openDisk(folder?: string): Promise<Store | null> {
  const store = diskStore(folder);
  if (!store) return null;
  try {
    await store.begin();
    return store;
  } catch (thrown) {
    if (folder !== undefined) throw fileError(thrown, `${store.folder} cannot keep models`);
    return null;
  }
}

/** The same, to be looked into: nothing is made or tried. */
export function diskStore(folder?: string): DiskStore | null {
  const files = disk();
  const place = files && (folder === undefined ? cacheFolder(files) : absolutePath(files, folder));
  return files && place ? new DiskStore(files, place) : null;
}

class DiskStore implements Store {
  readonly kind = "disk";
  private readonly fs: Disk["fs"]["promises"];
  /** Parts of this store, by the names of the files that they become. */
  private readonly own = new Map<string, string>();

  constructor(
    private readonly disk: Disk,
    readonly folder: string,
  ) {
    this.fs = disk.fs.promises;
  }

  async begin(): Promise<void> {
    await this.make(this.folder);
    // Tried, not looked up: rights say little about a disk that can only be read, and Deno does not tell them.
    const probe = this.at(`${crypto.randomUUID()}.probe`);
    await this.fs.writeFile(probe, "");
    await this.fs.rm(probe, { force: true });
  }

  /** Folder by folder: Node's `recursive` never ends where the file system denies what lies in it, as in `/proc`. */
  private async make(folder: string): Promise<void> {
    const isThere = await this.fs.stat(folder).then(
      () => true,
      () => false,
    );
    const parent = this.disk.path.dirname(folder);
    if (isThere || parent === folder) return;
    await this.make(parent);
    await this.fs.mkdir(folder).catch((thrown: { code?: string }) => {
      // Another process was faster.
      if (thrown.code !== "EEXIST") throw thrown;
    });
  }

  async free(): Promise<number | null> {
    return this.fs.statfs(this.folder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    );
  }

  /** Waits while another process downloads the same, and takes over what an earlier one left. */
  async take(key: string, onWait: () => void, signal?: AbortSignal): Promise<void> {
    const name = cachedName(key);
    for (let isFirst = true; ; isFirst = false) {
      throwIfAborted(signal);
      if ((await this.facts(name)) || this.own.has(name)) return;
      const parts = (await this.parts(name)).sort((a, b) => b.size - a.size);
      if (!parts.some(isFresh)) return this.adopt(name, parts);
      if (isFirst) onWait();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }

  async stat(key: string): Promise<{ meta: Meta | null; bytes: number }> {
    const name = cachedName(key);
    const own = this.own.get(name);
    const whole = await this.whole(name);
    if (whole.meta || !own) return whole;
    return { meta: await this.sheet(own), bytes: (await this.facts(own))?.size ?? 0 };
  }

  async write(key: string, meta: Meta, offset: number): Promise<Sink> {
    const name = cachedName(key);
    const part = this.own.get(name) ?? partOf(name);
    return this.trying(part, async () => {
      const file = await this.fs.open(this.at(part), offset > 0 ? "r+" : "w");
      this.own.set(name, part);
      await this.save(part, meta);
      await file.truncate(offset);
      let at = offset;
      return {
        write: (chunk) =>
          this.trying(part, async () => {
            for (let done = 0; done < chunk.length; ) {
              const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at);
              done += bytesWritten;
              at += bytesWritten;
            }
          }),
        close: () =>
          this.trying(part, async () => {
            await file.sync().finally(() => file.close());
            // Nobody has to wait and see whether more comes.
            await this.fs.utimes(this.at(part), 0, 0).catch(() => undefined);
          }),
      };
    });
  }

  async seal(key: string, meta: Meta): Promise<void> {
    const name = cachedName(key);
    const part = this.own.get(name);
    await this.trying(name, async () => {
      if (part && !meta.absent) await this.publish(part, name, meta.size);
      const whole = await this.facts(name);
      await this.save(name, { ...meta, ...(whole && { modified: whole.modified }) });
      await this.clear(name);
    });
  }

  async open(key: string): Promise<ByteSource> {
    const name = cachedName(key);
    const own = this.own.get(name);
    return fileSource(this.disk, this.at(own === undefined || (await this.facts(name)) ? name : own));
  }

  async remove(key: string): Promise<void> {
    const name = cachedName(key);
    await this.trying(name, async () => {
      await this.clear(name);
      for (const file of [name + SIDECAR, name]) await this.fs.rm(this.at(file), { force: true });
    });
  }

  async list(): Promise<Stored[]> {
    const files = await this.fs.readdir(this.folder).catch(() => []);
    const names = new Set(files.map((file) => file.replace(SIDECAR_END, "").replace(PART, "")));
    const stored: Stored[] = [];
    for (const name of names) {
      const key = cachedUnder(name);
      if (key === null) continue;
      const { meta, bytes } = await this.whole(name);
      const [part] = meta ? [] : await this.parts(name);
      const coming = part && (await this.sheet(part.name));
      if (meta) stored.push({ key, meta, bytes });
      else if (coming) stored.push({ key, meta: coming, bytes: part.size });
    }
    return stored;
  }

  /** The complete file. One that was not written with its sidecar is for now taken for a download that only lacks its hash. */
  private async whole(name: string): Promise<{ meta: Meta | null; bytes: number }> {
    const [sheet, file] = [await this.sheet(name), await this.facts(name)];
    if (sheet?.absent) return { meta: sheet, bytes: 0 };
    if (!file) return { meta: null, bytes: 0 };
    const { size, modified } = file;
    const isProven = sheet?.complete && sheet.size === size && sheet.modified === modified;
    const found: Meta = { name, url: sheet?.url ?? "", size, etag: null, sha256: null, complete: false };
    return { meta: isProven ? sheet : found, bytes: size };
  }

  /** Makes the longest part this store's own. */
  private async adopt(name: string, parts: Part[]): Promise<void> {
    for (const part of parts) {
      const own = partOf(name);
      try {
        await this.fs.rename(this.at(part.name), this.at(own));
      } catch {
        // Another process was faster.
        continue;
      }
      const now = Date.now() / 1000;
      await this.fs.utimes(this.at(own), now, now).catch(() => undefined);
      await this.fs.rename(this.at(part.name + SIDECAR), this.at(own + SIDECAR)).catch(() => undefined);
      this.own.set(name, own);
      return;
    }
  }

  /** Gives a part its name; the same file may have come by another process in the meantime, and be open. */
  private async publish(part: string, name: string, size: number | null): Promise<void> {
    try {
      await this.fs.rename(this.at(part), this.at(name));
    } catch (thrown) {
      if ((await this.facts(name))?.size !== size) throw thrown;
    }
  }

  /** Removes this store's part, and parts that were cut. */
  private async clear(name: string): Promise<void> {
    const own = this.own.get(name);
    const cut = (await this.parts(name)).filter((part) => !isFresh(part)).map((part) => part.name);
    for (const part of [...cut, ...(own ? [own] : [])]) {
      await this.fs.rm(this.at(part), { force: true });
      await this.fs.rm(this.at(part + SIDECAR), { force: true });
    }
    this.own.delete(name);
  }

  /** All parts of a file but this store's own. */
  private async parts(name: string): Promise<Part[]> {
    const files = await this.fs.readdir(this.folder).catch(() => []);
    const names = files.filter((file) => PART.test(file) && file.replace(PART, "") === name);
    const others = names.filter((file) => file !== this.own.get(name));
    const parts = await Promise.all(others.map(async (part) => ({ name: part, file: await this.facts(part) })));
    return parts.flatMap(({ name, file }) => (file ? [{ name, ...file }] : []));
  }

  private async facts(name: string): Promise<Omit<Part, "name"> | null> {
    return this.fs.stat(this.at(name)).then(
      // Not every runtime tells fractions.
      ({ size, mtimeMs }) => ({ size, modified: Math.floor(mtimeMs) }),
      () => null,
    );
  }

  private async sheet(name: string): Promise<Sheet | null> {
    const bytes = await this.fs.readFile(this.at(name + SIDECAR)).catch(() => null);
    return bytes && parseMeta(new TextDecoder().decode(bytes));
  }

  private async save(name: string, sheet: Sheet): Promise<void> {
    // Renamed when whole, so that a crash leaves no half of one.
    const [path, fresh] = [this.at(name + SIDECAR), this.at(`${partOf(name)}${SIDECAR}.new`)];
    await this.fs.writeFile(fresh, JSON.stringify(sheet));
    await this.fs.rename(fresh, path);
  }

  private at(name: string): string {
    return this.disk.path.join(this.folder, name);
  }

  private async trying<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw thrown instanceof SemgradError ? thrown : fileError(thrown, `${this.at(name)} cannot be written`);
    }
  }
}

const SIDECAR_END = /\.json(\.new)?$/;

/** A clock of another machine may be ahead. */
const isFresh = ({ modified }: Part) => Math.abs(Date.now() - modified) < QUIET;

const partOf = (name: string) => `${name}.${crypto.randomUUID().slice(0, 8)}.part`;
