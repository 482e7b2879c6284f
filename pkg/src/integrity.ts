/** Hashes that a caller gives: how they are written, and which files they are of. */

import { badInput, SemgradError } from "./errors.js";
import type { LoadOptions } from "./types.js";

/** `integrity` as lower-case hex. */
export function normalizeSha256(value: string): string {
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  const base64 = /^sha256-([A-Za-z0-9+/]{43}=)$/.exec(value)?.[1];
  if (!base64) throw badInput(`not a SHA-256: ${value}`, "Give 64 hex digits or sha256-<base64>.");
  return Array.from(atob(base64), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

/** Hashes are a text, or texts by file name. */
export function checkIntegrity(integrity: LoadOptions["integrity"]): void {
  const isText = typeof integrity === "string" || integrity === undefined;
  if (isText || (typeof integrity === "object" && integrity !== null && !Array.isArray(integrity))) return;
  throw badInput("integrity is no SHA-256", "Give 64 hex digits or sha256-<base64>; for a folder { file: hash }.");
}

/** Hashes by file: one for an only file, or by the files' names. A hash of no file would be ignored, so it is refused. */
export function hashesOf(integrity: LoadOptions["integrity"], names: readonly string[]): Record<string, string> {
  if (integrity === undefined) return {};
  const [only, ...others] = names;
  if (typeof integrity === "string") {
    if (only === undefined || others.length > 0) throw oneForMany();
    return { [only]: normalizeSha256(integrity) };
  }
  const given = Object.entries(integrity).filter(([, value]) => value !== undefined);
  const stray = given.find(([name]) => !names.includes(name));
  if (stray) throw badInput(`integrity names ${stray[0]}, which is not read`, `There are ${names.join(", ")}.`);
  return Object.fromEntries(given.map(([name, value]) => [name, normalizeSha256(value)]));
}

/** Hashes of the files that a known name stands for, with the caller's, which must be the same where both say one. */
export function pinned(
  what: string,
  files: Readonly<Record<string, string | null>>,
  integrity: LoadOptions["integrity"],
): Record<string, string> {
  const own = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null);
  const hashes = Object.fromEntries(own);
  const given = hashesOf(integrity, Object.keys(files));
  for (const [name, wanted] of Object.entries(given)) {
    const sha256 = hashes[name] ?? wanted;
    if (sha256 === wanted) continue;
    throw new SemgradError(
      "integrity_mismatch",
      `${what} is another file than expected: SHA-256 of ${name} is ${sha256}, expected ${wanted}`,
      "A known name is compared with its own hashes: leave integrity out, or load your file by its address.",
    );
  }
  return { ...hashes, ...given };
}

/** The error of one hash for files that are many. */
export const oneForMany = () =>
  badInput("one hash for several files", "Give integrity as an object: file name to SHA-256.");
