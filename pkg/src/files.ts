/**
 * From a resolved source to readable files: local ones as they are, remote ones through the store.
 */

import { disk, fileSource } from "./disk.js";
import { cacheKey, cacheKeys, type DownloadContext, obtain, verifyLocal } from "./download.js";
import { badInput, SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import { Head } from "./head.js";
import type { Choose } from "./hub/listed.js";
import { listFile, recordOf } from "./hub/name.js";
import type { ModelFile } from "./protocol.js";
import {
  ADAPTER_CONFIG,
  ADAPTER_FILES,
  CONFIG,
  type LocalFile,
  type RemoteFile,
  type ResolvedSource,
  SINGLE_WEIGHTS,
  shardNames,
  TOKENIZER,
  TOKENIZER_LISTS,
  WEIGHT_INDEX,
} from "./source.js";
import { type ByteSource, blobSource } from "./store/store.js";
import type { ModelInfo } from "./types.js";

/** The model's files as wasm reads them, and what is known about each. */
export interface Gathered {
  files: ModelFile[];
  facts: ModelInfo["files"];
  /** Removes from the store what came without a hash that proves it. */
  forget: () => Promise<void>;
}

/** What gathering needs from outside. */
export interface GatherContext extends DownloadContext {
  /** Which files of a repository are the ones. */
  choose: Choose;
  /** Told once, when weights begin to come: with the files that are there, and those weights as far as they are. */
  onWeights?: (files: ModelFile[]) => Promise<void>;
}

type Folder = Extract<ResolvedSource, { kind: "folder" }>;

type Hub = Extract<ResolvedSource, { kind: "hub" }>;
type Found = Exclude<ResolvedSource, Hub>;

/** Makes every file of the source readable. */
export async function gather(source: ResolvedSource, context: GatherContext): Promise<Gathered> {
  return source.kind === "hub" ? gatherNamed(source, context) : gatherFound(source, context);
}

/**
 * Of a repository, what its list of files says. Where the list is an old one and what it says is there no more, it is asked for
 * again.
 */
async function gatherNamed(source: Hub, context: GatherContext): Promise<Gathered> {
  // On demand: most callers name a file.
  const { resolveHub } = await import("./hub/resolve.js");
  const list = listFile(source.repository);
  const { source: found, isRemembered } = await resolveHub(source, context);
  try {
    return await gatherFound(found, context, [list]);
  } catch (thrown) {
    const { code } = toSemgradError(thrown);
    if (!isRemembered || (code !== "network" && code !== "integrity_mismatch")) throw thrown;
    const now = await resolveHub(source, context, true).catch(() => null);
    if (!now || JSON.stringify(now.source) === JSON.stringify(found)) throw thrown;
    return gatherFound(now.source, context, [list]);
  }
}

/** `unproven`: files of the store that go with the others if these turn out to be no model. */
async function gatherFound(
  source: Found,
  { onWeights, ...outside }: GatherContext,
  unproven: RemoteFile[] = [],
): Promise<Gathered> {
  const forget = async () => {
    for (const file of unproven) for (const key of await cacheKeys(file)) await outside.store.remove(key);
  };
  const gathered: Gathered = { files: [], facts: [], forget };
  let hear = onWeights;
  // A model that is split is told from the headers of all parts.
  const last = source.kind === "url" ? source.others?.at(-1)?.name : undefined;
  const begin = (name: string, size: number) => {
    if (!hear || !/\.(gguf|safetensors)$/i.test(name) || (last ?? name) !== name) return undefined;
    const head = new Head(size);
    const coming = { name, size, read: (offset: number, length: number) => head.read(offset, length) };
    void hear([...gathered.files, coming]).finally(() => head.close());
    hear = undefined;
    return head;
  };
  const context: DownloadContext = onWeights ? { ...outside, begin } : outside;
  const add = (name: string, bytes: ByteSource, sha256: string | null, file?: RemoteFile) => {
    if (file && (!file.sha256 || file.isTold)) unproven.push(file);
    if (file?.isOnHub) unproven.push(recordOf(file));
    gathered.files.push(modelFile(name, bytes, context.signal));
    gathered.facts.push({ name, size: bytes.size, sha256 });
  };
  await orForget(gathered, () => collect(source, context, add));
  return gathered;
}

/** Adds a readable file: its hash where it is known, and where it came from if that was the network. */
type Add = (name: string, bytes: ByteSource, sha256: string | null, file?: RemoteFile) => void;

/**
 * What `work` makes of the files. If they turn out to be no model, or a damaged one, they are not kept: whoever follows the
 * advice to download them again would be given the same from the store.
 */
export async function orForget<T>(gathered: Gathered, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code } = toSemgradError(thrown);
    // What cannot be removed either is no reason to hide the error.
    if (code === "unsupported_format" || code === "corrupt_weights") await gathered.forget().catch(() => undefined);
    throw thrown;
  }
}

async function collect(source: Found, context: DownloadContext, given: Add): Promise<void> {
  const found = new Set<string>();
  const add: Add = (name, ...rest) => {
    found.add(name);
    given(name, ...rest);
  };
  switch (source.kind) {
    case "files":
      for (const file of source.files) add(file.name, await local(file, context), file.sha256 ?? null);
      break;
    case "url": {
      const parts: RemoteFile[] = [];
      for (const file of [source.file, ...(source.others ?? [])]) parts.push(await withHash(file, context));
      for (const file of parts) {
        const { source: bytes, sha256 } = await required(file, asPart(file, parts, context)).catch(async (thrown) => {
          // Where the file is another one by now, the next load asks for its hash.
          const isOld = file.isOnHub && toSemgradError(thrown).code === "integrity_mismatch";
          if (isOld) await context.store.remove(await cacheKey(recordOf(file)));
          throw thrown;
        });
        add(file.name, bytes, sha256, file);
      }
      break;
    }
    case "folder":
      await folder(source, context, add);
      checkAll(source, found);
      break;
  }
}

