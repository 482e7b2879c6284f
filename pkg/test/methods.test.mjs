/** Every score with a tiny model that has a tokenizer and tiny encoders as engines, in Node on the CPU. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { evaluate, load, METHODS, methods, ONE_PASS_METHODS } from "../dist/index.js";
import { asBlobs, encoderFiles, tinyFiles } from "./support/tiny.mjs";

const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));
const QUESTION = "Why is it so?";
/** Little of everything, and what only the caller can give. */
const ALL = {
  methods: ["all"],
  samples: 3,
  maxTokens: 6,
  seed: 1,
  paraphrases: ["How is that?", "What makes it so?"],
  demonstrations: { labels: ["bad", "good"], sets: [[{ text: "Fine.", label: 1 }], [{ text: "Awful.", label: 0 }]] },
};
/** Needs probes, or a model that writes questions. */
const LACKING = ["claim_semantic_entropy", "sep", "sep_tbg"];

const close = (got, want, what) => assert.ok(Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want)), what);

/** Engines of which nothing was loaded yet: other blobs are other engines. */
const fresh = () => ({ nli: asBlobs(encoderFiles("bert_nli")), embed: asBlobs(encoderFiles("bert_embedding")) });

const isLoading = (kind) => (event) => event.phase === "engine" && event.engine === kind;

