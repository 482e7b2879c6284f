import assert from "node:assert/strict";
import { test } from "node:test";
import { abortedError, ERROR_CODES, SemgradError, throwIfAborted, toSemgradError } from "../dist/errors.js";
import { load } from "../dist/load.js";
import { Model } from "../dist/model.js";
import { pause } from "../dist/pause.js";
import { askRequest, scoreRequest, toAnswer } from "../dist/records.js";
import { connect, serve } from "../dist/remote.js";

const code = (name) => (error) => error instanceof SemgradError && error.code === name;

const EXPLANATION = {
  verdict: "No judgment",
  chance: null,
  level: null,
  agreement: null,
  reasons: [],
  guarantee: null,
  none: "How often this model is right was never tested.",
};

const RECORD = {
  id: "a",
  prompt_ids: [1],
  response_ids: [2, 3],
  answer: "yes",
  finish_reason: "stop",
  tokens: [{ id: 2, text: "yes", logprob: -0.5, entropy: 1, top2_margin: 0.25 }],
  scores: {
    semgrad: { score: 0.1, confidence: null, confidence_reason: "This score was not calibrated.", ms: 3, passes: 1 },
  },
  alpha: 0.5,
  confidence: null,
  confidence_reason: "No calibration was given for this model.",
  verdict: null,
  verdict_reason: null,
  verdict_thresholds: null,
  explanation: EXPLANATION,
  warnings: ["w"],
  semantic_position: { index: 0, offset: -1, token: "x", rule: "header" },
  semantic_index: 0,
  layers: [null, 0.2],
  ms: { load: 1, prefill: 2, decode: 3, score: 4 },
  device: "cpu",
};

/** A backend that answers when told to, and heeds aborts. */
function fakeBackend() {
  const calls = [];
  return {
    calls,
    disposed: 0,
    info: { name: "fake" },
    run(request, { engines, onEvent, signal }) {
      return new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(abortedError()));
        calls.push({ request, engines, onEvent, finish: (record = RECORD) => resolve(record), fail: reject });
      });
    },
    dispose() {
      this.disposed += 1;
    },
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test("options become one input line", () => {
  assert.deepEqual(
    askRequest("q", {
      maxTokens: 5,
      samples: 3,
      temperature: 0,
      seed: 7,
      semanticPosition: -3,
      tail: 10,
      attribute: true,
      rivals: true,
      allLayers: true,
      prefix: "p",
      system: "s",
      methods: [],
      engines: { nli: "judge" },
      paraphrases: ["w"],
      wordings: "search",
      examples: [{ question: "e", answer: "f", truth: true }],
      demonstrations: { labels: ["x"], sets: [[{ text: "t", label: 0 }]] },
      spans: true,
      evidence: false,
      risk: { answer: 0.05 },
    }),
    {
      question: "q",
      max_tokens: 5,
      samples: 3,
      temperature: 0,
      seed: 7,
      semantic_position: "-3",
      tail: 10,
      attribute: true,
      rivals: true,
      all_layers: true,
      prefix: "p",
      system: "s",
      methods: [],
      paraphrases: ["w"],
      wordings: "search",
      examples: [{ question: "e", answer: "f", truth: true }],
      demonstrations: { labels: ["x"], sets: [[{ text: "t", label: 0 }]] },
      spans: true,
      evidence: false,
      risk: { answer: 0.05 },
    },
  );
  assert.deepEqual(askRequest([{ role: "user", content: "q", extra: 1 }], {}), {
    messages: [{ role: "user", content: "q" }],
    methods: ["semgrad", "paragrad", "exgrad", "hybridgrad"],
  });
  assert.deepEqual(scoreRequest("q", "a", { methods: ["all"] }), { question: "q", answer: "a", methods: ["all"] });
  assert.throws(() => askRequest("q", { semanticPosition: 3 }), code("bad_input"));
  assert.throws(() => askRequest("q", { semanticPosition: -1.5 }), code("bad_input"));
  assert.throws(() => askRequest(undefined, {}), code("bad_input"));
  assert.throws(() => scoreRequest("q", undefined, {}), code("bad_input"));
});

