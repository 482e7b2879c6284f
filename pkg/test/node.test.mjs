/** The package in Node: no worker, a folder as its cache, the CPU. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cache, load } from "../dist/index.js";

const TINY = new URL("../../tests/reference/tiny/llama_tied/", import.meta.url);
const WASM = new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "semgrad-node-"));
const cacheDir = join(folder, "models");
after(() => rmSync(folder, { recursive: true, force: true }));
const needsWasm = { skip: !existsSync(WASM) && "the wasm module is not built" };

test("a call from JavaScript does not run the module's constructors", needsWasm, async () => {
  // The linker wraps every export like this when nothing else calls them: 0.2 ms a call.
  const names = WebAssembly.Module.exports(new WebAssembly.Module(await readFile(WASM))).map(({ name }) => name);
  assert.ok(names.includes("__wbindgen_malloc"));
  assert.deepEqual(
    names.filter((name) => name.includes("command_export")),
    [],
  );
});

/** Its record is the reference's. */
async function check(model) {
  const golden = JSON.parse(await readFile(new URL("golden.json", TINY), "utf8"));
  const record = await model.run({
    prompt_ids: golden.prompt_ids,
    response_ids: golden.response_ids,
    semantic_position: String(golden.semantic_index - golden.prompt_ids.length),
  });
  const difference = record.scores.semgrad.score / golden.float64.semgrad - 1;
  assert.ok(Math.abs(difference) < 1e-4, String(difference));
}

test("loads and runs a tiny model", needsWasm, async () => {
  const files = {};
  for (const name of ["config.json", "model.safetensors"])
    files[name] = new Blob([await readFile(new URL(name, TINY))]);
  const warnings = [];
  const onProgress = (progress) => progress.phase === "warning" && warnings.push(progress.message);
  const model = await load(files, { onProgress });
  assert.equal(model.info.device, "cpu");
  assert.deepEqual(warnings, []);
  await check(model);
  const error = await model.ask("Why?").catch((thrown) => thrown);
  assert.equal(error.code, "missing_tokenizer");
  model.dispose();
  await assert.rejects(model.ask("Why?"), { code: "aborted" });
});

test("packed weights multiply as their unpacked values do, in every format", needsWasm, async () => {
  // In whole: every format forward and backward, one token and many.
  const at = (name) => new URL(`../../tests/reference/gguf/${name}`, import.meta.url);
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_size: 256,
    num_hidden_layers: 3,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    head_dim: 4,
    intermediate_size: 2,
    vocab_size: 4,
    max_position_embeddings: 64,
    rms_norm_eps: 1e-5,
    rope_theta: 50000,
    tie_word_embeddings: false,
  };
  const unpacked = {
    "config.json": new Blob([JSON.stringify(config)]),
    "model.safetensors": new Blob([await readFile(at("formats.safetensors"))]),
  };
  const prompt = Array.from({ length: 13 }, (_, i) => (i * i + 2) % 4);
  const scores = async (source) => {
    const model = await load(source);
    const found = [];
    for (const length of [1, 7]) {
      const request = { prompt_ids: prompt, response_ids: prompt.slice(0, length), semantic_position: "-1" };
      const record = await model.run({ ...request, methods: ["semgrad", "perplexity"] });
      found.push(record.scores.semgrad.score, record.scores.perplexity.score);
    }
    model.dispose();
    return found;
  };
  const [packed, plain] = [await scores(fileURLToPath(at("formats.gguf"))), await scores(unpacked)];
  for (const [i, value] of packed.entries())
    assert.ok(Math.abs(value / plain[i] - 1) < 1e-5, `${packed.join(", ")} are not ${plain.join(", ")}`);
});

test("any file of a split model names the whole, and one that is missing is named", needsWasm, async () => {
  const reference = fileURLToPath(new URL("../../tests/reference/gguf/", import.meta.url));
  const parts = [1, 2, 3].map((number) => `split-0000${number}-of-00003.gguf`);
  const request = { prompt_ids: [0, 1], response_ids: [1, 0], semantic_position: "-1", methods: ["semgrad"] };
  const score = async (source) => {
    const model = await load(source, { cacheDir });
    const { scores } = await model.run(request);
    model.dispose();
    return scores.semgrad.score;
  };
  const expected = await score(join(reference, "formats.gguf"));
  assert.ok(Number.isFinite(expected));
  for (const part of parts) assert.equal(await score(join(reference, part)), expected, part);
  const blobs = await Promise.all(parts.map(async (part) => new File([await readFile(join(reference, part))], part)));
  assert.equal(await score(blobs.toReversed()), expected);
  await assert.rejects(load(blobs.slice(0, 2)), {
    code: "bad_input",
    message: /split-00003-of-00003\.gguf.* is missing/,
  });
  const swapped = [blobs[0], new File([blobs[2]], parts[1]), new File([blobs[1]], parts[2])];
  await assert.rejects(load(swapped), { code: "corrupt_weights", message: /split-00002-of-00003\.gguf/ });
});

test("a folder is loaded by its path or its file: address, and nothing is kept of it", needsWasm, async () => {
  for (const source of [fileURLToPath(TINY), relative(process.cwd(), fileURLToPath(TINY)), TINY, TINY.href]) {
    const model = await load(source, { cacheDir });
    assert.equal(model.info.name, "llama_tied", String(source));
    await check(model);
    model.dispose();
  }
  assert.equal(existsSync(cacheDir), false);
});

test("what was fetched is kept in a folder, and used again without a request", needsWasm, async (context) => {
  const asked = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url);
    const bytes = await readFile(new URL(request.url.slice(1), TINY)).catch(() => null);
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const url = `http://127.0.0.1:${server.address().port}/`;
  const first = await load(url, { cacheDir });
  await check(first);
  first.dispose();
  const entries = await cache.list({ cacheDir });
  assert.deepEqual(entries.map(({ name }) => name).sort(), ["config.json", "model.safetensors"]);
  assert.ok(entries.every((entry) => entry.cache === "disk" && entry.complete));
  const before = asked.length;
  const second = await load(url, { cacheDir });
  await check(second);
  second.dispose();
  assert.equal(asked.length, before);
  assert.ok((await cache.remove(url, { cacheDir })) > 0);
  assert.deepEqual(await cache.list({ cacheDir }), []);
});
