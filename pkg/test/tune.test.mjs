/** Teaching: what is asked of the model in which order, what is kept of it, and all of it with a tiny model. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import * as semgrad from "../dist/index.js";
import { Model } from "../dist/model.js";
import { connect, serve } from "../dist/remote.js";
import { ORDINARY } from "../dist/tune/lists.js";
import { spread } from "../dist/tune/sample.js";
import { check, ENDING, teach } from "./support/teach.mjs";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));

test("a tiny model learns, and its adapter comes and goes", {
  skip: !isBuilt && "the wasm module is not built",
}, async () => {
  check(assert, await teach(semgrad, asBlobs(tinyFiles(ENDING))));
});

const INFO = { name: "fake", files: [{ name: "m.gguf", size: 7, sha256: "ab" }], profile: null, adapter: null };
const ADAPTER = {
  hash: "h",
  base: null,
  rank: 2,
  layers: [1],
  parts: ["q_proj"],
  peft: [{ name: "adapter_config.json", bytes: new Uint8Array(2) }],
  gguf: new Uint8Array(3),
};
const LESSON = { tau: 1, engagement: 0.5, values: [], targets: [], count: {} };

/** What is done at once, as the engine answers; `answers` by the name of the call come before. */
function fakeBackend(answers = {}) {
  const calls = [];
  let steps = 0;
  const usual = {
    plan: () => null,
    begin: () => null,
    ask: ({ question, asking }) => ({
      question,
      answer: "a",
      refuses: question === "q1",
      cut: false,
      samples: Array(asking.samples).fill("s"),
    }),
    train: () => ({ lesson: LESSON, steps: 2, batches: 2, taken: 0, bytes: 5 }),
    step: ({ save }) => {
      steps += 1;
      return steps > 2
        ? null
        : { step: { step: steps, steps: 2, loss: 1 }, saved: save ? new Uint8Array([steps]) : null };
    },
    finish: () => ADAPTER,
    end: () => null,
    use: ({ source }) => source && { hash: "h", base: null, rank: 2, layers: [1], parts: ["q_proj"] },
    read: () => ADAPTER,
  };
  return {
    info: INFO,
    calls,
    async teach(call, hooks) {
      calls.push(call);
      return (answers[call.do] ?? usual[call.do])(call, hooks);
    },
    async run(request) {
      calls.push({ do: "run", request });
      return { response_ids: [], scores: {}, warnings: [], ms: {}, tokens: [], answer: "" };
    },
    dispose() {},
  };
}