test("one output line becomes an answer", () => {
  const answer = toAnswer({ ...RECORD, grad_l1_tail: [[1]] });
  assert.equal(answer.text, "yes");
  assert.equal(answer.confidence, null);
  assert.equal(answer.confidenceReason, RECORD.confidence_reason);
  assert.equal(answer.verdictReason, null);
  assert.deepEqual([answer.explanation, answer.attribution], [EXPLANATION, null]);
  assert.equal(answer.verdictThresholds, null);
  assert.equal(answer.tokens[0].top2Margin, 0.25);
  assert.deepEqual(answer.gradL1Tail, [[1]]);
  assert.match(answer.scores.semgrad.confidenceReason, /not calibrated/);
  assert.deepEqual(answer.responseIds, [2, 3]);
  assert.equal(answer.samples, null);
  const drawn = { text: "no", response_ids: [4], logprob: [-1], finished: false, group: 1 };
  assert.deepEqual(toAnswer({ ...RECORD, samples: [drawn] }).samples, [
    { text: "no", responseIds: [4], logprob: [-1], finished: false, group: 1 },
  ]);
  const rivals = [{ id: 9, text: " Lyon", logprob: -2.1 }];
  const [torn] = toAnswer({ ...RECORD, tokens: [{ ...RECORD.tokens[0], rivals }] }).tokens;
  assert.deepEqual([torn.rivals, torn.top2Margin, answer.tokens[0].rivals], [rivals, 0.25, undefined]);
  assert.deepEqual([answer.spans, answer.evidence], [null, null]);
  const spans = [{ text: "yes", tokens: [0, 1], scores: { gnll: 0.5 } }];
  const evidence = { answer: "yes" };
  const more = toAnswer({ ...RECORD, spans, evidence });
  assert.deepEqual([more.spans, more.evidence], [spans, evidence]);
  const error = { code: "context_exceeded", message: "m", advice: "a" };
  const failed = { ...RECORD.scores.semgrad, score: null, error };
  assert.deepEqual(toAnswer({ ...RECORD, scores: { luq: failed } }).scores.luq.error, error);
  assert.throws(() => toAnswer({ ...RECORD, error }), code("context_exceeded"));
});

test("whatever is thrown becomes one class", () => {
  for (const name of ERROR_CODES) {
    const error = toSemgradError({ code: name, message: "m", advice: "a" });
    assert.ok(code(name)(error));
    assert.deepEqual(error.toJSON(), { code: name, message: "m", advice: "a" });
  }
  assert.equal(toSemgradError(new DOMException("x", "AbortError")).code, "aborted");
  assert.equal(toSemgradError(new DOMException("x", "QuotaExceededError")).code, "quota_exceeded");
  assert.equal(toSemgradError(new DOMException("x", "NotReadableError")).code, "bad_input");
  assert.equal(toSemgradError({ code: "oops", message: "m" }).code, "internal");
  assert.equal(toSemgradError("text").message, "text");
  assert.equal(toSemgradError(undefined).code, "internal");
  const same = new SemgradError("network", "m", "a");
  assert.equal(toSemgradError(same), same);
  const reason = new Error("because");
  assert.throws(
    () => throwIfAborted(AbortSignal.abort(reason)),
    (error) => code("aborted")(error) && error.cause === reason,
  );
});

test("calls are queued and events reach their own caller", async () => {
  const backend = fakeBackend();
  const model = new Model(backend);
  const seen = [];
  const first = model.ask("one", { onToken: (token) => seen.push(`one ${token.text}`) });
  const second = model.score("two", "answer");
  await turn();
  assert.equal(backend.calls.length, 1);
  backend.calls[0].onEvent({ type: "token", index: 0, ...RECORD.tokens[0] });
  backend.calls[0].finish();
  assert.equal((await first).text, "yes");
  await turn();
  assert.equal(backend.calls[1].request.answer, "answer");
  backend.calls[1].finish();
  await second;
  assert.deepEqual(seen, ["one yes"]);
});

