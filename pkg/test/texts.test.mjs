/** Texts that do not fit into UTF-8, and files that begin with a byte order mark, as callers hand them over. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { evaluate, load } from "../dist/index.js";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));
const options = { skip: !isBuilt && "the wasm module is not built" };
const HALF = JSON.parse('"a \\ud83d"');

test("half of a surrogate pair is refused, and the next question is answered", options, async () => {
  const model = await load(asBlobs(tinyFiles()), { cache: "none", device: "cpu" });
  const bad = { code: "bad_input", message: /surrogate/ };
  await assert.rejects(model.ask(HALF, { maxTokens: 2 }), bad);
  await assert.rejects(model.score("Why?", HALF), bad);
  await assert.rejects(model.run({ id: 1, messages: [{ role: "user", content: HALF }], max_tokens: 2 }), bad);
  const messages = [{ role: "user", content: HALF }];
  await assert.rejects(model.chat.completions.create({ messages, max_tokens: 2 }), bad);
  assert.equal((await model.run({ id: "🙂", question: "Why 🙂?", max_tokens: 2 })).id, "🙂");
  model.dispose();
});

test("evidence may begin with a mark, and may not hold numbers that cannot be", options, async () => {
  const scores = await evaluate('\ufeff{"tokens": [{"logprob": -0.5, "entropy": 0.7}]}');
  assert.equal(scores.gnll.score, 0.5);
  for (const evidence of [{ tokens: [{ logprob: 0.5, entropy: 0 }] }, { p_true: 2 }, { answer: HALF }]) {
    await assert.rejects(evaluate(evidence), { code: "bad_input" });
  }
});
