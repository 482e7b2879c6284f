/** The package in Node: no worker, no lasting cache, the CPU. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { cache, load } from "../dist/index.js";

const TINY = new URL("../../tests/reference/tiny/llama_tied/", import.meta.url);
const WASM = new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url);
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

test("loads and runs a tiny model", needsWasm, async () => {
  const files = {};
  for (const name of ["config.json", "model.safetensors"])
    files[name] = new Blob([await readFile(new URL(name, TINY))]);
  const warnings = [];
  const onProgress = (progress) => progress.phase === "warning" && warnings.push(progress.message);
  const model = await load(files, { onProgress });
  assert.equal(model.info.device, "cpu");
  assert.match(warnings[0], /opfs is not available/);
  const golden = JSON.parse(await readFile(new URL("golden.json", TINY), "utf8"));
  const record = await model.run({
    prompt_ids: golden.prompt_ids,
    response_ids: golden.response_ids,
    semantic_position: String(golden.semantic_index - golden.prompt_ids.length),
  });
  const difference = record.scores.semgrad.score / golden.float64.semgrad - 1;
  assert.ok(Math.abs(difference) < 1e-4, String(difference));
  const error = await model.ask("Why?").catch((thrown) => thrown);
  assert.equal(error.code, "missing_tokenizer");
  model.dispose();
  await assert.rejects(model.ask("Why?"), { code: "aborted" });
  assert.deepEqual(await cache.list(), []);
});
