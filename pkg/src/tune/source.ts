/** From the adapter that a caller names to the files to read. Nothing is fetched here. */

import { badInput } from "../errors.js";
import { HUB } from "../hub/name.js";
import { checkIntegrity } from "../integrity.js";
import { pathOf, placeAt } from "../paths.js";
import {
  ADAPTER_FILES,
  fileEntries,
  type ResolvedSource,
  repositoryOf,
  resolveFiles,
  resolvePlace,
  resolveRepository,
  resolveUrl,
} from "../source.js";
import type { AdapterSource } from "../types.js";
import { Adapter, type AdapterFile } from "./adapter.js";
import type { AdapterOptions } from "./types.js";

/** Checks what the caller named. */
export function resolveAdapter(
  source: AdapterSource,
  integrity: AdapterOptions["integrity"],
  hub: string = HUB,
): ResolvedSource {
  checkIntegrity(integrity);
  if (source instanceof Adapter) return resolveFiles(blobs(source.files()), [], integrity);
  if (typeof source === "string" || source instanceof URL) return resolveNamed(source, integrity, hub);
  if (source instanceof Blob) {
    const name = (source as Partial<File>).name || "adapter.gguf";
    return resolveFiles([[name, source]], [], integrity);
  }
  const entries = isRead(source) ? blobs(source) : fileEntries(source);
  if (entries) return resolveFiles(entries, [], integrity);
  throw badInput("not an adapter", "Give one that was trained or opened here, owner/name, its files, or their URL.");
}

function resolveNamed(source: string | URL, integrity: AdapterOptions["integrity"], hub: string): ResolvedSource {
  if (String(source).trim() === "") throw badInput("no adapter named", "Give owner/name, a path, a URL or files.");
  const path = pathOf(source);
  const place = path === null ? null : placeAt(path, []);
  if (place) return resolvePlace(place, [], integrity);
  const repository = repositoryOf(source, hub);
  if (repository) return resolveRepository(repository, "adapter", ADAPTER_FILES, integrity);
  if (path !== null) {
    throw badInput(
      `no such file or folder: ${source}`,
      "Give the path of a GGUF file or of a PEFT folder, owner/name, as on Hugging Face, or a full URL.",
    );
  }
  const resolved = resolveUrl(source, [], integrity, hub);
  return resolved.kind === "folder" ? { ...resolved, isAdapter: true } : resolved;
}

function isRead(source: Exclude<AdapterSource, Adapter | string | URL | Blob>): source is readonly AdapterFile[] {
  const isFile = (one: Partial<AdapterFile> | null) => typeof one?.name === "string" && ArrayBuffer.isView(one.bytes);
  return Array.isArray(source) && source.length > 0 && source.every(isFile);
}

const blobs = (files: readonly AdapterFile[]) =>
  files.map(({ name, bytes }): [string, Blob] => [name, new Blob([bytes])]);
