/** The package gives the reference numbers wherever it runs, on every device that is there. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  assertClose,
  golden,
  realLines,
  realModel,
  SMOLLM2,
  TINY,
  tinyFolder,
  tinyRequest,
} from "../browser/lib/reference.mjs";
import { startBrowser } from "./browser.mjs";
import { startDeno } from "./deno.mjs";
import { startWorkerd } from "./workerd.mjs";

/** Loads a model through the public interface, runs the requests, and gives the records; `why` is the device's reason. */
async function records(runtime, path, device, requests, why = /./) {
  const model = await runtime.load(path, { device });
  try {
    assert.match(model.info.deviceReason, why);
    const results = [];
    for (const request of requests) results.push((await model.run(request)).record);
    return results;
  } finally {
    await model.close();
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

/** Tokens and rivals are what the margin between the two largest logits says of them; found where the logits are. */
function checkRivals(name, { tokens }) {
  let compared = 0;
  for (const [at, { id, logprob, top2_margin, rivals = [] }] of tokens.entries()) {
    const what = `${name} rivals[${at}]`;
    const falling = rivals.map((rival) => rival.logprob);
    assert.deepEqual(
      falling,
      [...falling].sort((a, b) => b - a),
      what,
    );
    assert.ok(rivals.length <= 3 && falling.every((value) => value >= Math.log(0.01)), what);
    assert.ok(
      rivals.every((rival) => rival.id !== id),
      what,
    );
    const [first, second] = [logprob, ...falling].sort((a, b) => b - a);
    // Less probable ones are left out.
    if (rivals.length === 0 || second < Math.log(0.01)) continue;
    assert.ok(Math.abs(first - second - top2_margin) < 1e-4, `${what}: ${first - second}, not ${top2_margin}`);
    compared += 1;
  }
  assert.ok(compared > 0, `${name} has no rivals`);
}

/** What WebGPU has in common everywhere. */
const WEBGPU = { device: "webgpu", tolerance: 1e-3, greedy: ["llama_tied"] };

/** Software adapters are slow to compile and to answer: beside the CPU, whose order of sums differs, fewer models do. */
const PLACES = [
  { name: "browser", start: () => startBrowser(), device: "cpu", tolerance: 1e-4, models: TINY, greedy: TINY },
  { ...WEBGPU, name: "browser", start: () => startBrowser({ webgpu: true }), models: TINY },
  {
    ...WEBGPU,
    name: "browser, as on a graphics card,",
    start: () => startBrowser({ webgpu: true, inside: ["graphics"] }),
    models: TINY,
    why: /self-test with subgroups$/,
  },
  {
    ...WEBGPU,
    name: "browser, as on a graphics card without subgroups,",
    start: () => startBrowser({ webgpu: true, inside: ["graphics", "plain"] }),
    models: ["qwen3_untied"],
    why: /self-test$/,
  },
  {
    ...WEBGPU,
    name: "browser, as on a graphics card with wrong subgroups,",
    start: () => startBrowser({ webgpu: true, inside: ["graphics", "spoiled"] }),
    models: ["llama_untied"],
    why: /self-test without subgroups: with them, the GPU computes \w+ wrongly/,
  },
  { name: "deno", start: startDeno, device: "cpu", tolerance: 1e-4, models: TINY, greedy: ["llama_tied"] },
  { ...WEBGPU, name: "deno", start: startDeno, models: TINY },
  { name: "workerd", start: startWorkerd, device: "cpu", tolerance: 1e-4, models: TINY, greedy: ["llama_tied"] },
];

for (const { name: place, start, device, tolerance, models, greedy, why } of PLACES) {
  describe(`tiny models in ${place} on ${device}`, () => {
    let runtime;
    before(async () => {
      runtime = await start();
    });
    after(() => runtime.close());

    for (const name of models) {
      test(name, async () => {
        const file = golden(name);
        const request = { ...tinyRequest(file), rivals: true };
        const [judged] = await records(runtime, tinyFolder(name), device, [request], why);
        assert.equal(judged.device, device);
        assert.equal(judged.semantic_index, file.semantic_index);
        checkTiny(name, judged, file, tolerance);
        checkRivals(name, judged);
      });
    }

    test("greedy answers", async () => {
      for (const name of greedy) {
        const { greedy_response_ids_from_prompt: want, prompt_ids } = golden(name);
        if (!want) continue;
        const request = { prompt_ids, max_tokens: want.length, methods: [], semantic_position: "-1" };
        const [answered] = await records(runtime, tinyFolder(name), device, [request], why);
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
    const browser = await startBrowser();
    try {
      const results = await records(browser, model, "cpu", requests);
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
    const browser = await startBrowser({ webgpu: true });
    try {
      const [answered] = await records(browser, model, "webgpu", [asked(line)]);
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
