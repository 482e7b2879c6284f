/** Whether a kept file is still the same, block by block. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { blocksOf, isIntact } from "../dist/intact.js";
import { blobSource } from "../dist/store/store.js";

const MIB = 1024 * 1024;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const sourceOf = (bytes) => blobSource(new Blob([bytes]));
const file = (size) => Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 12)) & 0xff);

test("a bit anywhere is noticed, and a whole file is read to its end", async () => {
  const bytes = file(21 * MIB + 5);
  const meta = { sha256: sha256(bytes), blocks: await blocksOf(sourceOf(bytes)) };
  assert.equal(meta.blocks.length, 6);
  const done = [];
  assert.ok(await isIntact(sourceOf(bytes), meta, (count) => done.push(count)));
  assert.deepEqual([done.length, done.at(-1)], [6, bytes.length]);
  for (const at of [0, 4 * MIB - 1, 4 * MIB, 16 * MIB, bytes.length - 1]) {
    bytes[at] ^= 1;
    assert.equal(await isIntact(sourceOf(bytes), meta, () => {}), false, String(at));
    bytes[at] ^= 1;
  }
});

test("a file of one block is told by its own hash", async () => {
  const bytes = file(4 * MIB);
  assert.deepEqual(await blocksOf(sourceOf(bytes)), []);
  const meta = { sha256: sha256(bytes) };
  assert.ok(await isIntact(sourceOf(bytes), meta, () => {}));
  bytes[5] ^= 1;
  assert.equal(await isIntact(sourceOf(bytes), meta, () => {}), false);
});

test("of what was kept without hashes of blocks nobody can say, and an abort ends it", async () => {
  const bytes = file(5 * MIB);
  assert.ok(await isIntact(sourceOf(bytes), { sha256: "other" }, () => {}));
  await assert.rejects(blocksOf(sourceOf(bytes), AbortSignal.abort()), { code: "aborted" });
});
