/**
 * From the engines that a caller names to what the model's side can load. As for models, nothing is fetched here.
 */

import { badInput } from "./errors.js";
import { known, type Names, unknownName } from "./given.js";
import { HUB } from "./hub/name.js";
import { checkIntegrity, pinned } from "./integrity.js";
import type { EngineKind } from "./methods.js";
import { KNOWN_ENGINES, knownEngine } from "./models.js";
import { type DiskFile, type Place, pathOf, placeAt } from "./paths.js";
import {
  absolute,
  ENCODER_FILES,
  fetchable,
  fileEntries,
  type LocalFile,
  type RemoteFile,
  type ResolvedSource,
  repositoryOf,
  resolveFiles,
  resolveFolder,
  resolvePlace,
  resolveRepository,
} from "./source.js";
import type { EncoderFolder, Engines, LoadOptions } from "./types.js";

/** An encoder to be loaded; the same key means the same files. */
export interface ResolvedEncoder {
  key: string;
  source: ResolvedSource;
}

type ResolvedEngine = "lexical" | "judge" | ResolvedEncoder;

/** Engines as plain data, so that they cross to the worker. */
export type ResolvedEngines = Partial<Record<EngineKind, ResolvedEngine>>;

const KINDS = ["embed", "nli"] as const satisfies readonly EngineKind[];

/** Checks names and addresses. */
export function resolveEngines(engines: Engines | undefined, hub: string = HUB): ResolvedEngines {
  if (engines === undefined) return {};
  if (typeof engines !== "object" || engines === null) throw badInput("engines is no object", "Give { embed, nli }.");
  const resolved: ResolvedEngines = {};
  for (const [kind, value] of Object.entries(engines)) {
    if (!(KINDS as readonly string[]).includes(kind)) throw unknownName("engine", kind, KINDS);
    if (value !== undefined) resolved[kind as EngineKind] = resolveEngine(kind as EngineKind, value, hub);
  }
  return resolved;
}

function resolveEngine(kind: EngineKind, value: NonNullable<Engines[EngineKind]>, hub: string): ResolvedEngine {
  if (value === "lexical" || (value === "judge" && kind === "nli")) return value;
  // A record of files may have one of that name, which is a Blob.
  const isDescribed =
    typeof value === "object" && value !== null && "source" in value && !(value.source instanceof Blob);
  const { source, ...how } = known((isDescribed ? value : { source: value }) as Described, DESCRIBED);
  const resolved = resolveEncoder(kind, source, how, hub);
  return { key: keyOf(resolved), source: resolved };
}

type Described = { source: EncoderFolder; integrity?: Record<string, string>; baseUrl?: string | URL };
const DESCRIBED: Names<Described> = { source: 1, integrity: 1, baseUrl: 1 };

function resolveEncoder(
  kind: EngineKind,
  source: EncoderFolder,
  how: Omit<Described, "source">,
  hub: string,
): ResolvedSource {
  checkIntegrity(how.integrity);
  if (typeof source === "string") {
    const engine = knownEngine(source);
    if (engine && engine.engine === kind) {
      const hashes = pinned(engine.name, engine.files, how.integrity);
      const small = ENCODER_FILES.filter((name) => Object.hasOwn(engine.files, name));
      return resolveFolder(absolute(how.baseUrl ?? engine.baseUrl), small, hashes);
    }
    const place = engine ? null : placeOf(source);
    if (place) return resolveFolderAt(place, how.integrity);
    const repository = engine ? null : repositoryOf(source, hub);
    if (repository) return resolveRepository(repository, "encoder", ENCODER_FILES, how.integrity);
    if (!engine && /^(https?:|\.{0,2}\/)/i.test(source)) return resolveAddress(source, how.integrity);
    const names = KNOWN_ENGINES.filter((one) => one.engine === kind).map(({ name }) => name);
    const words = kind === "nli" ? "lexical, judge" : "lexical";
    throw badInput(
      `unknown ${kind} engine: ${source}`,
      `Use ${[words, ...names].join(", ")}, owner/name, as on Hugging Face, the path or full URL of a folder, or its files.`,
    );
  }
  if (source instanceof URL) {
    const place = placeOf(source);
    if (place) return resolveFolderAt(place, how.integrity);
    const repository = repositoryOf(source, hub);
    return repository
      ? resolveRepository(repository, "encoder", ENCODER_FILES, how.integrity)
      : resolveAddress(source, how.integrity);
  }
  const entries = fileEntries(source);
  if (!entries) throw badInput(`not an engine: ${kind}`, "Give a name, the URL of a folder, or its files.");
  return resolveFiles(entries, ENCODER_FILES, how.integrity);
}

/** What lies at a path of this machine, if it is one. */
function placeOf(source: string | URL): Place | null {
  const path = pathOf(source);
  return path === null ? null : placeAt(path, ENCODER_FILES);
}

function resolveFolderAt(place: Place, integrity: Described["integrity"]): ResolvedSource {
  if (place.isFolder) return resolvePlace(place, ENCODER_FILES, integrity);
  throw noFolder();
}

function resolveAddress(address: string | URL, integrity: Described["integrity"]): ResolvedSource {
  const url = fetchable(address);
  if (/^https?:$/.test(url.protocol) && !/\.(gguf|onnx|safetensors)$/i.test(url.pathname)) {
    return resolveFolder(url, ENCODER_FILES, integrity);
  }
  throw noFolder();
}

const noFolder = () =>
  badInput("an engine is a folder, not a file", "Name the folder that holds config.json and model.safetensors.");

/** Files of the page have no address: each gets a number when it is first seen. */
const numbers = new WeakMap<Blob, number>();
let next = 0;

function numberOf(blob: Blob): number {
  const number = numbers.get(blob) ?? next++;
  numbers.set(blob, number);
  return number;
}

function keyOf(source: ResolvedSource): string {
  const number = (file: LocalFile) => ("blob" in file ? { ...file, blob: numberOf(file.blob) } : file);
  return JSON.stringify(source.kind === "files" ? source.files.map(number) : source);
}

/** The list of synonyms that the caller brings: an address, a file, or its text, which has more than one line. */
export function resolveSynonyms(synonyms: LoadOptions["synonyms"]): ResolvedSource | undefined {
  if (synonyms === undefined) return undefined;
  const name = "synonyms.txt";
  const local = (file: { blob: Blob } | DiskFile): ResolvedSource => ({
    kind: "files",
    name,
    files: [{ name, ...file }],
  });
  if (synonyms instanceof Blob) return local({ blob: synonyms });
  if (typeof synonyms === "string" && synonyms.includes("\n")) return local({ blob: new Blob([synonyms]) });
  if (typeof synonyms !== "string" && !(synonyms instanceof URL))
    throw badInput("synonyms is no list", "Give its text, a path, a URL or a file.");
  const place = placeOf(synonyms);
  const [only] = place && !place.isFolder ? place.files : [];
  if (only) return local(only[1]);
  const file: RemoteFile = { name, url: fetchable(synonyms).href };
  return { kind: "url", name, file };
}
