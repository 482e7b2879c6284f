/** Questions are asked as in calibration unless the caller says otherwise, and what nobody knows is refused by name. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { CONFIDENCE_REASONS, calibrate, load } from "../dist/index.js";
import { asBlobs, lastWord, tinyFiles } from "./support/tiny.mjs";

const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));

const TEMPLATE = `{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}`;

/** Rows of which those with a small score are mostly right. */
const ROWS = Array.from({ length: 100 }, (_, i) => ({
  scores: { gnll: i / 10 },
  tokens: 1 + (i % 4),
  promptTokens: 20,
  right: (i * 7) % 100 > i,
}));

describe("a model with a profile", { skip: !isBuilt && "the wasm module is not built" }, () => {
  let model;
  before(async () => {
    const files = (changed) => ({ ...tinyFiles(changed), "chat_template.jinja": TEMPLATE });
    const end = await lastWord(load, files(), "Why?", { prefix: "Tell me: " }, 4);
    model = await load(asBlobs(files({ eos_token_id: end })), { cache: "none", profile: null });
    const { semanticPosition } = await model.ask("Why?", { maxTokens: 1 });
    const { calibration } = await calibrate(ROWS, { semanticPosition, maxTokens: 4 });
    await model.useProfile(await model.createProfile(calibration, { prefix: "Tell me: " }));
  });
  after(() => model.dispose());

  test("is asked as in calibration, and has a confidence", async () => {
    const answer = await model.ask("Why?", { methods: ["gnll"] });
    assert.deepEqual([answer.prefix, answer.finishReason], ["Tell me: ", "stop"]);
    assert.ok(answer.responseIds.length > 1 && answer.responseIds.length <= 4, `${answer.responseIds}`);
    assert.equal(typeof answer.confidence, "number");
    const cut = await model.ask("Why?", { methods: ["gnll"], maxTokens: answer.responseIds.length - 1 });
    assert.deepEqual([cut.finishReason, cut.confidence, cut.verdict], ["length", null, null]);
    assert.equal(cut.confidenceReason, CONFIDENCE_REASONS.cut);
    assert.match(cut.explanation.none, /go on, or ask for a shorter answer/);
    const said = await model.ask("Why?", { methods: ["gnll"], prefix: "Tell me: ", maxTokens: 4 });
    // The second time the prompt's keys are there already, and sums round otherwise.
    const isSame = (other) => {
      assert.deepEqual(other.promptIds, answer.promptIds);
      assert.ok(Math.abs(other.confidence - answer.confidence) < 1e-6, `${other.confidence}, ${answer.confidence}`);
    };
    isSame(said);
    const alone = await model.ask([{ role: "user", content: "Why?" }], { methods: ["gnll"] });
    isSame(alone);
    const judged = await model.score("Why?", "So.", { methods: ["gnll"] });
    assert.deepEqual([judged.prefix, judged.promptIds], ["Tell me: ", answer.promptIds]);
    assert.match(judged.confidenceReason, /was given/);
  });

  test("is asked otherwise where the caller says so, and says why there is no confidence", async () => {
    const plain = await model.ask("Why?", { methods: ["gnll"], prefix: "", maxTokens: 2 });
    assert.deepEqual([plain.prefix, plain.confidence], ["", null]);
    assert.match(plain.confidenceReason, /another prefix/);
    const talk = ["user", "assistant", "user"].map((role) => ({ role, content: "Why?" }));
    const turn = await model.ask(talk, { methods: ["gnll"], maxTokens: 2 });
    assert.deepEqual([turn.prefix, turn.confidence], ["", null]);
    assert.match(turn.confidenceReason, /not to conversations/);
    const ids = await model.run({ prompt_ids: plain.promptIds, methods: ["gnll"], max_tokens: 2 });
    assert.deepEqual([ids.prefix, ids.prompt_ids], ["", plain.promptIds]);
    assert.match(ids.confidence_reason, /token ids/);
    const told = await model.ask("Why?", { methods: ["gnll"], system: "Be brief.", maxTokens: 2 });
    assert.equal(told.prefix, "");
    assert.match(told.confidenceReason, /system message/);
  });

  test("refuses what it cannot do, and says what it must be", async () => {
    const refused = (call, message) => assert.rejects(call, { name: "SemgradError", code: "bad_input", message });
    for (const empty of ["", " ", "\n\t"]) await refused(model.score("Why?", empty), "the answer to judge is empty.");
    await refused(model.ask("Why?", { maxTokens: "5" }), 'maxTokens must be a whole number from 0 on, and is "5".');
    await refused(model.ask("Why?", { maxTokens: 0 }), "maxTokens is 0.");
    await refused(model.ask("Why?", { temperature: "warm" }), 'temperature must be a number, and is "warm".');
    await refused(model.ask("Why?", { spans: "yes" }), 'spans must be true or false, and is "yes".');
    await refused(model.ask("Why?", { risk: { answer: "low" } }), 'risk.answer must be a number, and is "low".');
    await refused(model.ask("Why?", { paraphrases: ["a", 7] }), "paraphrases[1] must be a text, and is 7.");
    await refused(model.ask("Why?", { wordings: "foo" }), 'wordings is "foo".');
    await refused(model.ask("Why?", { samples: 3, temperature: 0 }), /samples at temperature 0 are all the same/);
    await refused(model.ask("Why?", { risk: { mode: "entropy" } }), /decides by the score discrete_semantic_entropy/);
    await refused(
      model.run({ question: "Why?", max_tokens: -1 }),
      "max_tokens must be a whole number from 0 on, and is -1.",
    );
    await refused(model.run({ question: "Why?", prompt_ids: [65] }), "both prompt_ids and question are given.");
    await refused(model.run({ prompt_ids: [65, 1.5] }), "prompt_ids[1] must be a whole number from 0 on, and is 1.5.");
    await refused(model.run({ messages: [{ role: "user" }] }), "messages[0] has no content.");
    await refused(
      model.run({ messages: [{ role: "user", content: 5 }] }),
      "messages[0].content must be a text, and is 5.",
    );
  });

  test("refuses fields that nobody knows, wherever they stand", async () => {
    const refused = (request, message) => assert.rejects(model.run(request), { code: "bad_input", message });
    await refused({ question: "Why?", sampels: 3 }, 'unknown field "sampels"; did you mean "samples"?');
    await refused({ question: "Why?", maxTokens: 3 }, 'unknown field "maxTokens"; did you mean "max_tokens"?');
    await refused({ question: "Why?", engines: { nlii: "lexical" } }, /of engines; did you mean "nli"\?/);
    await refused({ question: "Why?", risk: { answers: 0.1 } }, /of risk; did you mean "answer"\?/);
    await refused({ question: "Why?", references: ["So."] }, /unknown field "references"/);
    const messages = [{ role: "user", content: "Why?", name: "Ada" }];
    assert.equal((await model.run({ messages, max_tokens: 1, methods: [] })).response_ids.length, 1);
  });
});
