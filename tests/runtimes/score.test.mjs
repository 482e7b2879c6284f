/** The runner behind `cargo xtask score --runtime …`: lines, reruns, exit statuses. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { load } from "../../pkg/dist/index.js";
import { asBlobs, encoderFiles, tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { golden, tinyFolder, tinyRequest } from "../browser/lib/reference.mjs";
import { ROOT } from "../browser/lib/server.mjs";

const SCRIPT = join(ROOT, "tests/runtimes/score.mjs");
let folder;
let files;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "semgrad-score-"));
  files = ["--in", join(folder, "in.jsonl"), "--out", join(folder, "out.jsonl")];
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program; gives its exit status and what it said. */
function run(...argv) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SCRIPT, ...argv], { stdio: ["ignore", "inherit", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("close", (status) => resolve({ status, said }));
  });
}

const write = (lines) => writeFileSync(files[1], lines.map((line) => `${line}\n`).join(""));
const output = () => readFileSync(files[3], "utf8").trim().split("\n").map(JSON.parse);

test("lines go in and out, a bad one fails alone, and a rerun skips what is there", async () => {
  const file = golden("qwen3_untied");
  const good = { ...tinyRequest(file), id: "good" };
  delete good.tail;
  delete good.all_layers;
  delete good.methods;
  write([JSON.stringify(good), "no json", "", JSON.stringify({ id: "text", question: "without tokenizer" })]);
  const model = ["--model", tinyFolder("qwen3_untied"), "--device", "cpu"];
  const first = await run(...model, ...files, "--tail=2", "--methods", "semgrad,paragrad");
  assert.equal(first.status, 2, first.said);
  const [judged, broken, text] = output();
  assert.equal(judged.id, "good");
  assert.deepEqual(Object.keys(judged.scores).sort(), ["paragrad", "semgrad"]);
  assert.equal(judged.grad_l1_tail.at(-1).length, 2);
  assert.equal(broken.error.code, "bad_input");
  assert.deepEqual([text.id, text.error.code], ["text", "missing_tokenizer"]);

  write([JSON.stringify(good), JSON.stringify({ ...good, id: "new" })]);
  const second = await run(...model, ...files, "--semantic-position", "-1");
  assert.equal(second.status, 0, second.said);
  const lines = output();
  assert.equal(lines.length, 4);
  // What failed and is asked for again stands there once, and answered.
  write([JSON.stringify({ ...good, id: "text" }), `{"id": "cut off", "question": "\\ud8`]);
  const third = await run(...model, ...files);
  assert.equal(third.status, 2, third.said);
  const again = output();
  assert.deepEqual(
    again.map(({ id, error }) => [id, error?.code]),
    [
      ["good", undefined],
      [null, "bad_input"],
      ["new", undefined],
      ["text", undefined],
      ["cut off", "bad_input"],
    ],
  );
  assert.equal(lines[3].id, "new");
  // A line's own field wins over the flag, and four methods are the default.
  assert.equal(lines[3].semantic_index, file.semantic_index);
  assert.deepEqual(Object.keys(lines[3].scores).sort(), ["exgrad", "hybridgrad", "paragrad", "semgrad"]);
});

test("the other runtimes write the same lines", async () => {
  const line = { ...tinyRequest(golden("llama_tied")), methods: ["semgrad"] };
  write([JSON.stringify(line), "no json"]);
  const model = ["--model", tinyFolder("llama_tied"), "--device", "cpu"];
  const written = [];
  for (const runtime of ["browser", "deno", "workerd"]) {
    rmSync(files[3], { force: true });
    const { status, said } = await run("--runtime", runtime, ...model, ...files);
    assert.equal(status, 2, said);
    assert.match(said, /peak memory: wasm \d+ MB/);
    const [{ ms, scores, ...record }, broken] = output();
    assert.equal(broken.error.code, "bad_input");
    assert.ok(ms.prefill >= 0);
    written.push({ ...record, semgrad: scores.semgrad.score });
  }
  // The same module on the same kind of device: not one digit may differ.
  assert.deepEqual(written[1], written[0]);
  assert.deepEqual(written[2], written[0]);
});

test("engines are named by flags, and served to the runtime from their folders", async () => {
  const tiny = join(folder, "tiny");
  mkdirSync(tiny, { recursive: true });
  for (const [name, bytes] of Object.entries(tinyFiles())) writeFileSync(join(tiny, name), bytes);
  const methods = ["semantic_entropy", "sar", "inv_entropy"];
  const line = { id: "q", question: "Which big city is old?", seed: 5 };
  write([JSON.stringify(line)]);
  const flags = ["--methods", methods.join(), "--samples", "3", "--max-tokens", "6", "--wordings", "search"];
  const argv = ["--runtime", "deno", "--model", tiny, "--device", "cpu", ...files, ...flags];
  const scored = async (...more) => {
    rmSync(files[3], { force: true });
    const { status, said } = await run(...argv, ...more);
    assert.equal(status, 0, said);
    return output()[0].scores;
  };
  const without = await scored();
  for (const id of methods) assert.equal(without[id].error.code, "engine_required", id);
  const encoder = (name) => join(ROOT, "tests/reference/encoders", name);
  const [byWords, byEncoders] = [
    await scored("--nli", "lexical", "--embed", "lexical"),
    await scored("--nli", encoder("bert_nli"), "--embed", encoder("bert_embedding")),
  ];

  // The same module in this process, asked through the package.
  const asked = { ...line, methods, samples: 3, max_tokens: 6, wordings: "search" };
  const blobs = { nli: asBlobs(encoderFiles("bert_nli")), embed: asBlobs(encoderFiles("bert_embedding")) };
  for (const [engines, got] of [
    [{ nli: "lexical", embed: "lexical" }, byWords],
    [blobs, byEncoders],
  ]) {
    const model = await load(asBlobs(tinyFiles()), { cache: "none", device: "cpu", engines });
    const { scores } = await model.run(asked);
    model.dispose();
    const values = (all) => methods.map((id) => [all[id].score, all[id].error?.code]);
    assert.deepEqual(values(got), values(scores));
  }
  assert.notEqual(byWords.sar.score, byEncoders.sar.score);
  for (const id of methods) assert.ok(Number.isFinite(byEncoders[id].score), JSON.stringify(byEncoders[id]));
});

test("mistakes on the command line and models that cannot run have their own status", async () => {
  write(["{}"]);
  const model = ["--model", tinyFolder("llama_tied")];
  for (const wrong of [
    [...files],
    [...model, ...files, "--device", "tpu"],
    [...model, ...files, "--runtime", "phone"],
    [...model, ...files, "--max-tokens", "many"],
    [...model, ...files, "--nonsense"],
    [...model, ...files, "--answer-risk", "low"],
    [...model, ...files, "--nli", "telepathy"],
    [...model, ...files, "--embed", "judge"],
    [...model, ...files, "--profile", join(folder, "none.json")],
    [...model, "--in", join(folder, "missing.jsonl"), ...files.slice(2)],
  ]) {
    const { status, said } = await run(...wrong);
    assert.equal(status, 1, `${wrong.join(" ")}: ${said}`);
  }
  const refused = await run(...model, ...files, "--runtime", "workerd", "--device", "webgpu");
  assert.equal(refused.status, 3, refused.said);
  assert.match(refused.said, /no_webgpu/);
  const broken = join(folder, "broken.gguf");
  writeFileSync(broken, "not a model");
  for (const path of [broken, join(folder, "missing.gguf")]) {
    const { status, said } = await run("--model", path, ...files, "--device", "cpu");
    assert.equal(status, 3, said);
  }
});
