/**
 * From the engines that a caller names to what the model's side can load. As for models, nothing is fetched here.
 */

import type { EngineKind } from "./methods.js";
import { KNOWN_ENGINES, knownEngine } from "./models.js";
import {
  absolute,
  badInput,
  ENCODER_FILES,
  fetchable,
  fileEntries,
  type RemoteFile,
  type ResolvedSource,
  resolveFiles,
  resolveFolder,
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
export function resolveEngines(engines: Engines | undefined): ResolvedEngines {
  if (engines === undefined) return {};
  if (typeof engines !== "object" || engines === null) throw badInput("engines is no object", "Give { embed, nli }.");
  const resolved: ResolvedEngines = {};
  for (const [kind, value] of Object.entries(engines)) {
    if (!(KINDS as readonly string[]).includes(kind)) throw badInput(`no such engine: ${kind}`, "Name embed or nli.");
    if (value !== undefined) resolved[kind as EngineKind] = resolveEngine(kind as EngineKind, value);
  }
  return resolved;
}

function resolveEngine(kind: EngineKind, value: NonNullable<Engines[EngineKind]>): ResolvedEngine {
  if (value === "lexical" || (value === "judge" && kind === "nli")) return value;
  // A record of files may have one of that name, which is a Blob.
  const isDescribed =
    typeof value === "object" && value !== null && "source" in value && !(value.source instanceof Blob);
  const { source, ...how } = (isDescribed ? value : { source: value }) as Described;
  const resolved = resolveEncoder(kind, source, how);
  return { key: keyOf(resolved), source: resolved };
}

type Described = { source: EncoderFolder; integrity?: Record<string, string>; baseUrl?: string | URL };

function resolveEncoder(kind: EngineKind, source: EncoderFolder, how: Omit<Described, "source">): ResolvedSource {
  if (source instanceof URL) return resolveAddress(source, how.integrity);
  if (typeof source === "string") {
    const known = knownEngine(source);
    if (known && known.engine === kind) {
      const hashes = Object.entries(known.files).filter((entry): entry is [string, string] => entry[1] !== null);
      const small = ENCODER_FILES.filter((name) => Object.hasOwn(known.files, name));
      return resolveFolder(absolute(how.baseUrl ?? known.baseUrl), small, Object.fromEntries(hashes));
    }
    if (!known && /^(https?:|\.{0,2}\/)/i.test(source)) return resolveAddress(source, how.integrity);
    const names = KNOWN_ENGINES.filter((engine) => engine.engine === kind).map((engine) => engine.name);
    const words = kind === "nli" ? "lexical, judge" : "lexical";
    throw badInput(
      `unknown ${kind} engine: ${source}`,
      `Use ${[words, ...names].join(", ")}, the full URL of a folder, or its files.`,
    );
  }
  const entries = fileEntries(source);
  if (!entries) throw badInput(`not an engine: ${kind}`, "Give a name, the URL of a folder, or its files.");
  return resolveFiles(entries, ENCODER_FILES, how.integrity);
}

function resolveAddress(address: string | URL, integrity: Described["integrity"]): ResolvedSource {
  const url = fetchable(address);
  if (/^https?:$/.test(url.protocol) && !/\.(gguf|onnx|safetensors)$/i.test(url.pathname)) {
    return resolveFolder(url, ENCODER_FILES, integrity);
  }
  throw badInput("an engine is a folder, not a file", "Name the folder that holds config.json and model.safetensors.");
}

/** Files of the page have no address: each gets a number when it is first seen. */
const numbers = new WeakMap<Blob, number>();
let next = 0;

function numberOf(blob: Blob): number {
  const number = numbers.get(blob) ?? next++;
  numbers.set(blob, number);
  return number;
}

function keyOf(source: ResolvedSource): string {
  const parts = source.kind === "files" ? source.files.map(({ blob, ...rest }) => [numberOf(blob), rest]) : [source];
  return JSON.stringify(parts);
}

/** The list of synonyms that the caller brings: an address, a file, or its text, which has more than one line. */
export function resolveSynonyms(synonyms: LoadOptions["synonyms"]): ResolvedSource | undefined {
  if (synonyms === undefined) return undefined;
  const name = "synonyms.txt";
  const local = (blob: Blob): ResolvedSource => ({ kind: "files", name, files: [{ name, blob }] });
  if (synonyms instanceof Blob) return local(synonyms);
  if (typeof synonyms === "string" && synonyms.includes("\n")) return local(new Blob([synonyms]));
  const file: RemoteFile = { name, url: fetchable(synonyms).href };
  return { kind: "url", name, file };
}
