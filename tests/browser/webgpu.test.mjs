/** Decoding on WebGPU, where steps begin before their token is known, and pipelines compiled while weights come. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/chromium.mjs";
import { until } from "./lib/patience.mjs";
import { assertClose, golden, tinyFolder } from "./lib/reference.mjs";
import { openPage, startServer } from "./lib/server.mjs";

/** Layers that see everything and layers that slide, norms everywhere. */
const MODEL = "gemma3_tied";
const MOST = 7;
/** Relative; WebGPU's exponentials are not the CPU's. */
const TOLERANCE = 1e-3;
const WEIGHTS = readFileSync(`${tinyFolder("llama_tied")}/model.safetensors`);

let server;
let browser;
let page;
/** Sends the rest of the weights under `/slow/`. */
let release = () => {};

/** `/tiny/NAME/` are models, `/gguf/` has files of every format; `/slow/` is one whose weights stop in the middle. */
function files(_, response, path) {
  const [, gguf] = /^\/gguf\/([\w.-]+\.gguf)$/.exec(path) ?? [];
  if (gguf) {
    const body = readFileSync(new URL(`../reference/gguf/${gguf}`, import.meta.url));
    response.writeHead(200, { "content-length": body.length }).end(body);
    return true;
  }
  const [, folder, name] = /^\/(tiny\/\w+|slow)\/([\w.]+)$/.exec(path) ?? [];
  if (!folder) return false;
  if (folder === "slow" && name === "model.safetensors") {
    const half = Math.ceil(WEIGHTS.length / 2);
    response.writeHead(200, { "content-length": WEIGHTS.length }).write(WEIGHTS.subarray(0, half));
    release = () => response.end(WEIGHTS.subarray(half));
    return true;
  }
  let body;
  try {
    body = readFileSync(`${tinyFolder(folder === "slow" ? "llama_tied" : folder.slice("tiny/".length))}/${name}`);
  } catch {}
  response.writeHead(body ? 200 : 404).end(body);
  return true;
}

before(async () => {
  server = await startServer({ extra: files });
  browser = await openBrowser({ webgpu: true });
  page = await openPage(browser.context, server.origin);
});
after(async () => {
  await browser.close();
  server.close();
});

/**
 * In the page, on one device: answers of every length, answers that a stop id ends, answers aborted and asked for again;
 * each with a second one that begins where it left off.
 */
async function answers({ folder, prompt, most, device }) {
  const blobs = {};
  for (const name of ["config.json", "model.safetensors"]) blobs[name] = await (await fetch(folder + name)).blob();
  const config = JSON.parse(await blobs["config.json"].text());
  const load = (stop) => {
    const text = JSON.stringify({ ...config, eos_token_id: stop });
    // In this thread: the device and its pipelines are there for all of them.
    return semgrad.load({ ...blobs, "config.json": new Blob([text]) }, { device, worker: false });
  };
  const request = { prompt_ids: prompt, max_tokens: most, methods: ["semgrad", "gnll"], semantic_position: "-2" };
  const conversation = async (model, changed) => {
    const first = await model.run({ ...request, ...changed });
    const prompt_ids = [...prompt, ...first.response_ids, 7, 11];
    return [first, await model.run({ ...request, ...changed, prompt_ids })].map((record) => ({
      ids: record.response_ids,
      reason: record.finish_reason,
      logprob: record.tokens.map((token) => token.logprob),
      entropy: record.tokens.map((token) => token.entropy),
      scores: Object.values(record.scores).map(({ score }) => score),
    }));
  };
  const found = {};
  const model = await load([]);
  for (const max_tokens of [1, most]) found[`${max_tokens} tokens`] = await conversation(model, { max_tokens });
  const [free] = found[`${most} tokens`];
  for (const token of [2]) {
    const aborter = new AbortController();
    const onEvent = (event) => {
      if (event.type === "token" && event.index === token) aborter.abort();
    };
    const error = await model.run(request, { signal: aborter.signal, onEvent }).catch((thrown) => thrown);
    found[`aborted at ${token}`] = [error.code, ...(await conversation(model, {}))];
  }
  model.dispose();
  for (const [at, stop] of free.ids.entries()) {
    if (free.ids.indexOf(stop) !== at || at > 2) continue;
    const stopped = await load([stop]);
    found[`stopped at ${at}`] = await conversation(stopped, {});
    stopped.dispose();
  }
  return found;
}

