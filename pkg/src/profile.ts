/**
 * A profile belongs to one set of weights: it is used only when their hash is the one that it names.
 */

import { type DownloadContext, hashInto } from "./download.js";
import { SemgradError } from "./errors.js";
import type { Gathered } from "./files.js";

/** The hash that a profile names; null when it names none. */
function wantedHash(profile: string): string | null {
  try {
    const key = (JSON.parse(profile) as { key?: { weights?: unknown } } | null)?.key?.weights;
    return typeof key === "string" ? key : null;
  } catch (cause) {
    throw new SemgradError("bad_input", "the profile is not JSON", "Pass the profile as it was written.", { cause });
  }
}

/** SHA-256 of the weight files, one after the other in order of their names. */
async function weightsHash({ files, facts }: Gathered, context: DownloadContext): Promise<string> {
  const weights = files.filter((file) => /\.(gguf|safetensors)$/i.test(file.name));
  const [only] = weights;
  const known = weights.length === 1 ? facts.find((fact) => fact.name === only?.name)?.sha256 : null;
  if (known) return known;
  const hasher = context.hasher();
  try {
    for (const file of weights.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      await hashInto(hasher, file.name, file, context);
    }
    return hasher.hex();
  } finally {
    hasher.free();
  }
}

/** The profile if it fits the weights; otherwise a warning, and the model runs without. */
export async function fittingProfile(
  profile: string | undefined,
  gathered: Gathered,
  context: DownloadContext,
): Promise<{ profile?: string }> {
  if (profile === undefined) return {};
  const wanted = wantedHash(profile);
  if (wanted === null || wanted === (await weightsHash(gathered, context))) return { profile };
  context.onProgress({ phase: "warning", message: "the profile belongs to other weights and is not used" });
  return {};
}
