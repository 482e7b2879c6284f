/** What the package does where there is no page. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { check } from "../../pkg/test/support/teach.mjs";
import { assertClose, golden, tinyFolder, tinyRequest } from "../browser/lib/reference.mjs";
import { ROOT } from "../browser/lib/server.mjs";
import { denoPath, startDeno } from "./deno.mjs";
import { startWorkerd } from "./workerd.mjs";

const NAME = "llama_tied";
const FILE = golden(NAME);

/** Runs `work` in a process of its own. */
async function inside(start, work) {
  const runtime = await start();
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

const failure = (promise) =>
  promise.then(
    () => assert.fail("did not reject"),
    (error) => error.record,
  );

test("Deno has workers, WebGPU and a lasting cache", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-deno-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const start = () => startDeno({ folder });
  await inside(start, async (runtime) => {
    const model = await runtime.load(tinyFolder(NAME), { worker: true, device: "webgpu", cache: "cache-api" });
    assert.deepEqual(model.warnings, []);
    assert.equal(model.info.device, "webgpu");
    assert.ok(model.info.gpu.length > 0);
    const { record } = await model.run(tinyRequest(FILE));
    assertClose("semgrad", record.scores.semgrad.score, FILE.want.semgrad, 1e-3);
    // The counter sees this thread only: the model is in another one.
    assert.equal((await model.memory()).wasm, 0);
  });
});

test("Deno without a private file system says so and goes on", () =>
  inside(startDeno, async (runtime) => {
    const { warnings, info } = await runtime.load(tinyFolder(NAME), { cache: "opfs", device: "cpu" });
    assert.match(warnings[0], /opfs is not available/);
    assert.equal(info.device, "cpu");
  }));

test("a model is taught in Deno, in a worker, as in Node", async () => {
  const script = join(ROOT, "tests/runtimes/inside/teach.js");
  const argv = ["run", "--no-config", "--no-lock", "--no-remote", "--no-npm", "--no-prompt", `--allow-read=${ROOT}`];
  const { stdout } = await promisify(execFile)(denoPath(), [...argv, script], { maxBuffer: 2 ** 26 });
  check(assert, JSON.parse(stdout));
});

test("workerd wants the module handed over, has no WebGPU, and keeps a model from request to request", () =>
  inside(startWorkerd, async (runtime) => {
    const lacking = await failure(runtime.load(tinyFolder(NAME), { wasm: null }));
    assert.equal(lacking.code, "bad_input");
    assert.match(lacking.advice, /semgrad\/semgrad\.wasm/);
    assert.equal((await failure(runtime.load(tinyFolder(NAME), { device: "webgpu" }))).code, "no_webgpu");
    const model = await runtime.load(tinyFolder(NAME));
    assert.equal(model.info.device, "cpu");
    assert.match(model.info.deviceReason, /no WebGPU/);
    // Each of these is a request of its own; two at once wait for each other.
    const both = await Promise.all([model.run(tinyRequest(FILE)), model.run(tinyRequest(FILE))]);
    for (const { record } of both) assertClose("semgrad", record.scores.semgrad.score, FILE.want.semgrad, 1e-4);
    assert.equal((await failure(model.run({ question: "Why?" }))).code, "missing_tokenizer");
    const { record } = await model.run(tinyRequest(FILE));
    assertClose("semgrad", record.scores.semgrad.score, FILE.want.semgrad, 1e-4);
  }));
