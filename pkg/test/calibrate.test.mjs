/** Calibration from judged answers: what is refused, what is fitted, and that answers get exactly that. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { answersJson, optionsJson, rowsJson } from "../dist/calibrate/input.js";
import * as edge from "../dist/edge.js";
import { applyCalibration, CONFIDENCE_REASONS, calibrate, contains, EVEN_ODDS, load, PROFILES } from "../dist/index.js";
import { asBlobs, lastWord, tinyFiles } from "./support/tiny.mjs";

const WASM = new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url);
const isBuilt = existsSync(WASM);
const refused = (pattern) => (error) => error.code === "bad_input" && pattern.test(error.message);

/** Numbers in [0, 1), the same each time (a linear congruential generator). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Answers that are right the more often the lower their scores are, made up around those of the tiny model. */
function judged(count) {
  const draw = numbers(7);
  return Array.from({ length: count }, () => {
    const gnll = 4 + 20 * draw();
    return {
      scores: { gnll, max_token_entropy: { score: 3 + gnll / 10 + draw() }, nci: null },
      tokens: 1 + Math.floor(20 * draw()),
      right: draw() < 1 / (1 + Math.exp((gnll - 13) / 3)),
    };
  });
}

test("rows are checked, and the wrong one is named", () => {
  const good = { scores: { gnll: 1, semgrad: { score: null } }, right: true };
  assert.deepEqual(JSON.parse(rowsJson([good])), [{ scores: { gnll: 1, semgrad: null }, right: true }]);
  assert.throws(() => rowsJson(good), refused(/no list/));
  for (const [row, pattern] of [
    [null, /no object/],
    [{ scores: { gnll: 1 } }, /right is undefined/],
    [{ ...good, right: "yes" }, /right is yes/],
    [{ right: true }, /no scores/],
    [{ ...good, scores: [1] }, /no scores/],
    [{ ...good, scores: { vibes: 1 } }, /no such score: vibes/],
    [{ ...good, scores: { gnll: Number.NaN } }, /gnll is NaN/],
    [{ ...good, scores: { gnll: "1" } }, /gnll is 1/],
    [{ ...good, scores: { gnll: { score: Infinity } } }, /gnll is Infinity/],
    [{ ...good, tokens: 1.5 }, /tokens is 1.5/],
    [{ ...good, finishReason: "cut" }, /finishReason is cut/],
    [{ ...good, set: 7 }, /set is 7/],
  ])
    assert.throws(() => rowsJson([good, row]), refused(new RegExp(`^row 1: .*${pattern.source}`)), JSON.stringify(row));
});

test("options are those of the line contract", () => {
  const { date, ...none } = JSON.parse(optionsJson({}));
  assert.deepEqual(none, {});
  assert.match(date, /^\d{4}-\d\d-\d\d$/);
  const all = {
    answers: "given",
    semanticPosition: { index: 8, rule: "header", offset: -3, token: "x" },
    maxTokens: 64,
    engines: { nli: "judge", embed: "lexical" },
    risk: { answer: 0.05, mode: "selective" },
    judge: "me",
    date: "2026-01-02",
    methods: ["gnll"],
    samples: { count: 5, temperature: 1 },
  };
  assert.deepEqual(JSON.parse(optionsJson(all)), {
    answers: "given",
    semantic_rule: "header",
    semantic_offset: -3,
    max_tokens: 64,
    nli: "judge",
    embed: "lexical",
    verdict: { mode: "selective", answer_risk: 0.05 },
    judge: "me",
    date: "2026-01-02",
    methods: ["gnll"],
    samples: { count: 5, temperature: 1 },
  });
  assert.throws(
    () => optionsJson({ risk: { answered: 0.1 } }),
    refused(/unknown option "answered"; did you mean "answer"/),
  );
});

test("options are checked by name and by type", async () => {
  for (const [position, message] of [
    ["header", /^semanticPosition is header$/],
    [-3, /^semanticPosition is -3$/],
    [{ rule: "middle", offset: -3 }, /^semanticPosition.rule is middle$/],
    [{ rule: "header" }, /^semanticPosition.offset is undefined$/],
    [{ rule: "header", offset: 3 }, /^semanticPosition.offset is 3$/],
    [{ rule: "header", ofset: -3 }, /unknown option "ofset"; did you mean "offset"/],
  ])
    await assert.rejects(calibrate([], { semanticPosition: position }), refused(message), JSON.stringify(position));
  await assert.rejects(calibrate([], { engines: { nlii: "judge" } }), refused(/"nlii"; did you mean "nli"/));
  const [entry] = PROFILES;
  await assert.rejects(applyCalibration(entry, []), refused(/entry of .* in PROFILES/));
  await assert.rejects(calibrate([], { answer: "own" }), refused(/unknown option "answer"; did you mean "answers"/));
  await assert.rejects(calibrate([], null), refused(/no object/));
  const round = {};
  round.round = round;
  await assert.rejects(calibrate([{ scores: {}, right: true, state: round }]), refused(/rows is no plain data/));
  await assert.rejects(applyCalibration(round, []), refused(/no plain data/));
});

