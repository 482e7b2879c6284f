/** Which files of a folder on a server are fetched, in which order, and what is said when they are not there. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, beforeEach, test } from "node:test";
import { gather, orForget } from "../dist/files.js";
import { resolveSource, shardNames } from "../dist/source.js";
import { memoryStore } from "../dist/store/parts.js";

const INDEX = JSON.stringify({ weight_map: { a: "m-1.safetensors", b: "overlay.safetensors", c: "m-1.safetensors" } });
const WEIGHTS = /safetensors|adapter/;
const HASH = "0".repeat(64);

let server;
let files;
let asked;

beforeEach(async () => {
  files = { "config.json": "{}" };
  asked = [];
  server = createServer((request, response) => {
    const name = request.url.split("/").pop();
    asked.push(name);
    if (files[name] === undefined) response.writeHead(404).end();
    else response.end(files[name]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function gathered(store, integrity) {
  const hasher = () => ({ update: () => {}, hex: () => HASH, free: () => {} });
  const source = resolveSource(`http://127.0.0.1:${server.address().port}/model/`, { integrity });
  return gather(source, { store, hasher, onProgress: () => {} });
}

/** Names of the files that were gathered. */
async function names() {
  return (await gathered(memoryStore(64_000))).files.map(({ name }) => name);
}

const askedForWeights = () => asked.filter((name) => WEIGHTS.test(name));

test("one file of weights comes before an index", async () => {
  Object.assign(files, { "model.safetensors": "w", "model.safetensors.index.json": INDEX });
  assert.deepEqual(await names(), ["config.json", "model.safetensors"]);
  assert.deepEqual(askedForWeights(), ["model.safetensors"]);
});

test("a hash of a file that the folder lacks is not left unchecked", async () => {
  Object.assign(files, { "model.safetensors": "w" });
  const missing = { "tokenizer.json": HASH };
  await assert.rejects(gathered(memoryStore(64_000), missing), {
    code: "integrity_mismatch",
    message: /^tokenizer\.json is not among/,
  });
  files["tokenizer.json"] = "{}";
  assert.equal((await gathered(memoryStore(64_000), missing)).files.length, 3);
});

test("the lists of a tokenizer are asked for only where there is no tokenizer.json", async () => {
  Object.assign(files, { "model.safetensors": "w", "vocab.json": "{}", "merges.txt": "" });
  assert.deepEqual(await names(), ["config.json", "vocab.json", "merges.txt", "model.safetensors"]);
  files["tokenizer.json"] = "{}";
  asked.length = 0;
  assert.deepEqual(await names(), ["config.json", "tokenizer.json", "model.safetensors"]);
  assert.ok(!asked.includes("vocab.json") && !asked.includes("merges.txt"));
  // Whoever knows a hash of one wants it looked at.
  const hashed = await gathered(memoryStore(64_000), { "merges.txt": HASH });
  assert.ok(hashed.files.some(({ name }) => name === "merges.txt"));
});

test("an index leads to every file that it names", async () => {
  Object.assign(files, { "model.safetensors.index.json": INDEX, "m-1.safetensors": "1", "overlay.safetensors": "2" });
  const index = "model.safetensors.index.json";
  assert.deepEqual(await names(), ["config.json", index, "m-1.safetensors", "overlay.safetensors"]);
  assert.deepEqual(askedForWeights(), ["model.safetensors", index, "m-1.safetensors", "overlay.safetensors"]);
  delete files["overlay.safetensors"];
  await assert.rejects(names(), { code: "network", message: /overlay\.safetensors.*404/, advice: /not complete/ });
});

test("an adapter is handed to the module, which says what it is", async () => {
  files = { "adapter_config.json": "{}", "adapter_model.safetensors": "w" };
  assert.deepEqual(await names(), ["adapter_config.json"]);
  files["config.json"] = "{}";
  assert.deepEqual(await names(), ["config.json", "adapter_config.json"]);
});

test("a folder that is no model says what a model needs", async () => {
  await assert.rejects(names(), { code: "network", message: /model\.safetensors.*404/, advice: /converted/ });
  files = { "model-Q4_K_M.gguf": "GGUF" };
  await assert.rejects(names(), { code: "network", message: /config\.json.*404/, advice: /GGUF/ });
});

test("a chosen folder's files that cannot be read are named by the module, not left out", () => {
  const entries = ["config.json", "adapter_config.json", "pytorch_model.bin", "model.onnx", "README.md"];
  const source = resolveSource(Object.fromEntries(entries.map((name) => [name, new Blob(["x"])])), {});
  assert.deepEqual(
    source.files.map(({ name }) => name),
    entries.slice(0, -1),
  );
});

test("a git-lfs pointer in place of an index is named", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
  assert.throws(() => shardNames(pointer), { code: "unsupported_format", message: /git-lfs pointer/ });
});

test("what turns out to be no model is not kept, unless its hash proves it", async () => {
  files["model.safetensors"] = "version https://git-lfs.github.com/spec/v1";
  const store = memoryStore(64_000);
  const stored = async () => (await store.list()).filter(({ meta }) => !meta.absent).map(({ meta }) => meta.name);
  const fail = (code) => () => Promise.reject({ code, message: "as the module says it", advice: "" });
  const first = await gathered(store);
  await assert.rejects(orForget(first, fail("out_of_memory")), { code: "out_of_memory" });
  assert.deepEqual((await stored()).sort(), ["config.json", "model.safetensors"]);
  for (const code of ["unsupported_format", "corrupt_weights"]) {
    await assert.rejects(orForget(await gathered(store), fail(code)), { code });
    assert.deepEqual(await stored(), []);
  }
  const proven = await gathered(store, { "model.safetensors": HASH });
  await assert.rejects(orForget(proven, fail("corrupt_weights")), { code: "corrupt_weights" });
  assert.deepEqual(await stored(), ["model.safetensors"]);
});

test("a pointer in place of an index is asked for again", async () => {
  const index = "model.safetensors.index.json";
  files[index] = "version https://git-lfs.github.com/spec/v1";
  const store = memoryStore(64_000);
  await assert.rejects(gathered(store), { code: "unsupported_format" });
  Object.assign(files, { [index]: INDEX, "m-1.safetensors": "1", "overlay.safetensors": "2" });
  assert.equal((await gathered(store)).files.length, 4);
});
