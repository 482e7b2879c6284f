/** Paths as callers write them: what is one, and which files are there. */

import { type Disk, disk, fileError, home } from "./disk.js";
import { badInput } from "./errors.js";
import { partsOf } from "./parts.js";

/** A file of this machine; plain data, so that it crosses to the worker. */
export interface DiskFile {
  path: string;
}

/** What lies at a path: a file, the parts of a model that it is one of, or the files of a folder by their paths in it. */
export interface Place {
  name: string;
  isFolder: boolean;
  files: [string, DiskFile][];
}

/** A scheme has two letters at least: one is a Windows drive. */
const FETCHED = /^(https?|blob|data):|^[a-z][a-z\d+.-]+:\/\//i;

/** The absolute path that a text or a `file:` URL means; null for an address, and where there are no paths. */
export function pathOf(source: string | URL): string | null {
  const files = disk();
  if (!files) return null;
  const text = String(source);
  if (/^file:/i.test(text)) {
    try {
      return files.toPath(new URL(text));
    } catch (cause) {
      throw badInput(`not a path: ${text}`, "Write file:///, then an absolute path.", { cause });
    }
  }
  if (source instanceof URL || FETCHED.test(text)) return null;
  return absolutePath(files, text);
}

/** The absolute path of one that may begin with `~` or be relative to where the program runs. */
export function absolutePath(files: Disk, path: string): string {
  const own = /^~(?=$|[\\/])/.test(path) ? home(files) : null;
  return files.path.resolve(own ? own + path.slice(1) : path);
}

/** The absolute path of the folder that the option `cacheDir` names, if it does. */
export function namedFolder(cacheDir: unknown): string | undefined {
  if (cacheDir === undefined) return undefined;
  if (typeof cacheDir !== "string" || cacheDir === "") throw badInput("cacheDir is no path", "Give that of a folder.");
  const files = disk();
  if (!files) throw badInput("cacheDir is of no use here", "Only Node, Deno and Bun have folders: leave it out.");
  return absolutePath(files, cacheDir);
}

/**
 * What lies there; null for nothing. Of a folder all files of its own, and those in folders below that are looked for.
 */
export function placeAt(path: string, wanted: readonly string[]): Place | null {
  const files = disk();
  if (!files) return null;
  const { fs, path: paths } = files;
  const at = (name: string): [string, DiskFile] => [name, { path: paths.join(path, name) }];
  try {
    const name = paths.basename(path);
    if (!fs.statSync(path).isDirectory()) {
      const beside = (part: string) => paths.join(paths.dirname(path), part);
      // The module names those that are missing.
      const parts = partsOf(name).filter((part) => part === name || fs.existsSync(beside(part)));
      return { name, isFolder: false, files: parts.map((part) => [part, { path: beside(part) }]) };
    }
    const below = wanted.filter((inner) => inner.includes("/") && fs.existsSync(paths.join(path, inner)));
    return { name, isFolder: true, files: [...fs.readdirSync(path), ...below].map(at) };
  } catch (thrown) {
    if (/^(ENOENT|ENOTDIR)$/.test((thrown as { code?: string }).code ?? "")) return null;
    throw fileError(thrown, `${path} cannot be read`);
  }
}