const names = ({ calls }) => calls.map((call) => call.do);
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("the order of the work", () => {
  test("plan, ask, rehearse, train, finish, check, end", async () => {
    const backend = fakeBackend();
    const model = new Model(backend);
    const { leftOut } = (await model.tune([" q1 ", "q2", "", "q1"], { ordinary: ["o"], checks: 1, prefix: "p" }))
      .lesson;
    await settled();
    assert.deepEqual(leftOut, { empty: 1, repeated: 1 });
    assert.deepEqual(names(backend), [
      "plan",
      "ask",
      "ask",
      "ask",
      "train",
      "step",
      "step",
      "step",
      "finish",
      "ask",
      "end",
    ]);
    const [, first, second, ordinary, train, step] = backend.calls;
    assert.deepEqual([first.question, second.question, ordinary.question], ["q1", "q2", "o"]);
    assert.deepEqual(first.asking, { samples: 10, seed: 0, max_tokens: 32, prefix: "p" });
    assert.deepEqual(ordinary.asking, { samples: 0, seed: 0, max_tokens: 80, prefix: "" });
    assert.deepEqual([train.course.asked.length, train.course.ordinary.length, train.saved], [2, 1, null]);
    assert.deepEqual(train.course.wish, { teacher: "semantic_entropy" });
    assert.deepEqual([train.course.options, step.save], [{ seed: 0 }, false]);
    assert.equal(new Set(backend.calls.slice(1).map(({ session }) => session)).size, 1);
  });

  test("what others ask comes in between", async () => {
    const backend = fakeBackend();
    const model = new Model(backend);
    let asked;
    const onProgress = ({ stage, done }) => {
      if (stage === "train" && done === 1) asked = model.run({ question: "x" });
    };
    await model.tune(["q1", "q2"], { ordinary: [], onProgress });
    await asked;
    const order = names(backend);
    assert.ok(order.indexOf("run") < order.lastIndexOf("step"), order.join());
  });

  test("answers that were given say in the end what is right, before and after", async () => {
    let asked = 0;
    const ask = ({ question, accepted }) => {
      asked += 1;
      // The first time all are right, and the second time none.
      return { question, answer: "a", refuses: false, cut: false, right: accepted.length > 0 ? asked <= 2 : null };
    };
    const backend = fakeBackend({ ask });
    const questions = [{ question: "q1", answers: ["a"] }, "q2"];
    const { checked } = await new Model(backend).tune(questions, { teacher: "labels", ordinary: [] });
    assert.deepEqual(
      checked.map(({ right }) => right),
      [
        { before: true, after: false },
        { before: null, after: null },
      ],
    );
    const last = backend.calls.filter((call) => call.do === "ask").slice(-2);
    assert.deepEqual(
      last.map(({ accepted }) => accepted),
      [["a"], []],
    );
  });

  test("samples are drawn where the teacher needs them", async () => {
    for (const [teacher, samples] of [
      ["labels", 0],
      ["exact_spread", 10],
      ["none", 0],
      ["shuffled", 10],
    ]) {
      const backend = fakeBackend();
      await new Model(backend).survey([{ question: "q", answers: ["a"] }], { teacher, ordinary: [] });
      assert.equal(backend.calls[0].asking.samples, samples, teacher);
      assert.deepEqual(backend.calls[0].accepted, ["a"]);
    }
  });

  test("the confidence teaches where questions are asked as the profile's were", async () => {
    const profile = { origin: "package", prefix: "Q: ", maxTokens: 64, answers: ["own"], adapter: null };
    const begin = await new Model(fakeBackend()).openAdapter([{ name: "a.gguf", bytes: new Uint8Array(1) }]);
    for (const [known, options, wanted] of [
      [null, {}, "semantic_entropy"],
      [profile, {}, "confidence"],
      [profile, { prefix: "Q: " }, "confidence"],
      [profile, { prefix: "" }, "semantic_entropy"],
      [profile, { system: "Be brief." }, "semantic_entropy"],
      [profile, { begin }, "semantic_entropy"],
      [{ ...profile, answers: ["given"] }, {}, "semantic_entropy"],
      [{ ...profile, adapter: "h" }, {}, "semantic_entropy"],
    ]) {
      const backend = fakeBackend();
      backend.info = { ...INFO, profile: known };
      const what = JSON.stringify([known, options]);
      assert.equal(semgrad.usualTeacher(backend.info, options), wanted, what);
      await new Model(backend).tune(["q1", "q2"], { ordinary: [], checks: 1, ...options });
      const of = (name) => backend.calls.find((call) => call.do === name);
      assert.equal(of("train").course.wish.teacher, wanted, what);
      assert.equal(of("ask").asking.samples, wanted === "confidence" ? 0 : 10, what);
    }
  });

  test("what was asked for without a profile is asked anew where the confidence teaches", async () => {
    const profile = { origin: "package", prefix: "Q: ", maxTokens: 64, answers: ["own"], adapter: null };
    for (const [confidence, wanted] of [
      [null, ["q1", "q2"]],
      [0.4, ["q2"]],
    ]) {
      const backend = fakeBackend();
      backend.info = { ...INFO, profile };
      const model = new Model(backend);
      const { key } = await model.survey(["q"], { ordinary: [] });
      const asked = [{ question: "q1", answer: "a", samples: [], confidence }];
      backend.calls.length = 0;
      await model.survey(["q1", "q2"], { ordinary: [], kept: { key, asked, ordinary: [], training: null, steps: [] } });
      const questions = backend.calls.filter((call) => call.do === "ask").map(({ question }) => question);
      assert.deepEqual(questions, wanted, String(confidence));
    }
  });

  test("by default as many ordinary requests as can be rehearsed", async () => {
    const ordinary = async (count) => {
      const backend = fakeBackend();
      const questions = Array.from({ length: count }, (_, i) => `question ${i}`);
      return (await new Model(backend).survey(questions, { teacher: "none" })).ordinary.length;
    };
    assert.deepEqual([await ordinary(4), await ordinary(60), await ordinary(400)], [10, 30, ORDINARY.length]);
    assert.deepEqual(spread([0, 1, 2, 3, 4, 5], 3), [1, 3, 5]);
    assert.deepEqual([spread([1, 2], 2), spread([1, 2], 0), spread([], 0)], [[1, 2], [], []]);
  });
});

