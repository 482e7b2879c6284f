/**
 * From what the caller named to the list of files to read. Nothing is fetched here, and nothing is added that the
 * caller did not name: a folder's files are the fixed list below, plus the shards that its own index names.
 */

import { badInput, SemgradError } from "./errors.js";
import { KNOWN_MODELS, knownModel } from "./models.js";
import { type DiskFile, type Place, pathOf, placeAt } from "./paths.js";
import type { LoadOptions, ModelSource } from "./types.js";

/** A file to download. */
export interface RemoteFile {
  name: string;
  url: string;
  size?: number;
  /** Expected hash, 64 lower-case hex digits. */
  sha256?: string;
  /** A 404 means that the folder does without. */
  optional?: boolean;
  /** What to do about a 404 of a file that must exist. */
  ifMissing?: string;
}

/** A file that the page handed over, or one of this machine. */
export type LocalFile = { name: string; sha256?: string } & ({ blob: Blob } | DiskFile);

/** What to read; plain data, so that it crosses to the worker. */
export type ResolvedSource =
  | { kind: "files"; name: string; files: LocalFile[] }
  | { kind: "url"; name: string; file: RemoteFile }
  | {
      kind: "folder";
      name: string;
      url: string;
      /** Its small files, as far as they exist. */
      small: readonly string[];
      integrity: Record<string, string>;
      /** Whether it is one of PEFT, which has two files. */
      isAdapter?: boolean;
    };

