/** The package in Chromium gives the reference numbers, on every device. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openBrowser } from "./lib/chromium.mjs";
import { assertClose, golden, realLines, realModel, SMOLLM2, TINY, tinyFolder, tinyRequest } from "./lib/reference.mjs";
import { openPage, startServer } from "./lib/server.mjs";

/** Loads a model through the public interface in a worker, runs the requests, and gives the records. */
async function records(context, model, device, requests) {
  const server = await startServer({ model });
  const page = await openPage(context, server.origin);
  try {
    return await page.evaluate(
      async ([source, options, lines]) => {
        const loaded = await semgrad.load(source, options);
        const results = [];
        for (const line of lines) results.push(await loaded.run(line));
        loaded.dispose();
        return results;
      },
      [server.modelUrl, { device }, requests],
    );
  } finally {
    await page.close();
    server.close();
  }
}

function checkTiny(name, record, { want }, tolerance) {
  const check = (what, got, expected) => assertClose(`${name} ${what}`, got, expected, tolerance);
  check(
    "logprob",
    record.tokens.map((token) => token.logprob),
    want.token_logprob,
  );
  check(
    "entropy",
    record.tokens.map((token) => token.entropy),
    want.token_entropy,
  );
  const names = { semgrad: "semgrad", exgrad: "exgrad", paragrad: "exgrad_weight", hybridgrad: "hybridgrad" };
  for (const [ours, theirs] of Object.entries(names)) check(ours, record.scores[ours].score, want[theirs]);
  check("alpha", record.alpha, want.alpha);
  if (want.per_layer_mean_abs_grad) {
    check("layers", record.layers, want.per_layer_mean_abs_grad.slice(0, record.layers.length));
  }
  for (const [layer, row] of (want.grad_l1_tail10 ?? []).entries()) {
    check(`tail ${layer}`, record.grad_l1_tail[layer], row);
  }
  assert.deepEqual(record.warnings, []);
}

for (const [device, tolerance] of [
  ["cpu", 1e-4],
  ["webgpu", 1e-3],
]) {
  describe(`tiny models on ${device}`, () => {
    let browser;
    before(async () => {
      browser = await openBrowser({ webgpu: device === "webgpu" });
    });
    after(() => browser.close());

    for (const name of TINY) {
      test(name, async () => {
        const file = golden(name);
        const [judged] = await records(browser.context, tinyFolder(name), device, [tinyRequest(file)]);
        assert.equal(judged.device, device);
        assert.equal(judged.semantic_index, file.semantic_index);
        checkTiny(name, judged, file, tolerance);
      });
    }

    test("greedy answers", async () => {
      // Every token is a pass of its own: on a software adapter one model has to do.
      for (const name of device === "cpu" ? TINY : TINY.slice(0, 1)) {
        const { greedy_response_ids_from_prompt: want, prompt_ids } = golden(name);
        if (!want) continue;
        const request = { prompt_ids, max_tokens: want.length, methods: [], semantic_position: "-1" };
        const [answered] = await records(browser.context, tinyFolder(name), device, [request]);
        assert.deepEqual(answered.response_ids, want, name);
      }
    });
  });
}

/** Token counts up to the first near tie, where two implementations may part. */
function comparable(line) {
  const tie = line.tokens.top2_margin.findIndex((margin) => margin <= 0.01);
  return tie === -1 ? line.response_ids.length : tie;
}

/** Judged ids: log-probabilities, entropies, scores and layers as recorded. */
function checkReal(judged, line) {
  assert.equal(judged.semantic_index, line.semantic_index);
  for (const name of ["logprob", "entropy"]) {
    for (const [at, want] of line.tokens[name].entries()) {
      const difference = Math.abs(judged.tokens[at][name] - want);
      assert.ok(difference < 1e-3, `${line.id} ${name}[${at}] differs by ${difference}`);
    }
  }
  for (const name of ["semgrad", "paragrad", "exgrad", "hybridgrad"]) {
    assertClose(`${line.id} ${name}`, judged.scores[name].score, line.scores[name], 2e-3);
  }
  for (const [layer, value] of judged.layers.entries()) {
    if (value !== null) assertClose(`${line.id} layer ${layer}`, value, line.layers[layer], 2e-3);
  }
}

describe("SmolLM2-135M", () => {
  const model = realModel(SMOLLM2);
  const skip = model === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}`;
  const prefix = "Answer the question concisely. Q: ";
  const lines = realLines("smollm2-135m.jsonl").sort((a, b) => a.response_ids.length - b.response_ids.length);
  const given = ({ prompt_ids, response_ids }) => ({ prompt_ids, response_ids, semantic_position: "header" });
  const asked = ({ question, response_ids }) => ({
    prefix,
    question: question.slice(prefix.length),
    max_tokens: response_ids.length,
    semantic_position: "header",
  });

  test("answers and scores as recorded on the CPU", { skip }, async () => {
    const [short, next] = lines;
    const requests = [{ ...given(short), all_layers: true }, given(next), asked(short), asked(next)];
    const browser = await openBrowser();
    try {
      const results = await records(browser.context, model, "cpu", requests);
      for (const [index, line] of [short, next].entries()) {
        checkReal(results[index], line);
        const answered = results[index + 2];
        assert.deepEqual(answered.prompt_ids, line.prompt_ids);
        const length = comparable(line);
        assert.deepEqual(answered.response_ids.slice(0, length), line.response_ids.slice(0, length));
      }
      assert.ok(results[0].layers.every((value) => value !== null));
    } finally {
      await browser.close();
    }
  });

  test("answers one short question as recorded on WebGPU", { skip }, async (context) => {
    const [line] = lines;
    const browser = await openBrowser({ webgpu: true });
    try {
      const [answered] = await records(browser.context, model, "webgpu", [asked(line)]);
      assert.equal(answered.device, "webgpu");
      assert.deepEqual(answered.response_ids, line.response_ids);
      checkReal(answered, line);
      const seconds = (ms) => (ms / 1000).toFixed(1);
      const { prefill, decode, score } = answered.ms;
      context.diagnostic(`prefill ${seconds(prefill)} s, decode ${seconds(decode)} s, scores ${seconds(score)} s`);
    } finally {
      await browser.close();
    }
  });
});
