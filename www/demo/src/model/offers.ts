/**
 * The models that the page offers: those that its own server holds, then those known by name, and whether they are on
 * this machine already.
 */

import { type CacheEntry, cache, KNOWN_MODELS, type KnownModel, type LoadOptions, type ModelInfo } from "semgrad";
import { judgesOthers, rightOf100 } from "../../../shared/models.js";

/** One line of the list. */
export interface Offer {
  name: string;
  size: number;
  /** Of 100 test questions, how many it got right; null where nobody tried. */
  right: number | null;
  /** Whether it can judge answers of others; null where nobody tried. */
  judges: boolean | null;
  license: string | null;
  chat: boolean;
  /** First argument of `load`. */
  source: string;
  options: LoadOptions;
  /** Where it comes from, or once came from. */
  origin: { kind: "page" } | { kind: "hub"; host: string };
  cached: boolean;
  /** Bytes that an earlier, cut download left here. */
  partial: number;
}

/** The folder of an encoder that the page's own server offers for comparing answers. */
export interface ServedEncoder {
  engine: "embed" | "nli";
  name: string;
  url: string;
}

/** What `models/index.json` lists. */
interface Served {
  file?: string;
  folder?: string;
  size: number;
  encoder?: "embed" | "nli";
}

async function servedModels(): Promise<Served[]> {
  try {
    const response = await fetch(new URL("./models/index.json", document.baseURI));
    if (!response.ok) return [];
    const { models } = (await response.json()) as { models?: Served[] };
    return Array.isArray(models) ? models.filter((model) => typeof model.size === "number") : [];
  } catch {
    // No list, or no network: the known models remain.
    return [];
  }
}

/** What is on this machine of the files of that hash, or else at that address. */
function present(entries: CacheEntry[], sha256: string | undefined, url: string) {
  const own = entries.filter((entry) => (sha256 ? entry.key === sha256 : entry.url.startsWith(url)));
  const cut = own.filter((entry) => !entry.complete);
  return {
    cached: own.length > 0 && cut.length === 0,
    partial: cut.reduce((sum, entry) => sum + entry.bytes, 0),
  };
}

const addressOf = (path: string) =>
  new URL(`./models/${path.split("/").map(encodeURIComponent).join("/")}`, document.baseURI).href;

function fromPage(served: Served, entries: CacheEntry[]): Offer {
  const path = served.file ?? `${served.folder}/`;
  const url = addressOf(path);
  // The size is enough to recognize it; the hash is checked while loading.
  const known = KNOWN_MODELS.find((model) => model.size === served.size);
  return {
    name: known?.name ?? path.replace(/\.gguf$|\/$/i, ""),
    size: served.size,
    right: rightOf100(known?.sha256),
    judges: judgesOthers(known?.sha256),
    license: known?.license ?? null,
    chat: known?.chat ?? true,
    source: url,
    options: known ? { integrity: known.sha256 } : {},
    origin: { kind: "page" },
    ...present(entries, known?.sha256, url),
  };
}

/** Null for a file that cannot be fetched and is not here. */
function fromHub(known: KnownModel, entries: CacheEntry[]): Offer | null {
  const { name, size, sha256, license, chat, baseUrl } = known;
  const here = present(entries, sha256, "");
  if (baseUrl === null && !here.cached) return null;
  const origin = { kind: "hub" as const, host: baseUrl === null ? location.host : new URL(baseUrl).host };
  // A cached file is found by its hash, so an address that is never used will do.
  const options = baseUrl === null ? { baseUrl: new URL("./models/", document.baseURI) } : {};
  const [right, judges] = [rightOf100(sha256), judgesOthers(sha256)];
  return { name, size, right, judges, license, chat, source: name, options, origin, ...here };
}

/** Everything on offer; models that this page serves come first. */
export async function findOffers(): Promise<Offer[]> {
  const [served, entries] = await Promise.all([servedModels(), cache.list().catch(() => [])]);
  const known = (size: number) => KNOWN_MODELS.some((model) => model.size === size);
  // Known models first: they have been tried.
  const own = served
    .filter((model) => !model.encoder)
    .sort((a, b) => Number(known(b.size)) - Number(known(a.size)) || a.size - b.size)
    .map((model) => fromPage(model, entries));
  const names = new Set(own.map((offer) => offer.name));
  const others = KNOWN_MODELS.filter((model) => !names.has(model.name)).map((model) => fromHub(model, entries));
  return [...own, ...others.filter((offer) => offer !== null)];
}

/** Encoders that the page's own server offers. */
export async function servedEncoders(): Promise<ServedEncoder[]> {
  const served = await servedModels();
  return served.flatMap(({ folder, encoder }) =>
    folder && encoder ? [{ engine: encoder, name: folder, url: addressOf(`${folder}/`) }] : [],
  );
}

/** Whether a model that was loaded can be loaded again without a download: each of its files is kept here as a whole. */
export async function areHere(files: ModelInfo["files"]): Promise<boolean> {
  const entries = await cache.list().catch(() => []);
  const whole = new Set(entries.filter(({ complete }) => complete).flatMap(({ key, sha256 }) => [key, sha256]));
  return files.every(({ sha256 }) => whole.has(sha256));
}
