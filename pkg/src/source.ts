/**
 * From what the caller named to the list of files to read. Nothing is fetched here, and nothing is added that the
 * caller did not name: a folder's files are the fixed list below, plus the shards that its own index names.
 */

import { badInput, SemgradError } from "./errors.js";
import type { Wanted } from "./hub/listed.js";
import { HUB, isHubFile, type Repository, repositoryAt, repositoryNamed, unwrapHubPage } from "./hub/name.js";
import { checkIntegrity, hashesOf, normalizeSha256, oneForMany, pinned } from "./integrity.js";
import { KNOWN_MODELS, knownModel } from "./models.js";
import { areParts, partsOf } from "./parts.js";
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
  /** A hub serves it, and may say its hash. */
  isOnHub?: boolean;
  /** The hash is what the hub says, not what the caller knows. */
  isTold?: boolean;
}

/** A file that the page handed over, or one of this machine. */
export type LocalFile = { name: string; sha256?: string } & ({ blob: Blob } | DiskFile);

/** What to read; plain data, so that it crosses to the worker. */
export type ResolvedSource =
  | { kind: "files"; name: string; files: LocalFile[] }
  | {
      kind: "url";
      name: string;
      file: RemoteFile;
      /** Of a model that is split over several files, those behind the first. */
      others?: RemoteFile[];
    }
  | {
      kind: "folder";
      name: string;
      url: string;
      /** Its small files, as far as they exist. */
      small: readonly string[];
      integrity: Record<string, string>;
      /** Whether it is one of PEFT, which has two files. */
      isAdapter?: boolean;
      /** What the hub says of its files; none that is not listed is asked for. */
      listed?: Readonly<Record<string, Pick<RemoteFile, "size" | "sha256">>>;
    }
  /** A repository whose list of files says which of them are wanted. */
  | {
      kind: "hub";
      name: string;
      repository: Repository;
      wanted: Wanted;
      small: readonly string[];
      integrity?: string | Record<string, string>;
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
  "config_sentence_transformers.json",
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
  hub: string = HUB,
): ResolvedSource {
  const url = fetchable(value, hub);
  if (url.pathname.toLowerCase().endsWith(".gguf") || /^(blob|data):$/.test(url.protocol)) {
    if (/^(blob|data):$/.test(url.protocol)) return atUrl([{ name: "model.gguf", url: url.href }], integrity);
    const files = partsOf(url.pathname).map((path) => {
      const part = new URL(url);
      part.pathname = path;
      return { name: decodeURIComponent(baseName(path)), url: part.href };
    });
    return atUrl(files, integrity, isHubFile(url, hub));
  }
  return resolveFolder(url, small, integrity);
}

/** A GGUF file, or the parts of one, with the caller's hashes. */
function atUrl(files: readonly RemoteFile[], integrity: LoadOptions["integrity"], isOnHub = false): ResolvedSource {
  const hashes = hashesOf(
    integrity,
    files.map(({ name }) => name),
  );
  return ofParts(
    files.map((file) => {
      const sha256 = hashes[file.name];
      return { ...file, ...(sha256 ? { sha256 } : isOnHub && { isOnHub }) };
    }),
  );
}

/** What to do about a part that is not there. */
const NO_PART = "The model is split over several files, and this one of them is missing there.";

/** A GGUF file, or the parts of one in their order. */
export function ofParts(files: readonly RemoteFile[]): Extract<ResolvedSource, { kind: "url" }> {
  const [file, ...others] = files.length > 1 ? files.map((part) => ({ ...part, ifMissing: NO_PART })) : files;
  if (!file) throw badInput("no file named", "Give the address of one.");
  return { kind: "url", name: file.name, file, ...(others.length > 0 && { others }) };
}