test("answers to be looked at are checked, and the wrong one is named", async () => {
  const good = { scores: { gnll: 1 }, tokens: 3 };
  assert.deepEqual(JSON.parse(answersJson([good])), [{ scores: { gnll: 1 }, tokens: 3 }]);
  assert.throws(() => answersJson(good), refused(/answers are no list/));
  assert.throws(() => answersJson([good, { scores: { vibes: 1 } }]), refused(/^answer 1: no such score: vibes/));
  await assert.rejects(applyCalibration({}, [good], { alpha: 1 }), refused(/unknown option "alpha"/));
});

describe("calibrate", { skip: !isBuilt && "the wasm module is not built" }, () => {
  let model;
  before(async () => {
    const end = await lastWord(load, tinyFiles(), "Why?", {}, 8);
    model = await load(asBlobs(tinyFiles({ eos_token_id: end })), { cache: "none" });
  });
  after(() => model.dispose());

  test("answers that were cut off are left out, and counted", async () => {
    const rows = judged(400);
    const cut = judged(30).map((row) => ({ ...row, right: !row.right, finishReason: "length" }));
    const { calibration, report } = await calibrate([...rows, ...cut], { date: "2026-01-02" });
    const want = await calibrate(rows, { date: "2026-01-02" });
    assert.deepEqual(calibration, want.calibration);
    assert.match(report.notes[0], /^30 answers were cut off and are left out/);
  });

  test("too few, and one kind only, are told", async () => {
    const rows = judged(400);
    await assert.rejects(calibrate(rows.slice(0, 49)), refused(/49/));
    await assert.rejects(calibrate(rows.filter(({ right }) => right)), refused(/wrong/));
    await assert.rejects(calibrate(rows, { answers: "mine" }), refused(/answers/));
    await assert.rejects(calibrate(rows, { risk: { answer: 0.5, abstain: 0.1 } }), { code: "bad_input" });
    await assert.rejects(applyCalibration({ key: {}, calibrations: [{}] }, []), refused(/calibration is not usable/));
    await assert.rejects(applyCalibration("[", []), refused(/no JSON/));
  });

  test("an answer that contains an accepted one as whole words is right", async () => {
    assert.equal(await contains("The capital of France is Paris.", ["Lyon", "paris"]), true);
    assert.equal(await contains("Parisian", ["Paris"]), false);
    assert.equal(await contains("It is 314.", ["3.14"]), false);
    assert.equal(await edge.contains("It's the U.S. of course", ["US"], { wasm: readFileSync(WASM) }), true);
    assert.equal(await contains("anything", []), false);
  });

  test("an answer gets the confidence that the profile's numbers give", async () => {
    const ask = (options) => model.ask("Why?", { maxTokens: 8, methods: ["gnll", "max_token_entropy"], ...options });
    const { semanticPosition, finishReason } = await ask();
    const rows = judged(400);
    const settings = { semanticPosition, maxTokens: 8, judge: "made up", date: "2026-01-02" };
    const { calibration, report } = await calibrate(rows, settings);
    assert.deepEqual(await edge.calibrate(rows, { ...settings, wasm: readFileSync(WASM) }), { calibration, report });
    assert.equal(report.questions, 400);
    assert.ok(report.combined.auroc > 0.75 && report.combined.ece < 0.1, JSON.stringify(report.combined));
    assert.equal(report.methods.gnll.questions, 400);
    const held = report.reliability.reduce((sum, { count }) => sum + count, 0);
    assert.deepEqual([report.reliability.length, held], [10, 400]);
    assert.equal("nci" in report.methods, false);
    assert.equal(calibration.fitted.judge, "made up");

    const profile = await model.createProfile(calibration);
    assert.match(profile.key.weights, /^[0-9a-f]{64}$/);
    assert.equal(profile.key.prefix, "");
    await model.useProfile(profile);
    assert.deepEqual(model.info.profile, {
      origin: "caller",
      prefix: "",
      maxTokens: 8,
      answers: ["own"],
      adapter: null,
    });
    const answer = await ask();
    const { features, intercept, isotonic } = calibration.combined;
    const value = ({ name, transform }) => {
      const raw = name === "answer_tokens" ? answer.responseIds.length : answer.scores[name].score;
      return transform === "log" ? Math.log(raw) : raw;
    };
    // Far outside of what was seen in calibration, values count as if they were at its edge: four deviations.
    const clamp = (deviations) => Math.min(Math.max(deviations, -4), 4);
    const terms = features.map((one) => one.weight * clamp((value(one) - one.mean) / one.scale));
    const sum = terms.reduce((sum, term) => sum + term, intercept);
    assert.equal(isotonic, null, "this fit needs no second map; choose rows that give none");
    assert.ok(Math.abs(answer.confidence - 1 / (1 + Math.exp(-sum))) < 1e-12, `${answer.confidence} of ${sum}`);
    assert.ok(answer.confidence > 0.02 && answer.confidence < 0.98, `${answer.confidence}`);
    assert.ok(["answer", "flag", "abstain"].includes(answer.verdict));
    const { explanation } = answer;
    assert.match(
      answer.verdictReason,
      /^Of 100 such answers about [\d.]+ are right; it takes [\d.]+ to .*keeps? wrong answers /,
    );
    assert.equal(
      explanation.chance,
      `Of 100 answers like this, about ${Math.round(100 * answer.confidence)} are right.`,
    );
    assert.match(explanation.level, /^This model got \d+ of 100 test questions right/);
    assert.deepEqual([explanation.verdict === "No judgment", explanation.none], [false, null]);
    assert.match(explanation.guarantee, /conformal risk control/);
    // The verdict's threshold is the fitted one, or even odds where that is lower.
    const level = (risk) => calibration.thresholds.conformal.find(({ alpha }) => alpha === risk).threshold;
    assert.deepEqual(answer.verdictThresholds, { answer: Math.max(level(0.1), EVEN_ODDS), abstain: level(0.2) });
    const lax = await ask({ risk: { answer: 0.4, abstain: 0.5 } });
    assert.ok(level(0.4) < EVEN_ODDS, "choose rows of which less confidence is enough");
    assert.deepEqual(lax.verdictThresholds, { answer: EVEN_ODDS, abstain: level(0.5) });
    assert.equal(lax.verdict, answer.confidence >= EVEN_ODDS ? "answer" : "flag");
    const { coverage, coverage_answer, risk, risk_answer } = report.splits.at(-1);
    assert.ok(coverage_answer <= coverage && risk_answer <= risk && coverage_answer > 0, JSON.stringify(report.splits));
    assert.ok(answer.scores.gnll.confidence > 0 && answer.scores.gnll.confidence < 1);
    assert.equal(finishReason, "stop");

    // The same is said where there are only the scores.
    const scored = { scores: answer.scores, tokens: answer.responseIds.length, promptTokens: answer.promptIds.length };
    const [said, none] = await applyCalibration(profile, [scored, { scores: {} }]);
    const { methods, ...fields } = said;
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(value, answer[name], name);
    for (const [id, confidence] of Object.entries(methods)) assert.equal(confidence, answer.scores[id].confidence, id);
    assert.deepEqual(Object.keys(methods), ["gnll", "max_token_entropy"]);
    assert.deepEqual([none.confidence, none.confidenceParts, none.verdict, none.methods], [null, null, null, {}]);
    const wasm = readFileSync(WASM);
    assert.deepEqual(await edge.applyCalibration(JSON.stringify(calibration), [scored], { wasm }), [said]);
    const [laxly] = await applyCalibration(calibration, [scored], { risk: { answer: 0.4, abstain: 0.5 } });
    assert.deepEqual(
      [laxly.confidence, laxly.verdict, laxly.verdictThresholds],
      [lax.confidence, lax.verdict, lax.verdictThresholds],
    );
    const [whole, cut] = await applyCalibration(calibration, [
      { ...scored, finishReason: "stop" },
      { ...scored, finishReason: "length" },
    ]);
    assert.deepEqual([whole.confidence, cut.confidence, cut.verdict], [answer.confidence, null, null]);
    assert.equal(cut.confidenceReason, CONFIDENCE_REASONS.cut);
    const [given] = await applyCalibration(calibration, [scored], { answers: "given" });
    assert.deepEqual([given.confidence, given.verdict], [null, null]);
    assert.match(given.confidenceReason, /the answer was given/i);

    // Nothing but abstaining keeps a risk of next to nothing.
    const strict = await ask({ risk: { answer: 0.011, abstain: 0.012 } });
    assert.equal(strict.confidence, answer.confidence);
    assert.equal(strict.verdict, "abstain");
    await assert.rejects(ask({ risk: { answer: 2 } }), { code: "bad_input" });

    // What did not come about like the answers of calibration has none, and says why.
    for (const options of [{ maxTokens: 3 }, { temperature: 1 }, { prefix: "Q: " }, { methods: [] }]) {
      const { confidence, confidenceReason, verdict, explanation } = await ask(options);
      assert.deepEqual([confidence, verdict], [null, null], JSON.stringify(options));
      assert.match(confidenceReason, /^[A-Z].+\.$/, JSON.stringify(options));
      assert.deepEqual([explanation.verdict, explanation.chance], ["No judgment", null], JSON.stringify(options));
      assert.match(explanation.none, /^[A-Z].+\. [A-Z].+\.$/, JSON.stringify(options));
    }
    const messages = [{ role: "user", content: "Why?" }];
    const params = { messages, max_tokens: 8, uncertainty: { methods: ["gnll"] } };
    const { uncertainty } = await model.chat.completions.create(params);
    assert.equal(uncertainty.confidence, answer.confidence);
    assert.equal(uncertainty.verdict, answer.verdict);
    await model.useProfile(null);
    assert.equal((await ask()).confidence, null);
  });

  test("the model's own state goes into the confidence", async () => {
    const ask = (options) => model.ask("Why?", { maxTokens: 8, methods: ["gnll", "max_token_entropy"], ...options });
    const { state, semanticPosition } = await ask({ state: true });
    assert.ok(state.layer >= 1 && state.values.length >= 16 && state.values.every(Number.isFinite));
    assert.equal((await ask()).state, null);
    // Around the model's own state; two values know the label.
    const near = (i, right) => (value, j) =>
      value + Math.sin(1.3 * i + 2.1 * j + ((i * j) % 7)) + (j < 2 ? (right ? 1 : -1) : 0);
    const seen = ({ layer, values }, i, right) => ({ layer, values: values.map(near(i, right)) });
    const rows = judged(300).map((row, i) => ({ ...row, state: seen(state, i, row.right) }));
    const settings = { semanticPosition, maxTokens: 8 };
    const [sharp, blunt] = [await calibrate(rows, settings), await calibrate(judged(300), settings)];
    assert.ok(sharp.report.combined.auroc > blunt.report.combined.auroc + 0.02);
    assert.equal(blunt.calibration.combined.state, null);
    const { layer, weights, bias } = sharp.calibration.combined.state;
    assert.equal(layer, state.layer);
    await model.useProfile(await model.createProfile(sharp.calibration));
    // Without being asked for, the state is looked at and not returned.
    const answer = await ask();
    assert.equal(answer.state, null);
    const part = answer.confidenceParts.find(({ name }) => name === "state");
    const scored = { scores: answer.scores, tokens: answer.responseIds.length, promptTokens: answer.promptIds.length };
    const [said, blind] = await applyCalibration(sharp.calibration, [{ ...scored, state }, scored]);
    assert.deepEqual([said.confidence, said.confidenceParts], [answer.confidence, answer.confidenceParts]);
    assert.deepEqual([blind.confidence, blind.verdict], [null, null]);
    const term = weights.reduce((sum, weight, j) => sum + weight * state.values[j], bias);
    assert.ok(Math.abs(part.contribution - term) < 1e-3 * Math.max(1, Math.abs(term)), `${part.contribution} ${term}`);
    await model.useProfile(null);
    rows[7].state = { layer: state.layer + 1, values: state.values };
    await assert.rejects(calibrate(rows), { code: "bad_input" });
    rows[7].state = { layer: "1", values: state.values };
    await assert.rejects(calibrate(rows), refused(/layer/));
  });

  test("a profile goes into load, and is joined by another kind of answers", async () => {
    const { calibration } = await calibrate(judged(200), { semanticPosition: { rule: "last", offset: -1 } });
    const profile = await model.createProfile(calibration, { prefix: "Q: " });
    await model.useProfile(profile);
    // What stands before questions from now on is what stood before those of the next calibration.
    assert.equal((await model.createProfile(calibration)).key.prefix, "Q: ");
    const given = await calibrate(judged(200), { answers: "given" });
    const both = await model.createProfile(given.calibration, { prefix: "Q: " });
    assert.deepEqual(
      both.calibrations.map(({ answers }) => answers),
      ["own", "given"],
    );
    const other = await model.createProfile(given.calibration, { prefix: "A: " });
    assert.equal(other.calibrations.length, 1);
    await assert.rejects(model.createProfile({}), { code: "bad_input" });
    const again = await load(asBlobs(tinyFiles()), { cache: "none", profile: both });
    assert.deepEqual(again.info.profile, {
      origin: "caller",
      prefix: "Q: ",
      maxTokens: null,
      answers: ["own", "given"],
      adapter: null,
    });
    again.dispose();
    await assert.rejects(model.useProfile({ key: profile.key, calibrations: [7] }), { code: "bad_input" });
    await model.useProfile(null);
  });
});
