/**
 * A model in pieces, for stores whose files or values end at 25 MiB (static assets, KV): a GGUF as `shard.mjs` cut it.
 * The whole is never in memory: a piece is fetched when the loader reads into it, checked, and given up for the next.
 */

import { Problem } from "./problem.ts";

/** What `shard.mjs` writes beside the pieces. */
export interface Manifest {
  /** The file's name. */
  name: string;
  size: number;
  sha256: string;
  /** Bytes of every piece but the last. */
  shard: number;
  shards: { file: string; size: number; sha256: string }[];
}

/** Fetches a file by its name; null when there is none. */
export type ReadFile = (name: string) => Promise<Uint8Array<ArrayBuffer> | null>;

/** Pieces in memory: tensors that lie across a border need two. */
const KEPT = 2;

function broken(message: string, cause?: unknown): Problem {
  return new Problem("integrity_mismatch", message, "Cut the model again with shard.mjs and upload all files.", {
    cause,
  });
}

/** Reads a manifest, which must add up. */
export function parseManifest(bytes: Uint8Array): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
    const { name, size, sha256, shard, shards } = manifest;
    const adds = shards.every((piece, i) => piece.size === (i < shards.length - 1 ? shard : size - shard * i));
    const named = [sha256, ...shards.map((piece) => piece.sha256)].every((hash) => /^[0-9a-f]{64}$/.test(hash));
    // Plain names: a manifest must not lead to other folders.
    const safe = [name, ...shards.map((piece) => piece.file)].every((file) => /^[\w.-]+$/.test(file));
    if (adds && named && safe && shards.length > 0 && size > 0) return manifest;
  } catch (cause) {
    throw broken("the model's manifest cannot be read", cause);
  }
  throw broken("the model's manifest contradicts itself");
}

async function checked(read: ReadFile, { file, size, sha256 }: Manifest["shards"][number]) {
  const bytes = await read(file);
  if (bytes === null) throw new Problem("network", `${file} is not there`, "Upload all files of the manifest.");
  const hash = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  if (bytes.length !== size || hash.join("") !== sha256) throw broken(`${file} is not what the manifest says`);
  return bytes;
}

/** The pieces as one file, which the package's `load` takes as it takes any `Blob`. */
export class ShardedFile extends Blob {
  readonly name: string;
  readonly #manifest: Manifest;
  readonly #read: ReadFile;
  readonly #from: number;
  readonly #to: number;
  /** By number, the latest last; shared with slices. */
  readonly #kept: Map<number, Promise<Uint8Array<ArrayBuffer>>>;

  constructor(manifest: Manifest, read: ReadFile, from = 0, to = manifest.size, kept = new Map()) {
    super([]);
    this.name = manifest.name;
    this.#manifest = manifest;
    this.#read = read;
    this.#from = from;
    this.#to = to;
    this.#kept = kept;
  }

  override get size(): number {
    return this.#to - this.#from;
  }

  override slice(start = 0, end = this.size): ShardedFile {
    const at = (offset: number) => {
      const whole = offset < 0 ? this.size + offset : offset;
      return this.#from + Math.min(Math.max(whole, 0), this.size);
    };
    return new ShardedFile(this.#manifest, this.#read, at(start), Math.max(at(start), at(end)), this.#kept);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const { shard } = this.#manifest;
    const out = new Uint8Array(this.size);
    for (let at = this.#from; at < this.#to; ) {
      const index = Math.floor(at / shard);
      const begin = at - index * shard;
      const piece = await this.#piece(index);
      const part = piece.subarray(begin, begin + Math.min(this.#to - at, piece.length - begin));
      out.set(part, at - this.#from);
      at += part.length;
    }
    return out.buffer;
  }

  #piece(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#manifest.shards[index];
    if (!entry) throw broken("the model ends before its manifest does");
    const found = this.#kept.get(index) ?? checked(this.#read, entry);
    this.#kept.delete(index);
    for (const oldest of [...this.#kept.keys()].slice(0, -(KEPT - 1) || undefined)) this.#kept.delete(oldest);
    this.#kept.set(index, found);
    // One that failed is fetched again at the next try.
    found.catch(() => this.#kept.delete(index));
    return found;
  }
}
