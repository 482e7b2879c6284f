/** The similarity engines as a wasm module, on the CPU inside Node and on WebGPU in Chromium: PyTorch's numbers to 1e-5. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openBrowser } from "./lib/chromium.mjs";
import { realModel } from "./lib/reference.mjs";
import { ROOT, startServer } from "./lib/server.mjs";

const TOLERANCE = 1e-5;
const folderOf = (name) => join(ROOT, "tests/reference/encoders", name);
const goldenOf = (name) => JSON.parse(readFileSync(join(folderOf(name), "golden.json"), "utf8"));
const control = () => ({ aborted: () => false, pause: () => Promise.resolve() });
const quiet = () => {};

function namesIn(folder) {
  const names = [...readdirSync(folder), "1_Pooling/config.json"].filter((name) => /\.(json|safetensors)$/.test(name));
  return names.filter((name) => existsSync(join(folder, name)));
}

/** The files of a folder as the module reads them. */
function files(folder) {
  return namesIn(folder).map((name) => {
    const bytes = readFileSync(join(folder, name));
    const read = async (offset, length) => new Uint8Array(bytes.subarray(offset, offset + length));
    return { name, size: bytes.length, read };
  });
}

function close(what, got, want, tolerance) {
  assert.equal(got.length, want.length, what);
  for (const [index, value] of want.entries()) {
    assert.ok(Math.abs(got[index] - value) <= tolerance, `${what}[${index}]: ${got[index]} instead of ${value}`);
  }
}

/** contradiction, entailment, neutral by the names that the fixtures give their logits. */
function probabilities(logits, labels) {
  const weights = logits.map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(labels.map((label, index) => [label, weights[index] / total]));
}

const CASES = [
  ["bert_nli", ["contradict", "entail", "neutral"]],
  ["roberta_nli", ["contradict", "neutral", "entail"]],
  ["deberta_v3_nli", ["contradict", "entail", "neutral"]],
  ["deberta_v2_contradiction", ["entail", "contradict"]],
];

/** Pairs of different texts, with the logits that PyTorch gives them. */
const pairsOf = (name) => goldenOf(name).filter(({ texts: [first, second] }) => first !== second);

function checkJudged(name, labels, judged) {
  const golden = pairsOf(name);
  assert.equal(judged.labels, labels.length);
  assert.equal(judged.evaluated, golden.length);
  const order = ["entail", "neutral", "contradict"];
  for (const [index, { logits }] of golden.entries()) {
    const want = { neutral: 0, ...probabilities(logits, labels) };
    const got = judged.entailment[index];
    close(
      `${name} ${index}`,
      order.map((label) => got[label]),
      order.map((label) => want[label]),
      TOLERANCE,
    );
  }
}

function checkEmbedded(name, { vectors, cosines, evaluated }) {
  const golden = goldenOf(name);
  assert.equal(evaluated, golden.length);
  for (const [index, { embedding }] of golden.entries()) {
    close(`text ${index}`, vectors[index], embedding, TOLERANCE);
    assert.ok(Math.abs(cosines[index][index] - 1) < 1e-6);
  }
}

describe("engines in wasm", () => {
  let wasm;
  before(async () => {
    wasm = await import(join(ROOT, "pkg/dist/wasm/semgrad.js"));
    wasm.initSync({ module: readFileSync(join(ROOT, "pkg/dist/wasm/semgrad_bg.wasm")) });
  });

  for (const [name, labels] of CASES) {
    test(name, async () => {
      const nli = await wasm.loadNli(files(folderOf(name)), "cpu", quiet, control());
      const pairs = pairsOf(name).map(({ texts }) => texts);
      const heard = [];
      checkJudged(name, labels, await nli.judge(pairs, (done, all) => heard.push([done, all]), control()));
      assert.deepEqual(heard.at(-1), [pairs.length, pairs.length]);
      nli.free();
    });
  }

  test("bert_embedding", async () => {
    const embedder = await wasm.loadEmbedder(files(folderOf("bert_embedding")), "cpu", quiet, control());
    const texts = goldenOf("bert_embedding").map(({ texts }) => texts[0]);
    checkEmbedded("bert_embedding", await embedder.embed(texts, quiet, control()));
    embedder.free();
  });

  test("an abort stops the work, and a folder without a model is an error", async () => {
    const nli = await wasm.loadNli(files(folderOf("bert_nli")), "cpu", quiet, control());
    const aborted = { aborted: () => true, pause: () => Promise.resolve() };
    await assert.rejects(nli.judge([["a", "b"]], quiet, aborted), { code: "aborted" });
    nli.free();
    await assert.rejects(wasm.loadNli([], "cpu", quiet, control()), { code: "bad_input" });
    await assert.rejects(wasm.loadNli(files(folderOf("bert_embedding")), "cpu", quiet, control()), {
      code: "bad_input",
    });
  });

  const real = realModel("all-MiniLM-L6-v2");
  test("all-MiniLM-L6-v2", { skip: real === null && "SEMGRAD_MODELS does not hold all-MiniLM-L6-v2" }, async () => {
    const embedder = await wasm.loadEmbedder(files(real), "cpu", quiet, control());
    const golden = JSON.parse(readFileSync(join(folderOf("."), "minilm.json"), "utf8"));
    const texts = golden.map(({ text }) => text);
    const start = performance.now();
    const { vectors } = await embedder.embed(texts, quiet, control());
    console.log(`${((performance.now() - start) / texts.length).toFixed(1)} ms a text`);
    for (const [index, { embedding }] of golden.entries()) close(texts[index], vectors[index], embedding, 1e-3);
    embedder.free();
  });
});

describe("engines on WebGPU", () => {
  let browser;
  before(async () => {
    browser = await openBrowser({ webgpu: true });
  });
  after(() => browser?.close());

  /** Loads an engine in a page and gives what it makes of texts or pairs. */
  async function inPage(name, engine, inputs) {
    const server = await startServer({ model: folderOf(name) });
    const page = await browser.context.newPage();
    try {
      await page.goto(server.origin);
      return await page.evaluate(
        async ([names, engine, inputs]) => {
          const wasm = await import("/pkg/wasm/semgrad.js");
          await wasm.default({ module_or_path: "/pkg/wasm/semgrad_bg.wasm" });
          const file = async (name) => {
            const bytes = new Uint8Array(await (await fetch(`/model/${name}`)).arrayBuffer());
            return { name, size: bytes.length, read: async (start, length) => bytes.slice(start, start + length) };
          };
          const files = await Promise.all(names.map(file));
          const control = () => ({ aborted: () => false, pause: () => new Promise((done) => setTimeout(done)) });
          if (engine === "nli") {
            return (await wasm.loadNli(files, "webgpu", () => {}, control())).judge(inputs, () => {}, control());
          }
          return (await wasm.loadEmbedder(files, "webgpu", () => {}, control())).embed(inputs, () => {}, control());
        },
        [namesIn(folderOf(name)), engine, inputs],
      );
    } finally {
      await page.close();
      server.close();
    }
  }

  for (const [name, labels] of CASES) {
    test(name, async () => {
      const pairs = pairsOf(name).map(({ texts }) => texts);
      checkJudged(name, labels, await inPage(name, "nli", pairs));
    });
  }

  test("bert_embedding", async () => {
    const texts = goldenOf("bert_embedding").map(({ texts }) => texts[0]);
    checkEmbedded("bert_embedding", await inPage("bert_embedding", "embed", texts));
  });
});