test("progress tells scores as they come, and how engines load", async () => {
  const backend = fakeBackend();
  const model = new Model(backend);
  const seen = [];
  const answer = model.ask("one", { onProgress: (event) => seen.push(event) });
  await turn();
  const { onEvent, finish } = backend.calls[0];
  const progress = { phase: "load", tensor: "t", loaded: 1, total: 2 };
  onEvent({ type: "engine", engine: "nli", progress });
  onEvent({ type: "score", method: null, score: null });
  onEvent({ type: "score", method: "semgrad", score: RECORD.scores.semgrad });
  finish();
  const { scores } = await answer;
  assert.deepEqual(seen, [
    { phase: "engine", engine: "nli", progress },
    { phase: "score", method: null, score: null },
    { phase: "score", method: "semgrad", score: scores.semgrad },
  ]);
});

test("a call's engines stand in for the model's, kind by kind", async () => {
  const backend = fakeBackend();
  const model = new Model(backend, { embed: "lexical", nli: "lexical" });
  const calls = [() => model.ask("one", { engines: { nli: "judge" } }), () => model.run({ question: "two" })];
  for (const [index, call] of calls.entries()) {
    const result = call();
    await turn();
    backend.calls[index].finish();
    await result;
  }
  assert.deepEqual(backend.calls[0].engines, { embed: "lexical", nli: "judge" });
  assert.deepEqual(backend.calls[1].engines, { embed: "lexical", nli: "lexical" });
  await assert.rejects(model.ask("three", { engines: { nli: "oracle" } }), code("bad_input"));
});

test("a failed call does not stop the queue", async () => {
  const backend = fakeBackend();
  const model = new Model(backend);
  const first = model.ask("one");
  const second = model.ask("two");
  await turn();
  backend.calls[0].fail({ code: "bad_input", message: "m", advice: "a" });
  await assert.rejects(first, code("bad_input"));
  await turn();
  backend.calls[1].finish();
  await second;
});

test("an abort ends a running or a waiting call at once", async () => {
  const backend = fakeBackend();
  const model = new Model(backend);
  const running = new AbortController();
  const waiting = new AbortController();
  const first = model.ask("one", { signal: running.signal });
  const second = model.ask("two", { signal: waiting.signal });
  const third = model.ask("three");
  await turn();
  waiting.abort();
  await assert.rejects(second, code("aborted"));
  running.abort();
  await assert.rejects(first, code("aborted"));
  await turn();
  assert.deepEqual(
    backend.calls.map((call) => call.request.question),
    ["one", "three"],
  );
  backend.calls[1].finish();
  await third;
  await assert.rejects(model.ask("four", { signal: AbortSignal.abort() }), code("aborted"));
});

test("idle waits for what an aborted call still does", async () => {
  const backend = fakeBackend();
  let rest = () => {};
  const { run } = backend;
  // Aborted, it works on to its next token.
  backend.run = (...given) => Promise.allSettled([run(...given), new Promise((resolve) => (rest = resolve))]);
  const model = new Model(backend);
  await model.idle();
  const controller = new AbortController();
  const aborted = model.run({ question: "q" }, { signal: controller.signal });
  await turn();
  let isIdle = false;
  const idle = model.idle().then(() => {
    isIdle = true;
  });
  controller.abort();
  await assert.rejects(aborted, code("aborted"));
  await turn();
  assert.equal(isIdle, false);
  rest();
  await idle;
});

test("dispose rejects everything, once", async () => {
  const backend = fakeBackend();
  const model = new Model(backend);
  const first = model.ask("one");
  const second = model.ask("two");
  await turn();
  assert.equal(model.stopped, null);
  model.dispose();
  model.dispose();
  const disposed = { code: "aborted", message: "the model was disposed", advice: /^Load it again/ };
  for (const call of [first, second, model.ask("three"), model.useProfile(null)]) await assert.rejects(call, disposed);
  assert.deepEqual([model.stopped?.code, model.stopped?.message], ["aborted", "the model was disposed"]);
  assert.equal(backend.disposed, 1);
});

/** Waits until so many calls have come through the channel. */
async function called({ calls }, count) {
  while (calls.length < count) await turn();
}

