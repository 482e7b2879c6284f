/** The package's files on a disk. */

type NodeProcess = {
  versions?: { node?: string };
  getBuiltinModule?(name: string): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
};

/** Node cannot fetch `file:` addresses; null where fetching is the way. */
export async function fromDisk(url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  const { process, Deno } = globalThis as { process?: NodeProcess; Deno?: unknown };
  const isNode = process?.versions?.node !== undefined && Deno === undefined;
  if (!isNode || url.protocol !== "file:" || !process.getBuiltinModule) return null;
  return process.getBuiltinModule("node:fs/promises").readFile(url);
}
