/** Names that nobody knows and values of the wrong type, at every door of the package. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as edge from "../dist/edge.js";
import { known, unknownName } from "../dist/given.js";
import * as semgrad from "../dist/index.js";
import { Model } from "../dist/model.js";

const refused = (message) => (error) => {
  assert.equal(error.name, "SemgradError", String(error.stack));
  assert.equal(error.code, "bad_input", error.message);
  assert.match(error.message, message);
  assert.ok(error.advice.length > 0);
  return true;
};
const round = {};
round.round = round;

/** Answers nothing: whatever gets so far was accepted. */
function accepted() {
  const run = async () => {
    throw new semgrad.SemgradError("internal", "accepted", "");
  };
  const backend = { info: { name: "fake", profile: null, chatTemplate: true }, run, dispose() {} };
  return new Model({ ...backend, useProfile: run, createProfile: run });
}

test("a name is told with the one that was meant", () => {
  const names = { samples: 1, maxTokens: 1, seed: 1, onToken: 1 };
  const told = (name) => assert.throws(() => known({ [name]: undefined }, names), refused(/^unknown option/));
  told("sampels");
  const said = (name) => unknownName("option", name, Object.keys(names)).message;
  assert.equal(said("sampels"), 'unknown option "sampels"; did you mean "samples"?');
  assert.equal(said("max_tokens"), 'unknown option "max_tokens"; did you mean "maxTokens"?');
  assert.equal(said("onTokens"), 'unknown option "onTokens"; did you mean "onToken"?');
  assert.equal(said("temperature"), 'unknown option "temperature"');
  assert.equal(said("x".repeat(1000)).length, 'unknown option ""'.length + 40);
  assert.match(unknownName("option", "n", Object.keys(names)).advice, /samples, maxTokens, seed, onToken/);
  assert.deepEqual(known(undefined, names), {});
});

test("every function refuses options that it does not know, by name", async () => {
  const model = accepted();
  const file = new Blob([]);
  const calls = {
    load: (options) => semgrad.load(file, options),
    "edge.load": (options) => edge.load(file, options),
    ask: (options) => model.ask("Why?", options),
    score: (options) => model.score("Why?", "So.", options),
    run: (options) => model.run({ question: "Why?" }, options),
    "chat.completions.create": (options) =>
      model.chat.completions.create({ messages: [{ role: "user", content: "Why?" }] }, options),
    createProfile: (options) => model.createProfile({ answers: "own" }, options),
    "cache.list": (options) => semgrad.cache.list(options),
    "cache.remove": (options) => semgrad.cache.remove("no such file", options),
  };
  for (const [name, entry] of Object.entries({ semgrad, edge })) {
    calls[`${name}.methods`] = (options) => entry.methods(options);
    calls[`${name}.evaluate`] = (options) => entry.evaluate({}, options);
    calls[`${name}.calibrate`] = (options) => entry.calibrate([], options);
    calls[`${name}.calibrateGiven`] = (options) => entry.calibrateGiven([], options);
    calls[`${name}.surveyGiven`] = (options) => entry.surveyGiven(model, [], options);
    calls[`${name}.contains`] = (options) => entry.contains("a", ["a"], options);
    calls[`${name}.check`] = (options) => entry.check("a", "a", options);
    calls[`${name}.applyCalibration`] = (options) => entry.applyCalibration({}, [], options);
  }
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(call({ sampels: 3 }), refused(/^unknown option "sampels"/), name);
    for (const options of [null, 7, "fast", []]) await assert.rejects(call(options), refused(/no object/), name);
  }
  await assert.rejects(edge.load(file, { worker: true }), refused(/unknown option "worker"/));
  await assert.rejects(model.score("Why?", "So.", { onToken() {} }), refused(/unknown option "onToken"/));
  const nli = { source: "nli-deberta-v3-xsmall", integrety: {} };
  await assert.rejects(model.ask("Why?", { engines: { nli } }), refused(/"integrety"; did you mean "integrity"/));
  await assert.rejects(model.ask("Why?", { engines: { nil: "judge" } }), refused(/"nil"; did you mean "nli"/));
  await assert.rejects(
    model.chat.completions.create({ messages: [{ role: "user", content: "Why?" }], max_token: 3 }),
    refused(/unknown parameter "max_token"; did you mean "max_tokens"/),
  );
});