/** A page and a worker joined by a real message channel. */
function pair(start) {
  const { port1, port2 } = new MessageChannel();
  let crash = () => {};
  let terminated = false;
  serve(port2, start);
  port1.start();
  port2.start();
  const remote = {
    port: port1,
    terminate: () => {
      terminated = true;
      port1.close();
    },
    onCrash: (listener) => {
      crash = listener;
    },
  };
  return { remote, crash: (reason) => crash(reason), terminated: () => terminated };
}

test("the worker has the same interface, and errors keep their code", async () => {
  const backend = fakeBackend();
  const progress = [];
  const { remote } = pair(async (source, options, hooks) => {
    assert.deepEqual([source, options], [{ kind: "x" }, { device: "cpu" }]);
    hooks.onProgress({ phase: "warning", message: "w" });
    return backend;
  });
  const far = await connect(remote, { kind: "x" }, { device: "cpu" }, { onProgress: (event) => progress.push(event) });
  assert.deepEqual(progress, [{ phase: "warning", message: "w" }]);
  assert.deepEqual(far.info, { name: "fake" });
  const events = [];
  const engines = { nli: "judge" };
  const good = far.run({ question: "q" }, { engines, onEvent: (event) => events.push(event) });
  await called(backend, 1);
  backend.calls[0].onEvent({ type: "prefill", done: 1, total: 2 });
  backend.calls[0].finish();
  assert.deepEqual(await good, RECORD);
  assert.deepEqual(backend.calls[0].engines, engines);
  assert.deepEqual(events, [{ type: "prefill", done: 1, total: 2 }]);
  const bad = far.run({ question: "q" }, { onEvent: () => {} });
  await called(backend, 2);
  backend.calls[1].fail(new SemgradError("context_exceeded", "m", "a"));
  await assert.rejects(bad, (error) => code("context_exceeded")(error) && error.advice === "a");
  far.dispose();
});

test("aborts reach the worker and come back with the caller's reason", async () => {
  const backend = fakeBackend();
  const { remote, terminated } = pair(async () => backend);
  const far = await connect(remote, {}, {}, { onProgress: () => {} });
  const controller = new AbortController();
  const run = far.run({ question: "q" }, { onEvent: () => {}, signal: controller.signal });
  await called(backend, 1);
  controller.abort("enough");
  await assert.rejects(run, (error) => code("aborted")(error) && error.cause === "enough");
  far.dispose();
  assert.ok(terminated());
  await assert.rejects(far.run({ question: "q" }, { onEvent: () => {} }), code("aborted"));
});

test("an aborted load ends the worker", async () => {
  const { remote, terminated } = pair(
    (_source, _options, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(abortedError()))),
  );
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 10);
  await assert.rejects(connect(remote, {}, {}, { onProgress: () => {}, signal: controller.signal }), code("aborted"));
  assert.ok(terminated());
});

test("a worker that dies rejects what was waiting", async () => {
  const backend = fakeBackend();
  const { remote, crash } = pair(async () => backend);
  const far = await connect(remote, {}, {}, { onProgress: () => {} });
  const run = far.run({ question: "q" }, { onEvent: () => {} });
  crash("unreachable");
  await assert.rejects(run, code("internal"));
  const other = pair(() => new Promise(() => {}));
  const load = connect(other.remote, {}, {}, { onProgress: () => {} });
  other.crash(null);
  await assert.rejects(load, code("network"));
});

test("load refuses bad arguments with the one error class", async () => {
  await assert.rejects(load("no-such-model"), code("bad_input"));
  await assert.rejects(load(new Blob([]), { device: "cuda" }), code("bad_input"));
  await assert.rejects(load(new Blob([]), { cache: "floppy" }), code("bad_input"));
  await assert.rejects(load(new Blob([]), { engines: { embed: "judge" } }), code("bad_input"));
  await assert.rejects(load(new Blob([]), { signal: AbortSignal.abort() }), code("aborted"));
});

test("pause gives the event loop a turn", async () => {
  let timer = false;
  setTimeout(() => {
    timer = true;
  }, 0);
  for (let turns = 0; !timer && turns < 1e6; turns++) await pause();
  assert.ok(timer);
});
