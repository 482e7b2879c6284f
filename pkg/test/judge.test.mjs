/** Answers that others wrote: what is refused, how a survey of them goes on, and a model that judges by what was fitted. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { givenAnswers, givenArguments, nameOf } from "../dist/calibrate/rows.js";
import * as edge from "../dist/edge.js";
import { calibrateGiven, load, surveyGiven } from "../dist/index.js";
import { withCalibration } from "../dist/profile.js";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const wasm = (name) => new URL(`../dist/wasm/${name}_bg.wasm`, import.meta.url);
const isBuilt = ["semgrad", "scores"].every((name) => existsSync(wasm(name)));
const refused = (pattern) => (error) => error.code === "bad_input" && pattern.test(error.message);

const QUESTION = "What is the capital of France?";
const ANSWER = { question: QUESTION, answer: "It is Lyon.", writer: "a", right: false };
const own = (count) => ({ answer: "Paris", others: Array(count - 1).fill("Paris"), agree: 0, sentence: "" });
const examined = (signals, state) => ({
  odd: [],
  own: own(5),
  judgement: null,
  none: "",
  signals,
  ...(state && { state }),
});
const ROW = { ...ANSWER, examined: examined({ not_correct: 1.5, own_distance: null }, [1, 2]) };

test("rows become what the module reads", () => {
  const of = (...given) => {
    const [rows, ...rest] = givenArguments(...given);
    return [JSON.parse(rows), ...rest];
  };
  const raw = {
    id: `${QUESTION} · a`,
    group: QUESTION,
    set: "",
    writer: "a",
    right: false,
    answer: "It is Lyon.",
    signals: { not_correct: 1.5, own_distance: null },
    state: [1, 2],
  };
  assert.deepEqual(of([ROW], { date: "2026-01-02" }), [[raw], 5, "2026-01-02"]);
  const named = { ...ROW, id: "7", group: "g", set: "s", examined: { ...examined({ not_correct: 0 }), own: own(2) } };
  assert.deepEqual(of([named], { ownAnswers: 2, date: "" })[0], [
    { ...raw, id: "7", group: "g", set: "s", signals: { not_correct: 0 }, state: [] },
  ]);
  const alone = { ...ROW, examined: { ...ROW.examined, own: null } };
  assert.equal(of([alone], { ownAnswers: 0 })[1], 0);
  assert.match(of([ROW], {})[2], /^\d{4}-\d\d-\d\d$/);
  // To what is not examined nothing is fitted.
  const poem = { ...ANSWER, examined: { ...examined({}), own: null } };
  assert.equal(of([poem, ROW], {})[0].length, 1);
  assert.throws(() => givenArguments([poem], {}), refused(/no answer was examined/));
});

test("rows are checked, and the wrong one is named", async () => {
  const wrong = (more) => ({ ...ROW, examined: { ...ROW.examined, ...more } });
  for (const [row, pattern] of [
    [null, /no object/],
    [{ ...ROW, question: 7 }, /question is no text/],
    [{ ...ROW, answer: " " }, /answer is empty/],
    [{ ...ROW, writer: undefined }, /writer is no text/],
    [{ ...ROW, right: "yes" }, /right is yes/],
    [{ ...ROW, id: 7 }, /id is no text/],
    [{ ...ROW, group: "" }, /group is empty/],
    [ANSWER, /not examined/],
    [{ ...ANSWER, examined: {} }, /no signals/],
    [wrong({ signals: [1] }), /no signals/],
    [wrong({ signals: { not_correct: "1" } }), /the signal not_correct is 1/],
    [wrong({ signals: { not_correct: Number.NaN } }), /the signal not_correct is NaN/],
    [wrong({ state: "1" }), /state is no list/],
    [wrong({ own: own(3) }), /compared with 3 own answers/],
    [wrong({ own: null }), /compared with 0 own answers/],
  ])
    await assert.rejects(
      calibrateGiven([ROW, row]),
      refused(new RegExp(`^row 1: .*${pattern.source}`)),
      JSON.stringify(row),
    );
  await assert.rejects(calibrateGiven(ROW), refused(/rows are no list/));
  await assert.rejects(calibrateGiven([ROW], { ownAnswers: 17 }), refused(/ownAnswers is 17/));
  await assert.rejects(calibrateGiven([ROW], { ownAnswers: 1.5 }), refused(/ownAnswers is 1.5/));
  await assert.rejects(calibrateGiven([ROW], { date: 7 }), refused(/date is 7/));
  await assert.rejects(calibrateGiven([ROW], { own_answers: 5 }), refused(/did you mean "ownAnswers"/));
  await assert.rejects(edge.calibrateGiven([ANSWER], { wasm: new Uint8Array() }), refused(/row 0: .*not examined/));
  assert.throws(() => givenAnswers([ANSWER, { ...ANSWER, right: 1 }]), refused(/^answer 1: right is 1/));
});

test("what was fitted stands in a profile beside what is there", () => {
  const key = { weights: "ab", template: null, prefix: "" };
  const given = { fit: { terms: [], intercept: 0 }, own_answers: 5 };
  const first = withCalibration(JSON.stringify({ answers: "own", fitted: {} }), { ...key, adapter: null }, undefined);
  const both = withCalibration(JSON.stringify(given), { ...key, adapter: null }, first);
  assert.deepEqual(JSON.parse(both), { ...JSON.parse(first), given });
  const other = withCalibration(JSON.stringify({ answers: "own", fitted: {} }), { ...key, adapter: null }, both);
  assert.deepEqual(JSON.parse(other).given, given);
  const alone = withCalibration(JSON.stringify(given), { ...key, prefix: "Q: ", adapter: null }, first);
  assert.deepEqual(JSON.parse(alone), { key: { ...key, prefix: "Q: " }, given });
});

/** Numbers in [0, 1), the same each time (a linear congruential generator). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Looks at nothing; `fails` by answer. */
function fakeModel(fails = {}) {
  const asked = [];
  const score = async (question, answer, { signal, ...options }) => {
    asked.push(answer);
    if (fails[answer]) throw fails[answer];
    signal?.throwIfAborted();
    return { examined: examined({ not_correct: answer.length }), question, options };
  };
  return { model: { info: { adapter: null }, score }, asked };
}

