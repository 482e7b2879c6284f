/** From what the user chose to what the package loads. */

import { cache, KNOWN_MODELS, type LoadOptions, type ModelSource, SemgradError } from "semgrad";
import { openFile } from "../ownFiles.js";
import type { ModelChoice } from "../settings.js";

/** First and second argument of `load`. */
export async function resolve({ kind, name, device }: ModelChoice): Promise<[ModelSource, LoadOptions]> {
  if (kind !== "file") return [name, { device }];
  const file = await openFile(name);
  if (!file)
    throw new SemgradError("bad_input", `${name} is not here any more`, "Choose the file again in the options.");
  return [file, { device }];
}

/** Whether it can be loaded without any request. */
export async function isOnMachine({ kind, name }: ModelChoice): Promise<boolean> {
  if (kind === "file") return (await openFile(name)) !== null;
  const sha256 = KNOWN_MODELS.find((known) => known.name === name)?.sha256;
  const entries = (await cache.list()).filter((entry) =>
    sha256 ? entry.sha256 === sha256 : entry.url.startsWith(name),
  );
  return entries.length > 0 && entries.every((entry) => entry.complete);
}
