/**
 * A profile, or a file of probes, belongs to one set of weights: it is used only when their hash is the one that it
 * names.
 */

import { type DownloadContext, hashInto } from "./download.js";
import { SemgradError } from "./errors.js";
import type { Gathered } from "./files.js";

/** What belongs to a model, as people call it. */
type What = "profile" | "probes";

/** The hash that a file names; null when it names none. */
function wantedHash(what: What, json: string): string | null {
  try {
    const key = (JSON.parse(json) as { key?: { weights?: unknown } } | null)?.key?.weights;
    return typeof key === "string" ? key : null;
  } catch (cause) {
    throw new SemgradError("bad_input", `the ${what} option is not JSON`, "Pass the file as it was written.", {
      cause,
    });
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

/** The file if it fits the weights; otherwise a warning, and the model runs without. */
export async function fitting(
  what: What,
  json: string | undefined,
  gathered: Gathered,
  context: DownloadContext,
): Promise<string | undefined> {
  if (json === undefined) return undefined;
  const wanted = wantedHash(what, json);
  if (wanted === null || wanted === (await weightsHash(gathered, context))) return json;
  context.onProgress({ phase: "warning", message: `the ${what} option belongs to other weights and is not used` });
  return undefined;
}
