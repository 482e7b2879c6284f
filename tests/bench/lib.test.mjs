/** The benchmark's own arithmetic: formats, medians, and a report about nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRate, median, prefillRate, scoreShare, summary } from "../../www/shared/measure/figures.js";
import { fitted, knownMethods, varied } from "../../www/shared/measure/requests.js";
import { floatTensor, halfBits, halfValue, q8Tensor, readGguf, writeGguf } from "./lib/gguf.mjs";
import { interleave, Notebook } from "./lib/measure.mjs";
import { report } from "./lib/report.mjs";

test("every half-precision number keeps its bits", () => {
  for (let bits = 0; bits < 0x7c00; bits++) assert.equal(halfBits(halfValue(bits)), bits);
  assert.equal(halfBits(-halfValue(0x3555)), 0xb555);
  // 2049 lies between 2048 and 2050, 2051 between 2050 and 2052: the even mantissa wins.
  assert.equal(halfValue(halfBits(2049)), 2048);
  assert.equal(halfValue(halfBits(2051)), 2052);
  assert.throws(() => halfBits(65520), /too large/);
});

test("a written file is read back", () => {
  const values = Int8Array.from({ length: 64 }, (_, index) => index - 128);
  const tensors = [q8Tensor("a.weight", 2, 32, values, 0.5), floatTensor("norm.weight", Float32Array.of(1, 2, 3))];
  const file = writeGguf({ "general.name": ["string", "ä"], list: ["string[]", ["x", ""]] }, tensors);
  const { count, tensors: read } = readGguf(file);
  assert.equal(count, 2);
  assert.deepEqual(
    read.map(({ name, shape }) => [name, shape]),
    [
      ["a.weight", [32, 2]],
      ["norm.weight", [3]],
    ],
  );
  assert.equal(read[0].bytes.readInt8(2), -128);
  assert.equal(read[1].bytes.readFloatLE(8), 3);
});

test("medians leave out what was not measured", () => {
  assert.equal(median([3, null, 1, Number.NaN, 2]), 2);
  assert.equal(median([4, 1]), 2.5);
  assert.equal(median([]), null);
});

test("figures come from a record, and are null where there is nothing to divide", () => {
  const record = {
    prompt_ids: [1, 2, 3, 4],
    response_ids: [5, 6, 7],
    semantic_index: 3,
    scores: { semgrad: { ms: 30 }, gnll: { ms: 0 } },
    ms: { load: 1, prefill: 20, decode: 40, score: 30 },
  };
  const run = summary(record);
  assert.deepEqual([run.prompt, run.tokens, run.suffix, run.samples, run.sampling], [4, 3, 3, 0, null]);
  assert.deepEqual(run.costs, { semgrad: 30, gnll: 0 });
  assert.equal(prefillRate(run), 200);
  assert.equal(decodeRate(run), 50);
  assert.equal(scoreShare(run), 0.5);
  assert.equal(decodeRate({ ...run, tokens: 1, decode: 0 }), null);
  assert.equal(prefillRate(undefined), null);
  assert.equal(scoreShare({ ...run, methods: [] }), null);
});

test("requests fit the model that they go to", async () => {
  const request = { question: "x".repeat(450), max_tokens: 10 };
  const facts = { tokenizer: false, vocab: 7, context: 64 };
  assert.deepEqual(fitted(request, { ...facts, tokenizer: true }), request);
  const { prompt_ids, question } = fitted(request, facts);
  assert.equal(question, undefined);
  assert.equal(prompt_ids.length, 54);
  assert.ok(prompt_ids.every((id) => Number.isInteger(id) && id > 0 && id < 7));
  assert.equal(fitted(request, { ...facts, context: 1000 }).prompt_ids.length, 100);
  assert.equal(varied(request, 1).question, `${request.question} (2)`);
  const run = async ({ methods }) => {
    if (methods[0] === "new") throw new Error("unknown");
  };
  assert.deepEqual(await knownMethods(run, ["semgrad", "new", "gnll"]), ["semgrad", "gnll"]);
});

test("systems take turns, and one that fails is out", async () => {
  const notebook = new Notebook(60_000);
  const [good, bad] = [{ name: "good" }, { name: "bad" }];
  const order = [];
  await interleave(notebook, "turns", [good, bad], 2, async (system, repetition) => {
    order.push(`${system.name} ${repetition}`);
    if (system === bad) throw new Error("broken\nstack");
  });
  assert.deepEqual(order, ["good 0", "bad 0", "good 1"]);
  assert.deepEqual(notebook.missing, [{ what: "turns, bad", reason: "broken" }]);
});

test("a report without any measurement has every bar", () => {
  const machine = { cpu: "none", cores: 1, browser: "none", system: "none", date: "2000-01-01", load: [0] };
  const models = { default: { file: "a.gguf", size: 1, tied: true } };
  const empty = { machine, models, seconds: 0, sizes: { quality: 9 }, agreement: [], native: null };
  const text = report({ ...empty, loads: [], runs: [], missing: [{ what: "all", reason: "a test" }] });
  assert.match(text, /browser CPU decode ÷ wllama \| – \| ≥ 1.5 \| 3 \| not measured/);
  assert.match(text, /- all: a test/);
});
