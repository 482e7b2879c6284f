import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { obtain } from "../dist/download.js";
import { gather } from "../dist/files.js";
import { Head } from "../dist/head.js";
import { memoryStore } from "../dist/store/parts.js";
import { startServer } from "./support/server.mjs";

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);

test("a read waits for its bytes, across the pieces that they come in", async () => {
  const head = new Head(BYTES.length);
  let done = false;
  const reading = head.read(15, 30).then((bytes) => {
    done = true;
    return bytes;
  });
  head.feed(BYTES.subarray(0, 20));
  head.feed(BYTES.subarray(20, 44));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(done, false);
  head.feed(BYTES.subarray(44, 60));
  assert.deepEqual(await reading, BYTES.slice(15, 45));
  assert.deepEqual(await head.read(0, 1), BYTES.slice(0, 1));
  head.end();
  assert.deepEqual(await head.read(59, 1), BYTES.slice(59, 60));
  await assert.rejects(head.read(59, 2));
});

test("whoever waits for what never comes is told", async () => {
  const head = new Head(BYTES.length);
  const reading = head.read(0, 10);
  head.close();
  await assert.rejects(reading);
  head.feed(BYTES);
  await assert.rejects(head.read(0, 10));
});

const hasher = () => ({ update: () => {}, hex: () => "0".repeat(64), free: () => {} });

test("weights are announced once, as they begin, and not when they are stored already", async () => {
  const body = randomBytes(300_000);
  const server = await startServer(body);
  try {
    const store = memoryStore(64_000);
    const heard = [];
    const onWeights = async (files) => {
      const [{ name, size, read }] = files;
      heard.push({ name, size, bytes: Buffer.from(await read(100, 50_000)) });
    };
    const context = { store, hasher, onProgress: () => {}, onWeights };
    const source = { kind: "url", name: "model.gguf", file: { name: "model.gguf", url: server.url } };
    await gather(source, context);
    assert.deepEqual(heard, [{ name: "model.gguf", size: body.length, bytes: body.subarray(100, 50_100) }]);
    await gather(source, context);
    assert.equal(heard.length, 1);
    // What fails behind it does not touch the download.
    const failing = { ...context, store: memoryStore(64_000), onWeights: async ([file]) => file.read(0, 1e9) };
    const gathered = await gather(source, {
      ...failing,
      onWeights: (files) => failing.onWeights(files).catch(() => {}),
    });
    assert.equal(gathered.files[0].size, body.length);
    // Nobody wants to hear of other files.
    assert.ok(await obtain({ name: "notes.txt", url: server.url }, { ...context, begin: () => undefined }));
  } finally {
    server.close();
  }
});