/** An address that can be fetched, with that of a hub page turned into that of its files. */
export function fetchable(value: string | URL, hub?: string): URL {
  const url = unwrapHubPage(absolute(value), hub);
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
  const named = ggufs.map(([name]) => name);
  if (ggufs.length > 1 && !areParts(named))
    throw badInput(`${ggufs.length} GGUF files at once`, `Choose one: ${named.join(", ")}.`);
  const chosen = ggufs.length > 0 ? ggufs : useful;
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
  const isFolder = chosen.length > 1 && ggufs.length === 0;
  return { kind: "files", name: isFolder ? "folder" : (files[0]?.name ?? "model"), files };
}

/** The files at a path of this machine. */
export function resolvePlace(
  { name, files, isFolder }: Place,
  small: readonly string[],
  integrity: LoadOptions["integrity"],
): ResolvedSource {
  return { ...resolveFiles(files, small, integrity), ...(isFolder && { name }) };
}

/** A repository, whose files are not known yet. */
export function resolveRepository(
  repository: Repository,
  wanted: Wanted,
  small: readonly string[],
  integrity: LoadOptions["integrity"],
): ResolvedSource {
  const [, name = "model"] = repository.id.split("/");
  const hashes =
    typeof integrity === "object"
      ? hashesOf(integrity, Object.keys(integrity))
      : integrity && normalizeSha256(integrity);
  return { kind: "hub", name, repository, wanted, small, ...(hashes && { integrity: hashes }) };
}

/** The hub that names mean. */
export function hubOf(hub: string | URL = HUB): string {
  const url = asFolder(absolute(hub));
  if (!/^https?:$/.test(url.protocol)) throw badInput(`hub is ${hub}`, `Give the address of one, as ${HUB}`);
  return url.href;
}

/** Turns the first argument of `load` into what is to be read. */
export function resolveSource(source: ModelSource, options: LoadOptions): ResolvedSource {
  const { integrity } = options;
  checkIntegrity(integrity);
  const hub = hubOf(options.hub);
  if (typeof source === "string") {
    if (source.trim() === "") throw badInput("no model named", "Give a known name, a path, a URL or a file.");
    const known = resolveKnown(source, options);
    if (known) return known;
  }
  if (typeof source === "string" || source instanceof URL) {
    const path = pathOf(source);
    const place = path === null ? null : placeAt(path, FOLDER_FILES);
    if (place) return resolvePlace(place, FOLDER_FILES, integrity);
    const repository = repositoryOf(source, hub);
    if (repository) return resolveRepository(repository, "model", FOLDER_FILES, integrity);
    if (path !== null) throw missing(String(source));
  }
  if (source instanceof URL) return resolveUrl(source, FOLDER_FILES, integrity, hub);
  if (typeof source === "string") {
    if (/^(https?:|blob:|data:|\.{0,2}\/)/i.test(source) || /\.gguf$/i.test(source)) {
      return resolveUrl(source, FOLDER_FILES, integrity, hub);
    }
    throw badInput(
      `unknown model: ${source}`,
      `${names()} Anything else is owner/name, as on Hugging Face, a full URL or a file.`,
    );
  }
  if (source instanceof Blob) {
    const name = (source as Partial<File>).name || "model.gguf";
    return resolveFiles([[name, source]], FOLDER_FILES, integrity);
  }
  const entries = fileEntries(source);
  if (entries) return resolveFiles(entries, FOLDER_FILES, integrity);
  throw badInput("not a model", "Give a known name, owner/name, a URL, a File, or the files of a folder.");
}

/** The repository that a name or the address of its page means, if it does. */
export function repositoryOf(source: string | URL, hub: string): Repository | null {
  const text = String(source);
  if (/^https?:/i.test(text)) return repositoryAt(absolute(source), hub);
  return typeof source === "string" ? repositoryNamed(source, hub) : null;
}

const names = () => `Known names: ${KNOWN_MODELS.map((model) => model.name).join(", ")}.`;

/** The error of a path that leads nowhere; most are names that were meant otherwise. */
function missing(source: string): SemgradError {
  return badInput(
    `no such file or folder: ${source}`,
    `${names()} Anything else is owner/name, as on Hugging Face, a path, a full URL or a file.`,
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