test("packed weights of every format give on WebGPU what they give on the CPU, in one file and in three", async () => {
  const scores = async ({ url, device }) => {
    const model = await semgrad.load(url, { device, worker: false, cache: "none" });
    const prompt_ids = [2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2];
    const found = [];
    // A few tokens and many, and one after the other.
    for (const response_ids of [[2], [0, 1, 2, 3, 0, 1, 2], [...prompt_ids, ...prompt_ids]]) {
      const request = { prompt_ids, response_ids, semantic_position: "-1", methods: ["semgrad", "gnll"] };
      const record = await model.run(request);
      found.push(record.scores.semgrad.score, record.scores.gnll.score);
    }
    const { tokens } = await model.run({ prompt_ids, max_tokens: 4, semantic_position: "-1", methods: ["gnll"] });
    found.push(...tokens.map(({ logprob }) => logprob));
    const facts = [model.info.device, model.info.files.length];
    model.dispose();
    return { found, facts };
  };
  const at = (name) => `${server.origin}/gguf/${name}.gguf`;
  const cpu = await page.evaluate(scores, { url: at("formats"), device: "cpu" });
  const gpu = await page.evaluate(scores, { url: at("formats"), device: "webgpu" });
  const split = await page.evaluate(scores, { url: at("split-00002-of-00003"), device: "webgpu" });
  assert.deepEqual(
    [cpu, gpu, split].map(({ facts }) => facts),
    [
      ["cpu", 1],
      ["webgpu", 1],
      ["webgpu", 3],
    ],
  );
  assert.deepEqual(split.found, gpu.found);
  assertClose("packed weights", gpu.found, cpu.found, TOLERANCE);
});

test("WebGPU answers as the CPU does, whatever ends the answer", async () => {
  const settings = { folder: `${server.origin}/tiny/${MODEL}/`, prompt: golden(MODEL).prompt_ids, most: MOST };
  const cpu = await page.evaluate(answers, { ...settings, device: "cpu" });
  const gpu = await page.evaluate(answers, { ...settings, device: "webgpu" });
  assert.deepEqual(Object.keys(gpu), Object.keys(cpu));
  assert.ok(Object.keys(cpu).some((what) => what.startsWith("stopped")));
  for (const [what, records] of Object.entries(cpu)) {
    for (const [index, want] of records.entries()) {
      const got = gpu[what][index];
      if (want === "aborted") {
        assert.equal(got, want, what);
        continue;
      }
      assert.deepEqual([got.ids, got.reason], [want.ids, want.reason], what);
      if (what.startsWith("stopped") && index === 0) assert.equal(want.reason, "stop");
      for (const numbers of ["logprob", "entropy", "scores"]) {
        assertClose(`${what}: ${numbers}`, got[numbers], want[numbers], TOLERANCE);
      }
    }
  }
});

test("left to choose, a model does not run on an adapter that is software", async () => {
  const info = await page.evaluate(async (url) => {
    const model = await semgrad.load(url, { device: "auto", cache: "none" });
    model.dispose();
    return model.info;
  }, `${server.origin}/tiny/${MODEL}/`);
  assert.equal(info.device, "cpu");
  assert.match(info.deviceReason, /the adapter is software/);
});

test("while the weights come, everything is compiled that the first answer needs", async () => {
  const slow = await openPage(browser.context, server.origin);
  await slow.evaluate((url) => {
    globalThis.pipelines = 0;
    const create = GPUDevice.prototype.createComputePipeline;
    GPUDevice.prototype.createComputePipeline = function (described) {
      globalThis.pipelines++;
      return create.call(this, described);
    };
    globalThis.loading = semgrad.load(url, { device: "webgpu", worker: false, cache: "none" });
  }, `${server.origin}/slow/`);
  // Not one more for as long as it took until now, and some seconds: that is all that can be done before the rest of the
  // weights is there, on a machine of any speed.
  const settled = async () => {
    const began = performance.now();
    let [last, changed] = [0, began];
    return until(async () => {
      const count = await slow.evaluate(() => globalThis.pipelines);
      if (count !== last) [last, changed] = [count, performance.now()];
      return count > 0 && performance.now() - changed > Math.max(3000, changed - began) ? count : 0;
    }, "no more pipelines");
  };
  const compiled = await settled();
  release();
  const [loaded, answered] = await slow.evaluate(async () => {
    const model = await globalThis.loading;
    const loaded = globalThis.pipelines;
    const prompt_ids = Array.from({ length: 36 }, (_, index) => index + 1);
    await model.run({ prompt_ids, max_tokens: 4, semantic_position: "-5" });
    model.dispose();
    return [loaded, globalThis.pipelines];
  });
  await slow.close();
  assert.ok(compiled > 25, `only ${compiled} pipelines`);
  assert.deepEqual([loaded, answered], [compiled, compiled]);
});