const answers = (...texts) => texts.map((answer, i) => ({ ...ANSWER, answer, writer: `w${i}` }));

test("a survey keeps the order, tells how far it is, and goes on from what was kept", async () => {
  const { model, asked } = fakeModel();
  const [kept, heard] = [[], []];
  const all = answers("one", "two", "three");
  const controller = new AbortController();
  const onKeep = async (row) => {
    kept.push(row);
    if (kept.length === 2) controller.abort();
  };
  const onProgress = (progress) => heard.push(progress);
  const cut = surveyGiven(model, all, { onKeep, onProgress, signal: controller.signal });
  await assert.rejects(cut, { code: "aborted" });
  assert.deepEqual(
    heard.map(({ done, total, failed }) => [done, total, failed]),
    [
      [0, 3, 0],
      [1, 3, 0],
    ],
  );
  assert.equal(heard[0].secondsLeft, null);
  assert.equal(typeof heard[1].secondsLeft, "number");
  assert.deepEqual(
    kept.map(({ answer, examined }) => [answer, examined.signals.not_correct]),
    [
      ["one", 3],
      ["two", 3],
    ],
  );
  // What was judged otherwise since is as it is given now; another text is looked at anew.
  const now = [{ ...all[0], right: true }, { ...all[1], answer: "zwei" }, all[2]];
  const rows = await surveyGiven(model, now, { kept });
  assert.deepEqual(
    rows.map(({ answer, right }) => `${answer} ${right}`),
    ["one true", "zwei false", "three false"],
  );
  assert.deepEqual(asked, ["one", "two", "zwei", "three"]);
});

test("what one answer fails with is its own; what all would fail with ends it", async () => {
  const error = (code) => ({ code, message: code, advice: "" });
  const { model } = fakeModel({ long: error("context_exceeded") });
  let last = null;
  const onProgress = (progress) => {
    last = progress;
  };
  const rows = await surveyGiven(model, answers("one", "long", "two"), { onProgress });
  assert.deepEqual([rows.length, last.done, last.failed], [2, 3, 1]);
  await assert.rejects(surveyGiven(model, answers("long", "long")), { code: "context_exceeded" });
  const lost = fakeModel({ one: error("device_lost") });
  await assert.rejects(surveyGiven(lost.model, answers("one", "two")), { code: "device_lost" });
  assert.deepEqual(lost.asked, ["one"]);
});

test("a survey that makes no sense asks nothing", async () => {
  const { model, asked } = fakeModel();
  const worn = { ...model, info: { adapter: { hash: "a" } } };
  await assert.rejects(surveyGiven(worn, answers("one")), refused(/adapter/));
  for (const [given, pattern] of [
    [{ ownAnswers: 17 }, /ownAnswers is 17/],
    [{ prefix: 7 }, /prefix/],
    [{ kept: {} }, /kept/],
    [{ onKeep: 7 }, /onKeep/],
    [{ onProgress: 7 }, /onProgress/],
    [{ signal: {} }, /signal/],
    [{ own_answers: 1 }, /did you mean "ownAnswers"/],
  ])
    await assert.rejects(surveyGiven(model, answers("one"), given), refused(pattern), JSON.stringify(given));
  await assert.rejects(surveyGiven(model, [{ ...ANSWER, writer: "" }]), refused(/^answer 0: writer is empty/));
  assert.deepEqual(asked, []);
});

