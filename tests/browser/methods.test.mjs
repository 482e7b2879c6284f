/** Scores in Chromium: engines fetched beside the answer, kept between visits, aborted; every method with a real model. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { realModel, SMOLLM2 } from "./lib/reference.mjs";
import { openPage, ROOT, startServer } from "./lib/server.mjs";

const ENCODERS = join(ROOT, "tests/reference/encoders");
const WEIGHTS = readFileSync(join(ENCODERS, "bert_nli/model.safetensors"));
const TINY = tinyFiles();
const real = realModel(SMOLLM2);
const minilm = realModel("all-MiniLM-L6-v2");

let server;
let browser;
let page;
/** Serves this many bytes of an NLI engine's weights, then leaves the page waiting. */
let cutAfter = null;

/** `/tiny/` is a model, `/encoders/NAME/` and `/minilm/` are engines. */
function files(request, response, path) {
  const [, folder, name] = /^\/(tiny|encoders|minilm)\/([\w./]+)$/.exec(path) ?? [];
  if (!folder) return false;
  let body;
  try {
    body = folder === "tiny" ? TINY[name] : readFileSync(join(folder === "minilm" ? minilm : ENCODERS, name));
  } catch {}
  if (!body) {
    response.writeHead(404).end();
    return true;
  }
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const range = { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` };
  response.writeHead(from > 0 ? 206 : 200, { "content-length": body.length - from, ...(from > 0 ? range : {}) });
  const isCut = cutAfter !== null && name.endsWith("nli/model.safetensors");
  if (isCut) response.write(body.subarray(from, cutAfter));
  else response.end(body.subarray(from));
  return true;
}

before(async () => {
  server = await startServer({ model: real ?? undefined, extra: files });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  server.close();
});

/** A page without anything in its storage, and with a model if an address is given. */
async function fresh(model, options) {
  await page?.close();
  page = await openPage(browser.context, server.origin);
  await page.evaluate(() => semgrad.cache.remove("*"));
  if (model) await loadIn(model, options);
}

async function loadIn(model, options = {}) {
  await page.evaluate(
    async ([source, settings]) => {
      globalThis.model = await semgrad.load(source, { device: "cpu", ...settings });
    },
    [model, options],
  );
  server.requests.length = 0;
}

/** What the engines' folders were asked for since the last time. */
function requested() {
  const paths = server.requests.map(({ path }) => path).filter((path) => /^\/(encoders|pkg\/synonyms)\//.test(path));
  server.requests.length = 0;
  return paths;
}

/** Asks in the page; an error comes back as its code. Aborts when all of these events were seen, and so much is kept. */
const ask = (question, options, abortAfter = [], kept = []) =>
  page.evaluate(
    async ([text, settings, awaited, bytes]) => {
      const events = [];
      const controller = new AbortController();
      const note = (...event) => {
        events.push(event.join(" "));
        const isTime = awaited.length > 0 && awaited.every((each) => events.includes(each));
        if (isTime) void globalThis.stored(...bytes).then(() => controller.abort());
      };
      const onProgress = (event) => {
        const { progress } = event;
        if (progress) note("engine", event.engine, progress.phase, ...(progress.file ? [progress.file] : []));
        if (event.phase === "score" && event.method) note("score", event.method);
      };
      const onToken = () => note("token");
      try {
        const { signal } = controller;
        const answer = await globalThis.model.ask(text, { ...settings, onProgress, onToken, signal });
        return { ...answer, events };
      } catch (error) {
        return { code: error.code, message: error.message, events };
      }
    },
    [question, options, abortAfter, kept],
  );

const nli = () => `${server.origin}/encoders/bert_nli/`;
const embed = () => `${server.origin}/encoders/bert_embedding/`;
const DEMONSTRATIONS = {
  labels: ["bad", "good"],
  sets: [[{ text: "Fine.", label: 1 }], [{ text: "Awful.", label: 0 }]],
};
const SHORT = { methods: ["deg", "cocoa"], samples: 3, maxTokens: 4, seed: 1 };

test("engines are fetched once, kept for the next visit, and the same in a worker and without", async () => {
  await fresh(`${server.origin}/tiny/`);
  const engines = { nli: nli(), embed: embed() };
  const first = await ask("Why?", { ...SHORT, engines });
  assert.ok(Number.isFinite(first.scores.deg.score) && Number.isFinite(first.scores.cocoa.score));
  const paths = requested();
  for (const path of ["bert_nli/model.safetensors", "bert_embedding/1_Pooling/config.json"]) {
    assert.ok(paths.includes(`/encoders/${path}`), path);
  }
  const second = await ask("Why?", { ...SHORT, engines });
  assert.ok(!second.events.some((event) => event.startsWith("engine")));
  // An address relative to the page is the page's, also in the worker.
  await page.reload();
  await page.waitForFunction(() => globalThis.semgrad !== undefined);
  await loadIn(`${server.origin}/tiny/`, { worker: false, engines: { nli: "./encoders/bert_nli", embed: embed() } });
  const third = await ask("Why?", SHORT);
  assert.ok(third.events.includes("engine nli load"));
  assert.deepEqual(requested(), []);
  for (const id of SHORT.methods) {
    assert.equal(second.scores[id].score, first.scores[id].score);
    assert.equal(third.scores[id].score, first.scores[id].score);
  }
});

test("the answer does not wait for an engine, an abort ends the download, and the next call continues it", async () => {
  await fresh(`${server.origin}/tiny/`);
  cutAfter = 20_000;
  const options = { ...SHORT, methods: ["gnll", "deg", "ln_pe"], engines: { nli: nli() } };
  const aborted = await ask(
    "Why?",
    options,
    ["score ln_pe", "engine nli download model.safetensors"],
    [`${nli()}model.safetensors`, 20_000],
  );
  cutAfter = null;
  assert.equal(aborted.code, "aborted");
  // Everything that needs no engine was there while the download hung.
  assert.deepEqual(
    aborted.events.filter((event) => !event.startsWith("engine")),
    ["token", "token", "token", "token", "score gnll", "score ln_pe"],
  );
  assert.ok(!aborted.events.includes("engine nli load"));
  server.requests.length = 0;
  const next = await ask("Why?", options);
  assert.ok(Number.isFinite(next.scores.deg.score));
  const { range } = server.requests.find(({ path }) => path.endsWith("/bert_nli/model.safetensors"));
  assert.match(range, /^bytes=[1-9]\d*-$/);
});

test("a wrong or missing engine fails just the methods that need it", async () => {
  await fresh(`${server.origin}/tiny/`);
  const described = (hash) => ({ source: nli(), integrity: { "model.safetensors": hash } });
  const wrong = await ask("Why?", { ...SHORT, engines: { nli: described("0".repeat(64)), embed: "lexical" } });
  assert.equal(wrong.scores.deg.error.code, "integrity_mismatch");
  assert.ok(Number.isFinite(wrong.scores.cocoa.score));
  const sha256 = createHash("sha256").update(WEIGHTS).digest("hex");
  const right = await ask("Why?", { ...SHORT, engines: { nli: described(sha256) } });
  assert.ok(Number.isFinite(right.scores.deg.score));
  assert.equal(right.scores.cocoa.error.code, "engine_required");
  const missing = await ask("Why?", { ...SHORT, engines: { nli: `${server.origin}/encoders/nothing/` } });
  assert.equal(missing.scores.deg.error.code, "network");
  assert.match(missing.warnings.join(), /nli could not be loaded/);
});

test("the list of synonyms is fetched when a search is asked for", async () => {
  await fresh(`${server.origin}/tiny/`);
  const options = { methods: ["inv_entropy"], maxTokens: 3, engines: { embed: "lexical" }, evidence: true };
  const question = "What is the biggest city of the old country?";
  await ask(question, { ...options, paraphrases: ["Which city is the largest?"], wordings: "search" });
  assert.deepEqual(requested(), []);
  const { scores, evidence } = await ask(question, { ...options, wordings: "search" });
  assert.deepEqual(requested(), ["/pkg/synonyms/synonyms.txt"]);
  assert.ok(Number.isFinite(scores.inv_entropy.score) && evidence.perturbed.questions.length > 2);
});

test("WebGPU gives the numbers of the CPU", async () => {
  const options = {
    methods: ["all"],
    samples: 3,
    maxTokens: 6,
    seed: 1,
    engines: { nli: nli(), embed: embed() },
    paraphrases: ["How is that?", "What makes it so?"],
    demonstrations: DEMONSTRATIONS,
    spans: true,
  };
  const gpu = await openBrowser({ webgpu: true });
  try {
    page = await openPage(gpu.context, server.origin);
    const answers = {};
    for (const device of ["cpu", "webgpu"]) {
      await loadIn(`${server.origin}/tiny/`, { device });
      answers[device] = await ask("Why is it so?", options);
      assert.equal(answers[device].device, device);
    }
    const { cpu, webgpu } = answers;
    assert.deepEqual(
      webgpu.samples.map(({ text }) => text),
      cpu.samples.map(({ text }) => text),
    );
    // A noisy model asks no questions about its claims.
    const lacking = ["claim_semantic_entropy", "sep", "sep_tbg"];
    for (const [id, { score }] of Object.entries(cpu.scores)) {
      assert.equal(score === null, lacking.includes(id), id);
      const got = webgpu.scores[id].score;
      if (score === null) assert.equal(got, null, id);
      else
        assert.ok(Math.abs(got - score) <= 1e-3 * Math.max(0.01, Math.abs(score)), `${id}: ${got}, the CPU ${score}`);
    }
  } finally {
    page = undefined;
    await gpu.close();
  }
});

const isThere = real !== null && minilm !== null;
const needsReal = { skip: !isThere && `SEMGRAD_MODELS does not hold ${SMOLLM2} and all-MiniLM-L6-v2` };

test("every method gives a number with a real model, and the same from the evidence", needsReal, async () => {
  await fresh(server.modelUrl);
  const began = performance.now();
  const answer = await ask("What is the capital of France?", {
    // The question as it stands: a short answer has fewer claims than some methods need.
    prefix: "",
    methods: ["all"],
    samples: 3,
    maxTokens: 8,
    seed: 1,
    // Its files have the hashes that the name stands for.
    engines: { nli: nli(), embed: { source: "all-MiniLM-L6-v2", baseUrl: `${server.origin}/minilm/` } },
    paraphrases: ["Which city is the capital of France?"],
    demonstrations: DEMONSTRATIONS,
    spans: true,
    evidence: true,
  });
  console.log(`all methods in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const ids = await page.evaluate(() => semgrad.METHODS);
  assert.deepEqual(Object.keys(answer.scores).sort(), [...ids].sort());
  // Probes are trained for a model; none comes with this one.
  const lacking = ["sep", "sep_tbg"];
  for (const id of lacking) assert.match(answer.scores[id].error.message, /no probes were given/);
  const again = await page.evaluate((evidence) => semgrad.evaluate(evidence), answer.evidence);
  for (const id of ids.filter((id) => !lacking.includes(id))) {
    const { score, error } = answer.scores[id];
    assert.ok(Number.isFinite(score), `${id}: ${error?.message}`);
    const difference = Math.abs(again[id].score - score);
    assert.ok(difference <= 1e-9 * Math.max(1, Math.abs(score)), `${id}: ${again[id].score} instead of ${score}`);
  }
  const scored = answer.events.filter((event) => event.startsWith("score "));
  assert.equal(scored.length, ids.length);
  assert.ok(answer.spans.length > 0 && answer.spans.every(({ scores }) => Number.isFinite(scores.semgrad)));
});