export const TOKENIZER = "tokenizer.json";
/** What stands for tokenizer.json where a folder has none; where it has one, they are in it. */
export const TOKENIZER_LISTS: readonly string[] = ["vocab.json", "merges.txt"];
/** The small files of a Hugging Face folder; only the first must exist. */
export const FOLDER_FILES = [
  "config.json",
  TOKENIZER,
  ...TOKENIZER_LISTS,
  "tokenizer_config.json",
  "generation_config.json",
  "chat_template.jinja",
  "special_tokens_map.json",
  "added_tokens.json",
] as const;
/** Those of an encoder's folder. */
export const ENCODER_FILES = [
  "config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "sentence_bert_config.json",
  "modules.json",
  "1_Pooling/config.json",
] as const;
/** The one that must exist. */
export const CONFIG = "config.json";
export const SINGLE_WEIGHTS = "model.safetensors";
export const WEIGHT_INDEX = "model.safetensors.index.json";
/** What a LoRA adapter has beside its weights: as a model it is none, and the module says so. */
export const ADAPTER_CONFIG = "adapter_config.json";
export const ADAPTER_FILES = [ADAPTER_CONFIG, "adapter_model.safetensors"] as const;
/** Weights of other libraries cannot be read; the module says by their names what they are. */
const OTHER_WEIGHTS = /\.(bin|pt|pth|ckpt|onnx|h5|msgpack)$/i;

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
function hashesOf(integrity: LoadOptions["integrity"], names: readonly string[]): Record<string, string> {
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

const oneForMany = () =>
  badInput("one hash for a folder of files", "Give integrity as an object: file name to SHA-256.");

function baseName(path: string): string {
  return path.split("/").filter(Boolean).pop() ?? "model";
}

/** Absolute URL; relative ones are resolved against the page, which a worker would not know. */
export function absolute(value: string | URL, base?: string | URL): URL {
  try {
    const page = (globalThis.location as Location | undefined)?.href;
    return new URL(value, base === undefined ? page : absolute(base));
  } catch {
    throw badInput(`not a URL: ${value}`, "Give an absolute URL, or a path relative to the page.");
  }
}

/** A folder's URL ends with a slash, or its last part would be replaced. */
export function asFolder(url: URL): URL {
  const folder = new URL(url);
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

/** The address of a hub page, as people copy it, turned into that of the file or folder behind it. */
export function unwrapHubPage(url: URL): URL {
  if (url.hostname !== "huggingface.co") return url;
  const [owner, repository, view, revision, ...path] = url.pathname.split("/").filter(Boolean);
  if (!owner || !repository || owner === "api") return url;
  if (view !== undefined && view !== "blob" && view !== "tree") return url;
  const direct = new URL(url.origin);
  direct.pathname = [owner, repository, "resolve", revision ?? "main", ...path].join("/");
  return direct;
}

function resolveKnown(name: string, { baseUrl, integrity }: LoadOptions): ResolvedSource | null {
  const model = knownModel(name);
  if (!model) return null;
  pinned(model.name, { [model.file]: model.sha256 }, integrity);
  const base = baseUrl ?? model.baseUrl;
  if (base === null) {
    throw badInput(
      `${model.name} has no public address that we could name`,
      `Pass baseUrl: the folder that serves ${model.file}.`,
    );
  }
  const { file, size, sha256 } = model;
  const url = new URL(file, asFolder(absolute(base))).href;
  return { kind: "url", name: model.name, file: { name: file, url, size, sha256 } };
}

/** A GGUF file at an address, or a folder with such small files. */
export function resolveUrl(
  value: string | URL,
  small: readonly string[],
  integrity: LoadOptions["integrity"],
): ResolvedSource {
  const url = fetchable(value);
  if (url.pathname.toLowerCase().endsWith(".gguf") || /^(blob|data):$/.test(url.protocol)) {
    const name = /^(blob|data):$/.test(url.protocol) ? "model.gguf" : decodeURIComponent(baseName(url.pathname));
    const { [name]: sha256 } = hashesOf(integrity, [name]);
    return { kind: "url", name, file: { name, url: url.href, ...(sha256 && { sha256 }) } };
  }
  return resolveFolder(url, small, integrity);
}

/** An address that can be fetched, with that of a hub page turned into that of its files. */
export function fetchable(value: string | URL): URL {
  const url = unwrapHubPage(absolute(value));
  if (/^(https?|blob|data):$/.test(url.protocol)) return url;
  throw badInput(`cannot fetch ${url.protocol} addresses`, "Use http or https, or pass the file itself.");
}

/** A folder at an address. */
export function resolveFolder(url: URL, small: readonly string[], integrity: LoadOptions["integrity"]): ResolvedSource {
  if (typeof integrity === "string") throw oneForMany();
  const folder = asFolder(url);
  const name = baseName(folder.pathname);
  // Which files there are is known when they were asked for.
  return {
    kind: "folder",
    name,
    url: folder.href,
    small,
    integrity: hashesOf(integrity, Object.keys(integrity ?? {})),
  };
}

/** The files of a chosen folder or of a record, by their path in it; null for what is neither. */
export function fileEntries(files: unknown): [string, Blob][] | null {
  if (typeof files !== "object" || files === null || files instanceof Blob) return null;
  const entries: [string, unknown][] = Array.isArray(files)
    ? files.map((file: Partial<File>) => [file?.webkitRelativePath || file?.name || "", file])
    : Object.entries(files);
  if (!entries.every((entry): entry is [string, Blob] => entry[1] instanceof Blob)) return null;
  // A browser puts the chosen folder's own name before every path.
  const [folder] = entries[0]?.[0].split("/") ?? [];
  const inside = entries.every(([path]) => path.startsWith(`${folder}/`));
  return inside ? entries.map(([path, blob]) => [path.slice(path.indexOf("/") + 1), blob]) : entries;
}

/** The files to read among those handed over. */
export function resolveFiles(
  entries: [string, Blob | DiskFile][],
  small: readonly string[],
  integrity: LoadOptions["integrity"],
): ResolvedSource {
  const isUseful = (name: string) =>
    small.includes(name) ||
    name === WEIGHT_INDEX ||
    name === ADAPTER_CONFIG ||
    /\.(safetensors|gguf)$/i.test(name) ||
    OTHER_WEIGHTS.test(name);
  // Everything else in a chosen folder (README, pictures) is not opened. A lone file is, whatever its name.
  const useful = entries.length === 1 ? entries : entries.filter(([name]) => isUseful(name));
  if (useful.length === 0) {
    throw badInput(
      `none of the ${entries.length} files belongs to a model`,
      "Choose a .gguf file, or a folder with config.json and model.safetensors.",
    );
  }
  const ggufs = useful.filter(([name]) => /\.gguf$/i.test(name));
  if (ggufs.length > 1)
    throw badInput(`${ggufs.length} GGUF files at once`, `Choose one: ${ggufs.map(([name]) => name).join(", ")}.`);
  const chosen = ggufs.length === 1 ? ggufs : useful;
  const hashes = hashesOf(
    integrity,
    chosen.map(([name]) => name),
  );
  const files = chosen.map(
    ([name, file]): LocalFile => ({
      name,
      ...(file instanceof Blob ? { blob: file } : file),
      ...(hashes[name] && { sha256: hashes[name] }),
    }),
  );
  return { kind: "files", name: chosen.length === 1 ? (files[0]?.name ?? "model") : "folder", files };
}

/** The files at a path of this machine. */
export function resolvePlace(
  { name, files, isFolder }: Place,
  small: readonly string[],
  integrity: LoadOptions["integrity"],
): ResolvedSource {
  return { ...resolveFiles(files, small, integrity), ...(isFolder && { name }) };
}

/** Turns the first argument of `load` into what is to be read. */
export function resolveSource(source: ModelSource, options: LoadOptions): ResolvedSource {
  checkIntegrity(options.integrity);
  if (typeof source === "string") {
    if (source.trim() === "") throw badInput("no model named", "Give a known name, a path, a URL or a file.");
    const known = resolveKnown(source, options);
    if (known) return known;
  }
  if (typeof source === "string" || source instanceof URL) {
    const path = pathOf(source);
    const place = path === null ? null : placeAt(path, FOLDER_FILES);
    if (place) return resolvePlace(place, FOLDER_FILES, options.integrity);
    if (path !== null) throw missing(String(source));
  }
  if (source instanceof URL) return resolveUrl(source, FOLDER_FILES, options.integrity);
  if (typeof source === "string") {
    if (/^(https?:|blob:|data:|\.{0,2}\/)/i.test(source) || /\.gguf$/i.test(source)) {
      return resolveUrl(source, FOLDER_FILES, options.integrity);
    }
    throw badInput(`unknown model: ${source}`, `${names()} Anything else needs a full URL or a file.`);
  }
  if (source instanceof Blob) {
    const name = (source as Partial<File>).name || "model.gguf";
    return resolveFiles([[name, source]], FOLDER_FILES, options.integrity);
  }
  const entries = fileEntries(source);
  if (entries) return resolveFiles(entries, FOLDER_FILES, options.integrity);
  throw badInput("not a model", "Give a known name, a URL, a File, or the files of a folder.");
}

const names = () => `Known names: ${KNOWN_MODELS.map((model) => model.name).join(", ")}.`;

/** The error of a path that leads nowhere; most are names that were meant otherwise. */
function missing(source: string): SemgradError {
  const isRepository = /^[\w-][\w.-]*\/[\w.-]+$/.test(source);
  const address = isRepository ? ` A model of the hub needs its address: https://huggingface.co/${source}` : "";
  return badInput(
    `no such file or folder: ${source}`,
    `${names()} Anything else is a path, a full URL or a file.${address}`,
  );
}

/** The shard files that a weight index names. */
export function shardNames(indexJson: string): string[] {
  if (indexJson.startsWith("version https://git-lfs.")) {
    throw new SemgradError(
      "unsupported_format",
      `${WEIGHT_INDEX}: this is a git-lfs pointer, which stands in for the real file`,
      "Run `git lfs pull` in its repository, or download the file itself.",
    );
  }
  let map: unknown;
  try {
    map = (JSON.parse(indexJson) as { weight_map?: unknown } | null)?.weight_map;
  } catch {
    map = null;
  }
  const names = typeof map === "object" && map !== null ? [...new Set(Object.values(map))] : [];
  // A plain file name only: the index must not lead to other folders or hosts.
  const safe = names.filter((name): name is string => typeof name === "string" && /^[\w.-]+\.safetensors$/.test(name));
  if (names.length === 0 || safe.length !== names.length) {
    throw new SemgradError(
      "corrupt_weights",
      `${WEIGHT_INDEX} does not name its shards`,
      "Download the folder again; weight_map must map tensors to .safetensors files beside it.",
    );
  }
  return safe;
}
