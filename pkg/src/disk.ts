/**
 * The machine's own files, in Node and in what has its modules (Deno, Bun). They are asked for while the program runs and by
 * a name that no bundler follows: nothing of Node gets into what pages load.
 */

import { badInput, SemgradError } from "./errors.js";
import type { ByteSource } from "./store/store.js";

/** What is known of a file. */
interface Stats {
  size: number;
  mtimeMs: number;
  isDirectory(): boolean;
}

/** An open file. */
export interface OpenFile {
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(from: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(size: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The little of Node's modules that is used. */
interface Modules {
  "node:fs": {
    existsSync(path: string): boolean;
    readdirSync(path: string): string[];
    statSync(path: string): Stats;
    promises: {
      mkdir(path: string): Promise<unknown>;
      open(path: string, flags: "r" | "r+" | "w"): Promise<OpenFile>;
      readdir(path: string): Promise<string[]>;
      readFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>>;
      rename(from: string, to: string): Promise<void>;
      rm(path: string, how: { force: true }): Promise<void>;
      stat(path: string): Promise<Stats>;
      statfs(path: string): Promise<{ bavail: number; bsize: number }>;
      utimes(path: string, accessed: number, modified: number): Promise<void>;
      writeFile(path: string, text: string): Promise<void>;
    };
  };
  "node:os": { totalmem(): number };
  "node:path": {
    basename(path: string): string;
    dirname(path: string): string;
    isAbsolute(path: string): boolean;
    join(...parts: string[]): string;
    resolve(path: string): string;
  };
  "node:url": { fileURLToPath(url: URL): string };
}

interface Process {
  env: Record<string, string | undefined>;
  platform: string;
  versions?: { node?: string };
  getBuiltinModule?<N extends keyof Modules>(name: N): Modules[N];
}

/** Files, paths and settings of the machine. */
export interface Disk {
  fs: Modules["node:fs"];
  path: Modules["node:path"];
  toPath: (url: URL) => string;
  platform: string;
  /** Bytes of memory that the machine has; null where asking is not free: Deno would ask the user. */
  memory(): number | null;
  /** An environment variable; null without one, and where nobody may look. */
  variable(name: string): string | null;
}

/** The machine's files; null where there are none, and in pages, where a path is an address. */
export function disk(): Disk | null {
  return "document" in globalThis ? null : machine();
}

function machine(): Disk | null {
  const { process } = globalThis as { process?: Process };
  if (process?.versions?.node === undefined || !process.getBuiltinModule) return null;
  const os = process.getBuiltinModule("node:os");
  return {
    fs: process.getBuiltinModule("node:fs"),
    path: process.getBuiltinModule("node:path"),
    toPath: process.getBuiltinModule("node:url").fileURLToPath,
    platform: process.platform,
    memory: () => ("Deno" in globalThis ? null : os.totalmem()),
    variable(name) {
      try {
        return process.env[name] || null;
      } catch {
        return null;
      }
    },
  };
}

/** The home folder, for `~`; null where nobody says. */
export function home({ variable }: Disk): string | null {
  return variable("HOME") ?? variable("USERPROFILE");
}

/** Where models are kept unless the caller says otherwise; the command line keeps them there too. */
export function cacheFolder(disk: Disk): string | null {
  const { path, platform, variable } = disk;
  const named = variable("XDG_CACHE_HOME");
  const own = home(disk);
  const folder = () => {
    if (named && path.isAbsolute(named)) return named;
    if (platform === "win32") return variable("LOCALAPPDATA");
    return own && path.join(own, ...(platform === "darwin" ? ["Library", "Caches"] : [".cache"]));
  };
  const caches = folder();
  return caches && path.join(caches, "semgrad", "models");
}

/** A file of the package's own; null where fetching is the way: Node cannot fetch `file:` addresses, Deno can. */
export async function fromDisk(url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  const files = url.protocol === "file:" && !("Deno" in globalThis) && machine();
  return files ? files.fs.promises.readFile(url) : null;
}

/** A file that is read by slices; it is open only while one is read, so that nobody has to close it. */
export async function fileSource({ fs }: Disk, path: string): Promise<ByteSource> {
  const unreadable = (thrown: unknown) => {
    throw thrown instanceof SemgradError ? thrown : fileError(thrown, `${path} cannot be read`);
  };
  const { size } = await fs.promises.stat(path).catch(unreadable);
  const read = async (offset: number, length: number) => {
    const bytes = new Uint8Array(length);
    const file = await fs.promises.open(path, "r");
    try {
      for (let at = 0; at < length; ) {
        const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
        if (bytesRead === 0) throw badInput(`${path} became shorter while it was read`, "Load it again.");
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes;
  };
  return { size, read: (offset, length) => read(offset, length).catch(unreadable) };
}

/** What the system says about a file, as an error of ours. */
export function fileError(cause: unknown, message: string): SemgradError {
  const { code, message: reason } = cause as { code?: string; message?: string };
  if (code === "ENOSPC" || code === "EDQUOT") {
    const advice = 'Free disk space, name another folder as cacheDir, or use cache: "none".';
    return new SemgradError("quota_exceeded", `${message}: the disk is full`, advice, { cause });
  }
  const advice = "Check that it is there and that this program may use it (Deno: --allow-read, --allow-write).";
  return badInput(`${message}: ${reason ?? String(cause)}`, advice, { cause });
}
