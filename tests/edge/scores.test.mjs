/** The worker that only scores: it carries no more than that, and says what the one that can run a model says. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "../browser/lib/server.mjs";
import { call } from "./lib/client.mjs";
import { startDeno } from "./lib/deno.mjs";
import { bundle, sources, startWorker } from "./lib/worker.mjs";

/** Of the package, and of the service: what loads, runs and feeds a model. */
const RUNTIME = [
  "engine.js",
  "whole.js",
  "semgrad.js",
  "download.js",
  "model.js",
  "hasher.js",
  "local.ts",
  "shards.ts",
];

const reference = (name) => JSON.parse(readFileSync(join(ROOT, "tests/reference/methods", name), "utf8"));

test("its bundle holds the small module and nothing that runs a model", (context) => {
  const names = (kind) => sources(kind).map((path) => basename(path));
  const files = (kind) => bundle(kind).slice(1);
  const [small, whole] = [names("scores"), names("with-model")];
  for (const name of RUNTIME) {
    assert.ok(!small.includes(name), `${name} in ${small}`);
    assert.ok(whole.includes(name), `${name} is not in ${whole}: has it another name?`);
  }
  assert.ok(small.includes("scores.js") && small.includes("observed.ts"));
  // What runs a model does not check answers.
  for (const [kind, modules] of [
    ["scores", ["scores.wasm"]],
    ["with-model", ["scores.wasm", "semgrad.wasm"]],
  ]) {
    const held = files(kind).map(({ path }) => path.replace(/.*-/, ""));
    assert.deepEqual(held.sort(), modules);
  }
  const bytes = (kind) => bundle(kind).reduce((sum, { contents }) => sum + contents.length, 0);
  context.diagnostic(`bytes: ${bytes("scores")}, with a model ${bytes("with-model")}`);
  assert.ok(bytes("scores") * 5 < bytes("with-model"));
});

let services = [];
before(async () => {
  const whole = { modules: bundle("with-model") };
  const limits = { MAX_BODY_BYTES: "10000000" };
  services = await Promise.all([startWorker(limits), startWorker(limits, whole), startDeno(limits)]);
});
after(() => Promise.all(services.map((service) => service.close())));

/** The answers of all three. */
const all = (path, body) => Promise.all(services.map((service) => call(service, path, body)));

async function same(path, body) {
  const answers = await all(path, body);
  const [small, whole, deno] = answers.map(({ status, body: said }) => ({ status, said }));
  assert.deepEqual(small, whole);
  assert.deepEqual(deno, whole);
  return small;
}

test("it gives the numbers of the module that runs models, and those of the reference", async () => {
  const records = [...reference("vectors.json"), ...reference("crosscheck.json")];
  const engines = { embed: "lexical", nli: "lexical" };
  let compared = 0;
  for (const { evidence, scores } of records) {
    const { status, said } = await same("/v1/score", { evidence, methods: ["all"] });
    assert.equal(status, 200, JSON.stringify(said));
    for (const [id, want] of Object.entries(scores ?? {})) {
      const got = said.scores[id].score;
      assert.ok(Math.abs(got - want) <= 1e-4 * Math.max(1, Math.abs(want)), `${id}: ${got} instead of ${want}`);
      compared += 1;
    }
    await same("/v1/score", { evidence, engines });
  }
  assert.ok(compared > 50, `${compared} scores were compared`);
});

test("it refuses like the other one, a question for a model too", async () => {
  await same("/healthz");
  await same("/v1/methods");
  const { said: faults } = await same("/v1/check", { id: 7, question: "What is 17 × 23?", answer: "It is 381." });
  assert.deepEqual([faults.id, faults.faults.map(({ meant }) => meant)], [7, ["391"]]);
  await same("/v1/check", { answer: "17 × 23 = 391" });
  await same("/v1/check", { answer: 5 });
  await same("/v1/check", { answer: "a", asked: "b" });
  for (const body of [{ evidence: [] }, { evidence: {}, methods: ["vibes"] }, { answer: "a", samples: [] }])
    assert.equal((await same("/v1/score", body)).said.error.code, "bad_input");
  for (const [path, body] of [
    ["/v1/score", { question: "Why?" }],
    ["/v1/chat/completions", { messages: [{ role: "user", content: "Why?" }] }],
  ]) {
    const { status, said } = await same(path, body);
    assert.deepEqual([status, said.error.code], [501, "no_model"]);
  }
});

test("it says so where a model is set that it cannot run", async () => {
  const service = await startWorker({ MODEL: "SmolLM2-135M-Instruct" }, { modules: bundle("scores") });
  try {
    assert.equal((await call(service, "/healthz")).body.model, "failed");
    const { status, body } = await call(service, "/v1/score", { question: "Why?" });
    assert.deepEqual([status, body.error.code], [501, "no_model"]);
    assert.match(body.error.advice, /with-model/);
    const supplied = { answer: { text: "a", logprobs: [-1.5] }, samples: [] };
    assert.equal((await call(service, "/v1/score", supplied)).body.scores.gnll.score, 1.5);
  } finally {
    await service.close();
  }
});
