/** The package in Node: no worker, no lasting cache, the CPU. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { cache, load } from "../dist/index.js";

const TINY = new URL("../../tests/reference/tiny/llama_tied/", import.meta.url);
const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));

test("loads and runs a tiny model", { skip: !isBuilt && "the wasm module is not built" }, async () => {
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
