/** Questions are asked as in calibration unless the caller says otherwise, and what nobody knows is refused by name. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { calibrate, load } from "../dist/index.js";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

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
    model = await load(asBlobs({ ...tinyFiles(), "chat_template.jinja": TEMPLATE }), { cache: "none", profile: null });
    const { semanticPosition } = await model.ask("Why?", { maxTokens: 1 });
    const { calibration } = await calibrate(ROWS, { semanticPosition, maxTokens: 4 });
    await model.useProfile(await model.createProfile(calibration, { prefix: "Tell me: " }));
  });
  after(() => model.dispose());

  test("is asked as in calibration, and has a confidence", async () => {
    const answer = await model.ask("Why?", { methods: ["gnll"] });
    assert.deepEqual([answer.prefix, answer.responseIds.length], ["Tell me: ", 4]);
    assert.equal(typeof answer.confidence, "number");
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
