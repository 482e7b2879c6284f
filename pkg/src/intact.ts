/**
 * Whether a kept file is still what was downloaded: disks flip bits, and a model with a flipped bit answers something else and
 * says nothing. To hash all of it again in wasm would take as long as a sixth of the load. The platform hashes blocks three times
 * as fast and in a thread of its own, so hashes of blocks are kept beside that of the whole.
 */

import { throwIfAborted } from "./errors.js";
import type { ByteSource, Meta } from "./store/store.js";

const BLOCK = 4 * 1024 * 1024;
/** Read and hashed at a time. */
const AT_ONCE = 4;

const subtle = () => (globalThis.crypto as Crypto | undefined)?.subtle;

/** Hashes of the blocks of a file, told one after the other; nothing where the platform hashes nothing. */
async function* hashes(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<[string, number]> {
  const hash = async (offset: number) => {
    const bytes = await source.read(offset, Math.min(BLOCK, source.size - offset));
    const digest = await subtle()?.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
    return Array.from(new Uint8Array(digest ?? []), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  for (let offset = 0; subtle() && offset < source.size; offset += AT_ONCE * BLOCK) {
    throwIfAborted(signal);
    const offsets = Array.from({ length: AT_ONCE }, (_, i) => offset + i * BLOCK).filter((at) => at < source.size);
    const group = await Promise.all(offsets.map(hash));
    for (const [i, one] of group.entries()) yield [one, Math.min(source.size, offset + (i + 1) * BLOCK)];
  }
}

/** What is to be kept of a file besides its hash; a file of one block has nothing besides. */
export async function blocksOf(source: ByteSource, signal?: AbortSignal): Promise<string[]> {
  const blocks: string[] = [];
  if (source.size > BLOCK) for await (const [hash] of hashes(source, signal)) blocks.push(hash);
  return blocks;
}

/** Whether every block is what it was; `onBlock` hears how many bytes were. Of a file without hashes of blocks nobody can say. */
export async function isIntact(
  source: ByteSource,
  { sha256, blocks = [] }: Pick<Meta, "sha256" | "blocks">,
  onBlock: (done: number) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  const wanted = source.size > BLOCK ? blocks : [sha256];
  if (wanted.length === 0) return true;
  let index = 0;
  for await (const [hash, done] of hashes(source, signal)) {
    if (hash !== wanted[index]) return false;
    index += 1;
    onBlock(done);
  }
  return true;
}
