/** From what the user chose to what the package loads. */

import { cache, KNOWN_MODELS, type LoadOptions, type ModelInfo, type ModelSource, SemgradError } from "semgrad";
import { openFile } from "../ownFiles.js";
import type { ModelChoice } from "../settings.js";

/** First and second argument of `load`. */
export async function resolve(choice: ModelChoice): Promise<[ModelSource, LoadOptions]> {
  const { kind, name, device, profile } = choice;
  const options: LoadOptions = { device, ...(profile === undefined ? {} : { profile }) };
  if (kind !== "file") return [name, options];
  const file = await openFile(name);
  if (!file)
    throw new SemgradError("bad_input", `${name} is not here any more`, "Choose the file again in the options.");
  return [file, options];
}

const notes = ({ kind, name }: ModelChoice) => `files of ${kind} ${name}`;

/** Keeps the hashes of what was read, by which the files are found again, whatever their addresses became on the way. */
export function note(choice: ModelChoice, { files }: ModelInfo): void {
  localStorage.setItem(notes(choice), JSON.stringify(files.map((file) => file.sha256)));
}

function noted(choice: ModelChoice): string[] {
  const known = KNOWN_MODELS.find(({ name }) => choice.kind === "known" && name === choice.name);
  return known ? [known.sha256] : (JSON.parse(localStorage.getItem(notes(choice)) ?? "[]") as string[]);
}

/** Whether it can be loaded without any request. */
export async function isOnMachine(choice: ModelChoice): Promise<boolean> {
  if (choice.kind === "file") return (await openFile(choice.name)) !== null;
  const wanted = noted(choice);
  const here = new Set((await cache.list()).filter((entry) => entry.complete).map((entry) => entry.sha256));
  return wanted.length > 0 && wanted.every((sha256) => here.has(sha256));
}