describe("with the modules", { skip: !isBuilt && "the wasm modules are not built" }, () => {
  let model;
  before(async () => {
    model = await load(asBlobs(tinyFiles()), { cache: "none", profile: null });
  });
  after(() => model.dispose());

  /** Answers of three writers, of which three of ten are wrong and doubted more, by so much. */
  function judged(shift) {
    const draw = numbers(7);
    return Array.from({ length: 600 }, (_, i) => {
      const right = draw() < 0.7;
      const signals = { not_correct: draw() + draw() + (right ? 0 : shift) };
      const question = `Question ${Math.floor(i / 3)}?`;
      return { question, answer: `Answer ${i}`, writer: "abc"[i % 3], right, examined: examined(signals) };
    });
  }

  test("skill is found where there is some, and a profile with it judges", async () => {
    const rows = judged(0.7);
    const { given, report, none } = await calibrateGiven(rows, { date: "2026-01-02" });
    assert.equal(none, null);
    assert.deepEqual([given.own_answers, given.questions, given.date], [5, 200, "2026-01-02"]);
    assert.deepEqual(report.writers.a, [200, rows.filter(({ writer, right }) => writer === "a" && !right).length]);
    const [combined] = report.rankings;
    assert.equal(combined.name, "combined");
    assert.ok(combined.auroc > 0.7 && combined.interval[0] > 0.55, JSON.stringify(combined));
    const settings = { date: "2026-01-02", wasm: readFileSync(wasm("scores")) };
    assert.deepEqual(await edge.calibrateGiven(rows, settings), { given, report, none });
    await model.useProfile(await model.createProfile(given, { prefix: "" }));
    const score = (options) =>
      model.score(QUESTION, "It is Lyon.", { examine: true, methods: [], maxTokens: 8, ...options });
    const { judgement, none: silent } = (await score()).examined;
    assert.equal(silent, null);
    assert.ok(["nothing_odd", "some_doubt", "strong_doubt"].includes(judgement.doubt));
    assert.match(judgement.tested, /^Tested on 600 answers of a, b, c \(2026-01-02\)/);
    // Another number of own answers has other signals.
    assert.equal((await score({ ownAnswers: 2 })).examined.judgement, null);
    await model.useProfile(null);
  });

  test("and none where there is none, which is told", async () => {
    const { given, none } = await calibrateGiven(judged(0));
    assert.match(none, /hardly better than chance/);
    await model.useProfile(await model.createProfile(given, { prefix: "" }));
    const { examined } = await model.score(QUESTION, "It is Lyon.", { examine: true, methods: [] });
    assert.deepEqual([examined.judgement, examined.none], [null, none]);
    await model.useProfile(null);
    const right = judged(1).map((row) => ({ ...row, right: true }));
    await assert.rejects(calibrateGiven(right), refused(/of each writer all answers are right/));
  });

  test("words that stand out are told before anything is scored or asked", async () => {
    const heard = [];
    const options = { examine: true, methods: ["gnll"], ownAnswers: 1, onProgress: (progress) => heard.push(progress) };
    const { examined } = await model.score(QUESTION, "It is Lyon.", options);
    const told = heard.filter(({ phase }) => phase === "words");
    assert.deepEqual(told, [{ phase: "words", odd: examined.odd }]);
    assert.ok(heard.indexOf(told[0]) < heard.findIndex(({ method }) => method === "gnll"));
    heard.length = 0;
    await model.score("Write a poem about the sea.", "The sea.", options);
    assert.ok(!heard.some(({ phase }) => phase === "words"), "what is not examined has none");
  });

  test("a survey gives rows that can be fitted", async () => {
    const poem = { ...ANSWER, question: "Write a poem about the sea." };
    const rows = await surveyGiven(model, [ANSWER, { ...ANSWER, writer: "b" }, poem], { ownAnswers: 2 });
    const [first, second, unlike] = rows.map((row) => row.examined);
    assert.deepEqual(first, second);
    assert.equal(first.own.others.length, 1);
    assert.equal(first.state.length, model.info.hidden);
    assert.equal(typeof first.signals.not_correct, "number");
    assert.deepEqual(unlike.signals, {});
    const [fitted] = givenArguments(rows, { ownAnswers: 2 });
    assert.deepEqual(
      JSON.parse(fitted).map(({ id }) => id),
      [ANSWER, { ...ANSWER, writer: "b" }].map(nameOf),
    );
  });
});