describe("epochs", () => {
  /** Two steps each; from `last` on nothing is answered any more. */
  const epochs = (last) => {
    let [taken, begun] = [0, 0];
    const backend = fakeBackend({
      train: ({ saved }) => {
        begun += 1;
        taken = saved?.[0] ?? 0;
        return { lesson: LESSON, steps: 6, batches: 2, taken, bytes: 5 };
      },
      step: () => {
        taken += 1;
        return taken > 6 ? null : { step: { step: taken, steps: 6 }, saved: new Uint8Array([taken]) };
      },
      ask: ({ question, trained }) => ({ question, answer: "a", refuses: trained && taken >= last, cut: false }),
    });
    return { backend, begun: () => begun };
  };
  const run = async (last) => {
    const { backend, begun } = epochs(last);
    const seen = [];
    const onProgress = ({ stage, engagement }) => stage === "train" && engagement !== null && seen.push(engagement);
    const options = { teacher: "none", ordinary: [], onProgress };
    const { steps, planned } = await new Model(backend).tune(["q1", "q2"], options);
    return { steps: steps.length, planned, seen, begun: begun() };
  };

  test("after each of them some questions are asked", async () => {
    assert.deepEqual(await run(7), { steps: 6, planned: 6, seen: [1, 1], begun: 1 });
  });

  test("one after which nothing is answered is taken back, but for the first", async () => {
    assert.deepEqual(await run(4), { steps: 2, planned: 6, seen: [1, 0], begun: 2 });
    assert.deepEqual(await run(2), { steps: 2, planned: 6, seen: [0], begun: 1 });
  });
});

describe("interruptions", () => {
  test("what was kept is not done again", async () => {
    let state;
    const onKeep = (part) => {
      state = semgrad.withPart(state, part);
    };
    await new Model(fakeBackend()).tune(["q1", "q2"], { ordinary: ["o"], onKeep });
    assert.deepEqual(
      [state.asked.length, state.ordinary.length, state.steps.length, [...state.training]],
      [2, 1, 2, [2]],
    );
    const train = () => ({ lesson: LESSON, steps: 2, batches: 2, taken: 2, bytes: 5 });
    const backend = fakeBackend({ train, step: () => null });
    const seen = [];
    const onProgress = (event) => seen.push([event.stage, event.done]);
    const { steps } = await new Model(backend).tune(["q2", "q3", "q1"], { ordinary: ["o"], kept: state, onProgress });
    const asked = backend.calls.filter((call) => call.do === "ask").map(({ question }) => question);
    assert.equal(asked[0], "q3");
    assert.deepEqual(backend.calls.find((call) => call.do === "train").saved, state.training);
    assert.equal(steps.length, 2);
    assert.deepEqual(seen.slice(0, 2), [
      ["ask", 2],
      ["ask", 3],
    ]);
    // Samples that are missing are drawn, and answers that came later judged.
    for (const [samples, again] of [
      [10, ["q1"]],
      [11, ["q1", "q2"]],
    ]) {
      const more = fakeBackend();
      const questions = [{ question: "q1", answers: ["a"] }, "q2"];
      await new Model(more).survey(questions, { samples, ordinary: [], kept: state });
      const asked = more.calls.filter((call) => call.do === "ask").map(({ question }) => question);
      assert.deepEqual(asked, again);
    }
  });

  test("an abort ends it between two questions, and frees what the module holds", async () => {
    const controller = new AbortController();
    const backend = fakeBackend();
    const onKeep = (part) => "asked" in part && controller.abort(new Error("enough"));
    const run = new Model(backend).tune(["q1", "q2"], { ordinary: [], onKeep, signal: controller.signal });
    await assert.rejects(run, (error) => error.code === "aborted" && error.cause.message === "enough");
    await settled();
    assert.deepEqual(names(backend), ["plan", "ask", "end"]);
  });

  test("an error of the module is the caller's, in the caller's words", async () => {
    const plan = () => {
      throw { code: "bad_input", message: "learning_rate is -1, not a number from 0 on", advice: "a" };
    };
    const backend = fakeBackend({ plan });
    await assert.rejects(new Model(backend).tune(["q"], { training: { learningRate: -1 } }), {
      code: "bad_input",
      message: "learningRate is -1, not a number from 0 on",
    });
  });

  test("the same through a message channel", async (context) => {
    const { port1, port2 } = new MessageChannel();
    context.after(() => port1.close());
    const backend = fakeBackend();
    serve(port2, async () => backend);
    for (const port of [port1, port2]) port.start();
    const remote = { port: port1, terminate: () => port1.close(), onCrash: () => {} };
    const model = new Model(await connect(remote, {}, {}, { onProgress: () => {} }));
    let state;
    const onKeep = (part) => {
      state = semgrad.withPart(state, part);
    };
    const { adapter } = await model.tune(["q1", "q2"], { ordinary: [], onKeep });
    assert.equal(adapter.hash, "h");
    assert.deepEqual([...(await adapter.gguf())], [0, 0, 0]);
    assert.ok(state.training instanceof Uint8Array);
    await model.useAdapter(adapter);
    assert.equal(model.info.adapter.hash, "h");
    await model.useAdapter(null);
    assert.equal(model.info.adapter, null);
    model.dispose();
  });
});

