#!/usr/bin/env node
/**
 * Cuts a GGUF file into pieces for stores whose files or values end at 25 MiB, with a manifest of their hashes.
 *
 *   node shard.mjs model.gguf folder [--size MiB]
 */
import { createHash } from "node:crypto";
import { mkdir, open, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

const MIB = 1024 * 1024;
/** What Cloudflare's static assets and KV take. */
const MOST = 25;

/** Cuts `path` into `folder`; gives the manifest. */
export async function shard(path, folder, size = 16 * MIB) {
  const input = await open(path);
  try {
    await mkdir(folder, { recursive: true });
    const { size: total } = await input.stat();
    const name = basename(path).replaceAll(/[^\w.-]/g, "-");
    const whole = createHash("sha256");
    const shards = [];
    for (let at = 0; at < total; at += size) {
      const bytes = Buffer.alloc(Math.min(size, total - at));
      for (let read = 0; read < bytes.length; ) {
        const { bytesRead } = await input.read(bytes, read, bytes.length - read, at + read);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        read += bytesRead;
      }
      whole.update(bytes);
      const file = `${name}.${String(shards.length).padStart(3, "0")}`;
      await writeFile(join(folder, file), bytes);
      shards.push({ file, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
    }
    if (shards.length === 0) throw new Error(`${path} is empty`);
    const manifest = { name, size: total, sha256: whole.digest("hex"), shard: size, shards };
    await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    await input.close();
  }
}

if (import.meta.filename === process.argv[1]) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { size: { type: "string" } } });
  const [path, folder] = positionals;
  const size = Number(values.size ?? 16);
  if (!path || !folder || !(size > 0 && size <= MOST)) {
    console.error(`usage: node shard.mjs model.gguf folder [--size MiB, at most ${MOST}]`);
    process.exit(1);
  }
  const { shards, sha256 } = await shard(path, folder, Math.floor(size * MIB));
  console.log(`${shards.length} pieces and manifest.json in ${folder}; SHA-256 of the whole ${sha256}`);
}
