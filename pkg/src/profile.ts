/**
 * A profile, or a file of probes, belongs to one set of weights: it is used only when their hash is the one that it
 * names.
 */

import type { Assets } from "./assets.js";
import { type GivenCalibration, isGiven } from "./calibrate/judge.js";
import type { Calibration, Profile } from "./calibrate/types.js";
import { type DownloadContext, hashInto } from "./download.js";
import { SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import type { Gathered } from "./files.js";
import { KNOWN_MODELS } from "./models.js";
import type { ModelProfile } from "./types.js";

/** What belongs to a model, as people call it. */
type What = "profile" | "probes";

/** A profile in use. */
export interface ChosenProfile {
  json: string;
  facts: ModelProfile;
}

interface Parsed {
  key?: { weights?: unknown; prefix?: unknown; adapter?: unknown } | null;
  calibrations?: unknown;
}

function parse(what: What, json: string): Parsed {
  const advice = "Pass the file as it was written.";
  try {
    const parsed: unknown = JSON.parse(json.replace(/^\ufeff/, ""));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (cause) {
    throw new SemgradError("bad_input", `the ${what} option is not JSON`, advice, { cause });
  }
  throw new SemgradError("bad_input", `the ${what} option is no object`, advice);
}

/** The hash that a file names; null when it names none. */
function wantedHash({ key }: Parsed): string | null {
  return typeof key?.weights === "string" ? key.weights : null;
}

/** What the caller may want to know about a profile. */
function describe({ key, calibrations }: Parsed, origin: ModelProfile["origin"]): ModelProfile {
  const list: { answers?: unknown; max_tokens?: unknown }[] = Array.isArray(calibrations) ? calibrations : [];
  const answers = (["own", "given"] as const).filter((whose) => list.some((one) => one?.answers === whose));
  const most = list.find((one) => one?.answers === "own")?.max_tokens;
  const prefix = typeof key?.prefix === "string" ? key.prefix : "";
  const adapter = typeof key?.adapter === "string" ? key.adapter : null;
  return { origin, prefix, maxTokens: typeof most === "number" ? most : null, answers, adapter };
}

/** A lone file may have any name. */
function weightsOf<T extends { name: string }>(files: readonly T[]): T[] {
  return files.length === 1 ? [...files] : files.filter(({ name }) => /\.(gguf|safetensors)$/i.test(name));
}

/** SHA-256 of a single weight file where it was computed on the way here; null otherwise. */
export function knownHash({ facts }: Gathered): string | null {
  const [only, ...others] = weightsOf(facts);
  return others.length === 0 ? (only?.sha256 ?? null) : null;
}

/** SHA-256 of the weight files, one after the other in order of their names. */
export async function weightsHash(gathered: Gathered, context: DownloadContext): Promise<string> {
  const known = knownHash(gathered);
  if (known) return known;
  const hasher = context.hasher();
  try {
    const files = weightsOf(gathered.files).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const file of files) await hashInto(hasher, file.name, file, context);
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
  const wanted = wantedHash(parse(what, json));
  if (wanted === null || wanted === (await weightsHash(gathered, context))) return json;
  context.onProgress({ phase: "warning", message: `the ${what} option belongs to other weights and is not used` });
  return undefined;
}

/** The caller's profile if it fits, null for none, or else the one that the package has for these weights. */
export async function chooseProfile(
  option: string | null | undefined,
  gathered: Gathered,
  assets: Pick<Assets, "profiles" | "profile">,
  context: DownloadContext,
): Promise<ChosenProfile | null> {
  if (option === null) return null;
  if (option !== undefined) {
    const json = await fitting("profile", option, gathered, context);
    return json === undefined ? null : { json, facts: describe(parse("profile", json), "caller") };
  }
  const hash = assets.profiles.length === 0 ? null : await cheapHash(gathered, assets, context);
  const shipped = assets.profiles.find(({ weights }) => weights === hash);
  if (!shipped) return null;
  try {
    const json = await assets.profile(shipped, context.signal);
    return { json, facts: describe(parse("profile", json), "package") };
  } catch (thrown) {
    throwIfAborted(context.signal);
    const { message } = toSemgradError(thrown);
    context.onProgress({ phase: "warning", message: `there is no confidence: ${message}` });
    return null;
  }
}

/** The hash, unless a file would have to be read for it whose size is that of no model with a profile. */
async function cheapHash(
  gathered: Gathered,
  { profiles }: Pick<Assets, "profiles">,
  context: DownloadContext,
): Promise<string | null> {
  const likely = KNOWN_MODELS.filter(({ sha256 }) => profiles.some(({ weights }) => weights === sha256));
  const [only, ...others] = weightsOf(gathered.facts);
  const isLikely = others.length === 0 && likely.some(({ size }) => size === only?.size);
  return isLikely ? weightsHash(gathered, context) : knownHash(gathered);
}

/** A profile that the caller puts into use later, which must fit. */
export async function checkProfile(json: string, hash: () => Promise<string | null>): Promise<ChosenProfile> {
  const parsed = parse("profile", json);
  const wanted = wantedHash(parsed);
  if (wanted !== null && wanted !== (await hash())) {
    throw new SemgradError(
      "bad_input",
      "the profile belongs to other weights",
      "Make one for this model with semgrad calibrate, or load the model that it names.",
    );
  }
  return { json, facts: describe(parsed, "caller") };
}

/** A profile with a calibration, or with what judges answers of others, and with what one of the same key has besides. */
export function withCalibration(
  json: string,
  { weights, template, prefix, adapter }: Omit<Profile["key"], "weights"> & { weights: string | null },
  before: string | undefined,
): string {
  if (weights === null) {
    throw new SemgradError(
      "bad_input",
      "the weights are not there any more to be told by their hash",
      "Load the model with a cache, or with a profile in use.",
    );
  }
  const made = JSON.parse(json) as Calibration | GivenCalibration;
  const key = { weights, template, prefix, ...(adapter && { adapter }) };
  const old = before === undefined ? null : (JSON.parse(before) as Profile);
  const { template: model, prefix: words, adapter: worn } = old?.key ?? key;
  // Its weights are these: it was checked when it was put into use.
  const isSame = model === template && words === prefix && (worn ?? null) === (adapter ?? null);
  const kept = isSame && old ? old : { key };
  if (isGiven(made)) return JSON.stringify({ ...kept, key, given: made } satisfies Profile);
  const others = (kept.calibrations ?? []).filter(({ answers }) => answers !== made.answers);
  return JSON.stringify({ ...kept, key, calibrations: [...others, made] } satisfies Profile);
}