describe("what makes no sense is refused", () => {
  const CASES = [
    [[], {}, /no questions/],
    [["  "], {}, /no questions/],
    ["q", {}, /no list/],
    [[7], {}, /question 0 is no text/],
    [[{ question: "q", answers: "a" }], {}, /answers of question 0/],
    [["q\ud800"], {}, /surrogate/],
    [["q"], { epoch: 3 }, /unknown option "epoch"/],
    [["q"], { maxtokens: 3 }, /did you mean "maxTokens"/],
    [["q"], { training: { learning_rate: 1 } }, /did you mean "learningRate"/],
    [["q"], { training: { rank: 1.5 } }, /rank is 1.5/],
    [["q"], { training: { layers: [1] } }, /layers are no range/],
    [["q"], { training: { parts: "q_proj" } }, /parts/],
    [["q"], { teacher: "semantic_entrophy" }, /did you mean "semantic_entropy"/],
    [["q"], { teacher: "confidence" }, /needs a profile/],
    [["q"], { teacher: "labels", tau: 1 }, /say nothing/],
    [["q"], { tau: 1, engagement: 0.5 }, /exclude/],
    [["q"], { tau: Number.NaN }, /tau is NaN/],
    [["q"], { engagement: 1.1 }, /engagement is 1.1/],
    [["q"], { samples: 1 }, /samples is 1/],
    [["q"], { seed: -1 }, /seed is -1/],
    [["q"], { checks: 0 }, /checks is 0/],
    [["q"], { ordinary: "o" }, /ordinary/],
    [["q"], { nli: "oracle" }, /oracle/],
    [["q"], { begin: {} }, /begin/],
    [["q"], { kept: {} }, /no state/],
    [["q"], { rest: 1 }, /rest is neither/],
    [["q"], { onKeep: 1 }, /onKeep/],
    [["q"], { signal: 1 }, /signal/],
    [["q"], { prefix: 1 }, /prefix/],
  ];
  for (const [questions, options, message] of CASES)
    test(`${JSON.stringify(questions)} ${JSON.stringify(options)}`, async () => {
      const backend = fakeBackend();
      await assert.rejects(new Model(backend).tune(questions, options), { code: "bad_input", message });
      await settled();
      assert.ok(!names(backend).includes("ask"));
    });

  test("adapters that are none", async () => {
    const model = new Model(fakeBackend());
    for (const source of [undefined, 7, {}, [], "", { "notes.txt": 1 }, "/no/such/adapter"])
      await assert.rejects(model.useAdapter(source), { code: "bad_input" }, String(source));
    await assert.rejects(model.useAdapter(null, { integrety: "x" }), /did you mean "integrity"/);
  });
});