/** Tells of the download of a part as of that of all parts, where their sizes are known before. */
function asPart(file: RemoteFile, parts: readonly RemoteFile[], context: DownloadContext): DownloadContext {
  const sum = (files: readonly RemoteFile[]) => files.reduce((bytes, { size }) => bytes + (size ?? Number.NaN), 0);
  const [before, total] = [sum(parts.slice(0, parts.indexOf(file))), sum(parts)];
  if (parts.length === 1 || Number.isNaN(total)) return context;
  const onProgress: DownloadContext["onProgress"] = (event) =>
    context.onProgress(event.phase === "download" ? { ...event, loaded: before + event.loaded, total } : event);
  return { ...context, onProgress };
}

/**
 * A file with the hash that the hub says of its address. It says so in an answer that leads on to another server, and browsers
 * show nothing of such answers: there, only lists of files tell hashes.
 */
async function withHash(file: RemoteFile, context: DownloadContext): Promise<RemoteFile> {
  if (!file.isOnHub || !disk()) return file;
  const { linked } = await import("./hub/linked.js");
  return linked(file, context);
}

/** What to do about a folder that lacks what makes it a model. */
const NO_CONFIG =
  "Check the address: a folder needs config.json. Of a repository of GGUF files, name one of the files, or owner/name.";
const NO_WEIGHTS =
  "Check the address: a folder needs model.safetensors or its shards; weights in other formats have to be converted first.";
const NO_ADAPTER = `Check the address: the folder of an adapter needs ${ADAPTER_FILES.join(" and ")}. Of one as GGUF, name the file.`;
const NO_SHARD = "The folder is not complete: its index names this file.";

async function folder(source: Folder, context: DownloadContext, add: Add): Promise<void> {
  const get = async (name: string, how: Pick<RemoteFile, "optional" | "ifMissing">): Promise<ByteSource | null> => {
    const told = source.listed?.[name];
    if (source.listed && !told && how.optional) return null;
    const own = source.integrity[name];
    const hash = own ? { sha256: own } : told?.sha256 ? { sha256: told.sha256, isTold: true } : {};
    const size = told?.size === undefined ? {} : { size: told.size };
    const file: RemoteFile = { name, url: new URL(name, source.url).href, ...size, ...hash, ...how };
    const found = how.optional ? await obtain(file, context) : await required(file, context);
    if (found) add(name, found.source, found.sha256, file);
    return found?.source ?? null;
  };
  const take = (name: string) => get(name, { optional: true });
  const need = (name: string, ifMissing: string) => get(name, { ifMissing });

  if (source.isAdapter) {
    for (const name of ADAPTER_FILES) await need(name, NO_ADAPTER);
    return;
  }
  let lists = true;
  for (const name of source.small) {
    if (!lists && TOKENIZER_LISTS.includes(name) && !source.integrity[name]) continue;
    const found = await take(name);
    if (found && name === TOKENIZER) lists = false;
    if (found || name !== CONFIG) continue;
    // What a LoRA adapter is, the module says better than the lack of a file does.
    if (await take(ADAPTER_CONFIG)) return;
    await need(CONFIG, NO_CONFIG);
  }
  // One file comes before an index, as in transformers. Whoever knows the hash of one of the two knows which it is.
  if (!source.integrity[WEIGHT_INDEX] && (await take(SINGLE_WEIGHTS))) return;
  const index = source.integrity[SINGLE_WEIGHTS] ? null : await take(WEIGHT_INDEX);
  if (index) {
    const names = shardNames(new TextDecoder().decode(await index.read(0, index.size)));
    for (const name of names) await need(name, NO_SHARD);
  } else if (!(await take(ADAPTER_CONFIG))) {
    await need(SINGLE_WEIGHTS, NO_WEIGHTS);
  }
}

/** A file whose hash the caller knows must be there, or nobody would have looked at the hash. */
function checkAll({ integrity }: Folder, found: ReadonlySet<string>): void {
  const missing = Object.keys(integrity).find((name) => !found.has(name));
  if (missing === undefined) return;
  throw new SemgradError(
    "integrity_mismatch",
    `${missing} is not among the folder's files that are read, and integrity has its hash`,
    `Read were ${[...found].join(", ")}: correct the name, or leave it out of integrity.`,
  );
}

async function required(file: RemoteFile, context: DownloadContext) {
  const found = await obtain(file, context);
  if (!found) throw new SemgradError("network", `${file.name} does not exist`, "Check the address.");
  return found;
}

async function local(file: LocalFile, context: DownloadContext): Promise<ByteSource> {
  const source = "blob" in file ? blobSource(file.blob) : await onDisk(file.path);
  if (file.sha256) await verifyLocal(file.name, source, file.sha256, context);
  return source;
}

function onDisk(path: string): Promise<ByteSource> {
  const files = disk();
  if (!files) throw badInput("there are no files in this runtime", "Pass the file itself, or its URL.");
  return fileSource(files, path);
}

function modelFile(name: string, source: ByteSource, signal: AbortSignal | undefined): ModelFile {
  return {
    name,
    size: source.size,
    read: async (offset, length) => {
      throwIfAborted(signal);
      return source.read(offset, length);
    },
  };
}