test("a value of the wrong type is named", async () => {
  const model = accepted();
  const file = new Blob([]);
  const messages = [{ role: "user", content: "Why?" }];
  const cases = [
    [() => semgrad.load(file, { onProgress: "loud" }), /onProgress/],
    [() => semgrad.load(file, { signal: {} }), /signal/],
    [() => semgrad.load(file, { worker: "yes" }), /worker/],
    [() => semgrad.load(file, { wasm: 7 }), /wasm/],
    [() => semgrad.load(file, { profile: round }), /profile/],
    [() => semgrad.load(file, { probes: round }), /probes/],
    [() => semgrad.load(file, { synonyms: 7 }), /synonyms/],
    [() => semgrad.load(file, { integrity: 7 }), /SHA-256/],
    [() => semgrad.load(file, { cacheDir: 7 }), /cacheDir/],
    [() => semgrad.cache.list({ cacheDir: 5 }), /cacheDir/],
    [() => semgrad.cache.remove("*", { cacheDir: "" }), /cacheDir/],
    [() => semgrad.load(file, { profile: semgrad.PROFILES[0] }), /PROFILES/],
    [() => model.useProfile(semgrad.PROFILES[0]), /PROFILES/],
    [() => semgrad.load(file, { cache: "none", cacheDir: "x" }), /cacheDir/],
    [() => model.ask(["Why?"]), /message 0/],
    [() => model.ask([null]), /message 0/],
    [() => model.ask("Why?", { methods: "all" }), /methods/],
    [() => model.ask("Why?", { methods: 7 }), /methods/],
    [() => model.ask("Why?", { onToken: 7 }), /onToken/],
    [() => model.ask("Why?", { onProgress: 7 }), /onProgress/],
    [() => model.ask("Why?", { signal: "now" }), /signal/],
    [() => model.ask("Why?", { semanticPosition: Symbol("x") }), /semanticPosition/],
    [() => model.ask("Why?", { seed: 1n }), /plain data/],
    [() => model.ask("Why?", { examples: [round] }), /plain data/],
    [() => model.score("Why?", 7), /answer/],
    [() => model.run(round), /plain data/],
    [() => model.run({ question: "Why?" }, { onEvent: 7 }), /onEvent/],
    [() => model.useProfile(round), /profile/],
    [() => model.createProfile({ answers: "own", round }), /calibration/],
    [() => model.createProfile({ answers: "own" }, { prefix: 7 }), /prefix/],
    [() => model.chat.completions.create({ messages }, { signal: 7 }), /signal/],
    [() => model.chat.completions.create({ messages, tools: round }), /tools/],
    [() => model.chat.completions.create({ messages, uncertainty: { prefix: 7 } }), /prefix/],
    [() => semgrad.evaluate(round), /evidence/],
    [() => semgrad.evaluate({}, { methods: "all" }), /methods/],
    [() => semgrad.evaluate({}, { engines: null }), /engines/],
    [() => semgrad.evaluate({}, { wasm: 7 }), /wasm/],
    [() => semgrad.contains(7, []), /answer/],
    [() => semgrad.contains("a", "a"), /accepted/],
    [() => semgrad.cache.remove(7), /nothing named/],
  ];
  for (const [call, message] of cases) await assert.rejects(call(), refused(message), String(call));
});

test("what is right goes through", async () => {
  const model = accepted();
  const options = { methods: [], seed: 1, signal: new AbortController().signal, engines: { nli: "judge" } };
  await assert.rejects(model.ask("Why?", { ...options, onToken() {}, onProgress() {} }), /accepted/);
  await assert.rejects(model.ask("Why?", { ...options, signal: undefined, maxTokens: null }), /accepted/);
  await assert.rejects(model.run({ question: "Why?" }, { onEvent() {} }), /accepted/);
});