describe("methods", { skip: !isBuilt && "the wasm module is not built" }, () => {
  let model;
  let registry;
  const needing = (kind) => registry.filter(({ engines }) => engines.includes(kind)).map(({ id }) => id);
  const failed = (answer, code) => METHODS.filter((id) => answer.scores[id]?.error?.code === code);

  before(async () => {
    registry = await methods();
    model = await load(asBlobs(tinyFiles()), { cache: "none" });
  });
  after(() => model.dispose());

  test("the registry is the list that the type checker knows", () => {
    assert.deepEqual(
      registry.map(({ id }) => id),
      METHODS,
    );
    assert.deepEqual(
      registry.filter((method) => method.one_pass).map(({ id }) => id),
      ONE_PASS_METHODS,
    );
    for (const { id, name, citation, needs, passes, cost, direction, settings, note } of registry) {
      assert.ok(name && citation && direction === "higher is less sure" && typeof note === "string", id);
      assert.ok(Array.isArray(needs) && Array.isArray(cost) && passes >= 0 && typeof settings === "object", id);
    }
    assert.ok(needing("embed").includes("sar") && needing("nli").includes("semantic_entropy"));
  });

  test("all methods in one call, and the same numbers from the evidence", async () => {
    const events = [];
    let isOver = false;
    const onProgress = (event) => events.push({ ...event, isOver });
    const answer = await model.ask(QUESTION, { ...ALL, engines: fresh(), spans: true, evidence: true, onProgress });
    isOver = true;
    const finite = METHODS.filter((id) => Number.isFinite(answer.scores[id].score));
    assert.deepEqual(
      METHODS.filter((id) => !finite.includes(id)),
      LACKING,
    );
    const again = await evaluate(answer.evidence);
    assert.deepEqual(Object.keys(again).sort(), [...METHODS].sort());
    for (const id of finite) close(again[id].score, answer.scores[id].score, id);
    for (const id of LACKING) assert.ok(again[id].error.advice.length > 0, id);
    close((await evaluate(JSON.stringify(answer.evidence), { methods: ["luq"] })).luq.score, answer.scores.luq.score);

    // Each score came once, as it is in the answer, and the cheap ones before the engines were used.
    const scored = events.filter(({ phase, method }) => phase === "score" && method !== null);
    assert.deepEqual(scored.map(({ method }) => method).sort(), [...METHODS].sort());
    for (const { method, score } of scored) assert.deepEqual(score, answer.scores[method]);
    const at = (id) => scored.findIndex(({ method }) => method === id);
    assert.ok(at("gnll") < at("semgrad") && at("semgrad") < at("semantic_entropy") && at("sar") < at("luq"));
    assert.ok(events.some(isLoading("nli")) && events.some(isLoading("embed")));
    assert.ok(answer.ms.engines >= 0 && answer.ms.samples > 0);

    assert.equal(answer.spans.length, 1);
    const [{ text, tokens, scores }] = answer.spans;
    assert.equal(text, answer.text.trim());
    assert.ok(tokens[0] < tokens[1] && tokens[1] <= answer.tokens.length);
    for (const id of ["semgrad", "paragrad", "gnll", "ccp"]) assert.ok(Number.isFinite(scores[id]), id);
  });

  test("an engine is loaded once, only when it is needed, and replaced by another", async () => {
    const engines = fresh();
    const loaded = async (options) => {
      const kinds = new Set();
      const onProgress = (event) => event.phase === "engine" && kinds.add(event.engine);
      const answer = await model.ask(QUESTION, { samples: 2, maxTokens: 4, onProgress, ...options });
      return [[...kinds], answer];
    };
    const [none] = await loaded({ methods: ["semgrad", "snne"], engines });
    assert.deepEqual(none, []);
    const [first, one] = await loaded({ methods: ["deg"], engines });
    assert.deepEqual(first, ["nli"]);
    const [second, two] = await loaded({ methods: ["deg", "cocoa"], engines: { ...engines } });
    assert.deepEqual(second, ["embed"]);
    assert.equal(two.scores.deg.score, one.scores.deg.score);
    const [other, three] = await loaded({ methods: ["deg"], engines: { nli: asBlobs(encoderFiles("roberta_nli")) } });
    assert.deepEqual(other, ["nli"]);
    assert.notEqual(three.scores.deg.score, one.scores.deg.score);
    // What was loaded for others is not taken for an engine of this request.
    const [, four] = await loaded({ methods: ["deg"] });
    assert.equal(four.scores.deg.error.code, "engine_required");
    const [nothing, five] = await loaded({ methods: ["deg", "cocoa"], engines: { nli: "judge", embed: "lexical" } });
    assert.deepEqual(nothing, []);
    assert.ok(Number.isFinite(five.scores.deg.score) && Number.isFinite(five.scores.cocoa.score));
  });

  test("an engine that was not named fails just the methods that need it", async () => {
    const without = await model.ask(QUESTION, { ...ALL, engines: { nli: "lexical" } });
    assert.deepEqual(failed(without, "engine_required"), needing("embed"));
    assert.ok(Number.isFinite(without.scores.semantic_entropy.score));
    const neither = await model.score(QUESTION, "Because.", { methods: ["deg", "gnll"], samples: 2, maxTokens: 3 });
    assert.deepEqual(failed(neither, "engine_required"), ["deg"]);
    assert.ok(Number.isFinite(neither.scores.gnll.score));
  });

  test("an engine that cannot be loaded says why in those methods, and the answer is there", async () => {
    const { "tokenizer.json": _, ...incomplete } = encoderFiles("bert_nli");
    const events = [];
    const answer = await model.ask(QUESTION, {
      ...ALL,
      engines: { nli: asBlobs(incomplete), embed: "lexical" },
      onProgress: (event) => event.phase === "score" && events.push(event),
    });
    assert.equal(answer.tokens.length, 6);
    assert.deepEqual(failed(answer, "missing_tokenizer"), needing("nli"));
    assert.deepEqual(failed(answer, "engine_required"), []);
    for (const { method, score } of events) if (method) assert.deepEqual(score, answer.scores[method]);
    const told = answer.warnings.filter((warning) => /nli|engine/.test(warning));
    assert.equal(told.length, 1);
    assert.match(told[0], /nli could not be loaded: .*tokenizer\.json/);
    const { embed } = fresh();
    const wrong = await model.ask(QUESTION, { methods: ["deg"], samples: 2, maxTokens: 3, engines: { nli: embed } });
    assert.equal(wrong.scores.deg.error.code, "bad_input");
    const dead = { nli: "http://127.0.0.1:9/nli/" };
    const unreachable = await model.ask(QUESTION, { methods: ["deg"], samples: 2, maxTokens: 3, engines: dead });
    assert.equal(unreachable.scores.deg.error.code, "network");
  });

  test("what is no request is refused by its code", async () => {
    for (const request of [
      null,
      {},
      { question: "Why?", methods: "all" },
      { question: "Why?", engines: 7, methods: 7 },
      { question: "Why?", engines: { nli: "oracle" }, methods: ["deg"], samples: 2 },
    ]) {
      await assert.rejects(model.run(request), { name: "SemgradError", code: "bad_input" }, JSON.stringify(request));
    }
  });

  test("an engine that knows contradiction only is told", async () => {
    const engines = { nli: asBlobs(encoderFiles("deberta_v2_contradiction")) };
    const answer = await model.ask(QUESTION, { methods: ["semantic_entropy"], samples: 3, maxTokens: 4, engines });
    assert.ok(Number.isFinite(answer.scores.semantic_entropy.score));
    assert.equal(answer.warnings.filter((warning) => /contradiction only/.test(warning)).length, 1);
  });

  test("an abort ends loading an engine and gathering, and the next call finds everything in order", async () => {
    const engines = fresh();
    const abortAt = async (when, methods = ["all"]) => {
      const controller = new AbortController();
      const seen = [];
      const onProgress = (event) => {
        if (controller.signal.aborted) seen.push(event);
        else if (when(event)) controller.abort("enough");
      };
      const call = model.ask(QUESTION, { ...ALL, methods, engines, onProgress, signal: controller.signal });
      const error = await call.catch((thrown) => thrown);
      assert.equal(error.code, "aborted");
      assert.equal(error.cause, "enough");
      // What was under way ends before the next call begins.
      await model.ask(QUESTION, { maxTokens: 1, methods: [] });
      return seen;
    };
    const during = await abortAt(isLoading("nli"));
    assert.ok(!during.some(isLoading("embed")));
    await abortAt(({ phase, method }) => phase === "score" && method === "ln_pe");
    await abortAt(({ phase, method }) => phase === "score" && method === "p_true");
    await abortAt(({ phase, method }) => phase === "score" && method === "semantic_entropy");
    const answer = await model.ask(QUESTION, { ...ALL, engines });
    assert.ok(Number.isFinite(answer.scores.semantic_entropy.score) && Number.isFinite(answer.scores.sar.score));
  });

  test("other wordings are searched with the list beside the package or the caller's", async () => {
    const question = "What is the biggest city of the old country?";
    const options = { methods: ["inv_entropy"], maxTokens: 3, wordings: "search", engines: { embed: "lexical" } };
    const ask = async (loaded, more) => {
      const kinds = [];
      const onProgress = (event) => event.phase === "engine" && kinds.push(event.engine);
      const answer = await loaded.ask(question, { ...options, evidence: true, onProgress, ...more });
      return { score: answer.scores.inv_entropy, questions: answer.evidence.perturbed?.questions ?? [], kinds };
    };
    const packaged = await ask(model);
    assert.ok(Number.isFinite(packaged.score.score), JSON.stringify(packaged.score));
    assert.ok(packaged.questions.length > 2 && packaged.questions[0] === question);
    // A request that does not ask for a search gets none, though the list is there now.
    const asked = await ask(model, { wordings: "model" });
    assert.notDeepEqual(asked.questions, packaged.questions);

    const own = await load(asBlobs(tinyFiles()), { cache: "none", synonyms: "big large\ncity town\nold ancient\n" });
    const found = await ask(own);
    assert.ok(found.questions.slice(1).every((wording) => /large|town|ancient|biggest/.test(wording)));
    assert.ok(found.questions.slice(1).some((wording) => /town|ancient/.test(wording)));
    own.dispose();
    const broken = await load(asBlobs(tinyFiles()), { cache: "none", synonyms: "nothing\nhere\n" });
    const refused = await ask(broken);
    assert.equal(refused.score.error.code, "bad_input");
    assert.match(refused.score.error.message, /line 1 of the synonym list/);
    broken.dispose();
  });

  test("probes are applied to the model and the prefix that they were trained for", async () => {
    const hidden = model.info.hidden;
    const probe = (bias) => ({
      layers: [1, 2],
      bias,
      weights: Array(2 * hidden).fill(0),
      auroc: 0.5,
      auroc_by_layer: [],
    });
    const fitted = { data: "none", questions: 0, high: 0, samples: 0, temperature: 1, date: "2026-01-01" };
    const probes = (key) => ({
      key: { weights: null, template: null, prefix: "", ...key },
      threshold: 0.5,
      fitted,
      probes: { sep: probe(1), sep_tbg: probe(-1) },
    });
    const { createHash } = await import("node:crypto");
    const weights = createHash("sha256").update(tinyFiles()["model.safetensors"]).digest("hex");
    const scores = async (key, options) => {
      const warnings = [];
      const onProgress = (event) => event.phase === "warning" && warnings.push(event.message);
      const probed = await load(asBlobs(tinyFiles()), { cache: "none", onProgress, probes: probes(key) });
      const answer = await probed.ask(QUESTION, { methods: ["sep", "sep_tbg"], maxTokens: 3, ...options });
      probed.dispose();
      return { ...answer.scores, warnings };
    };
    const fitting = await scores({ weights });
    close(fitting.sep.score, 1 / (1 + Math.exp(-1)), "sep");
    close(fitting.sep_tbg.score, 1 / (1 + Math.exp(1)), "sep_tbg");
    const prefixed = await scores({ weights }, { prefix: "Tell me: " });
    assert.equal(prefixed.sep.error.code, "bad_input");
    assert.match(prefixed.sep.error.message, /prefix/);
    const foreign = await scores({ weights: "00" });
    assert.equal(foreign.sep.score, null);
    assert.ok(foreign.warnings.some((warning) => /probes option belongs to other weights/.test(warning)));
    await assert.rejects(load(asBlobs(tinyFiles()), { probes: "{" }), { code: "bad_input" });
    await assert.rejects(load(asBlobs(tinyFiles()), { probes: { key: { weights } } }), { code: "bad_input" });
  });

  test("evidence from anywhere, and what is none", async () => {
    const tokens = [
      { logprob: -0.5, entropy: 0.25 },
      { logprob: -1.5, entropy: 0.75 },
    ];
    // methods.md §13.
    const scores = await evaluate({
      tokens,
      demonstrations: [
        [0.8, 0.3],
        [0.2, 0.7],
      ],
    });
    assert.equal(scores.gnll.score, 2);
    assert.ok(Math.abs(scores.icl_epistemic.score - 0.555633) < 1e-6);
    assert.equal(scores.paragrad.score, null);
    assert.equal(scores.paragrad.error.code, "bad_input");
    assert.equal(scores.deg.error.code, "engine_required");
    const broken = await evaluate({ tokens: [{ logprob: Number.NaN, entropy: 1 }] }, { methods: ["gnll", "gnll"] });
    assert.deepEqual(Object.keys(broken), ["gnll"]);
    assert.equal(broken.gnll.error.code, "bad_input");
    for (const nothing of ["", "{", "[]", "null", undefined, null, [tokens], { tokens: 3 }]) {
      await assert.rejects(evaluate(nothing), { name: "SemgradError", code: "bad_input" }, JSON.stringify(nothing));
    }
    await assert.rejects(evaluate({ tokens }, { methods: ["magic"] }), { code: "bad_input" });
  });

  test("answers that nobody compared are compared by their words where that is asked for", async () => {
    const said = { answer: "red fox", samples: ["Red fox!", "red hen", "a blue hen"].map((text) => ({ text })) };
    const engines = { nli: "lexical", embed: "lexical" };
    const score = async (options) => (await evaluate(said, options)).discrete_semantic_entropy;
    // Two mean the same at most: the first two share one word of two, which contradicts as much as it entails.
    assert.ok(Math.abs((await score({ engines })).score - Math.log(3)) < 1e-12);
    assert.equal((await evaluate(said, { engines })).self_consistency.score, 2 / 3);
    assert.equal((await score({})).error.code, "engine_required");
    assert.equal((await score({ engines: { embed: "lexical" } })).error.code, "engine_required");
    // What the model gathered by its words is what is made of the texts alone.
    const options = { methods: ["eigv", "cocoa"], samples: 4, seed: 3, maxTokens: 8, evidence: true, engines };
    const { evidence, scores } = await model.ask(QUESTION, options);
    const { entailment, similarity, ...rest } = evidence;
    assert.ok(entailment.length === 5 && similarity.length === 5);
    for (const id of ["eigv", "cocoa"]) {
      close((await evaluate(rest, { methods: [id], engines }))[id].score, scores[id].score);
    }
    for (const wrong of [{ nli: "judge" }, { embed: "https://example.com/" }, { other: "lexical" }]) {
      await assert.rejects(evaluate(said, { engines: wrong }), { code: "bad_input" });
    }
  });
});
