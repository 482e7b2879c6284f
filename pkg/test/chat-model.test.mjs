/** `model.chat.completions` with a real, tiny model in Node: the numbers are those of `ask`. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { load } from "../dist/index.js";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));
const QUESTION = "Why is it so?";
const messages = [{ role: "user", content: QUESTION }];
const close = (got, want, what) => assert.ok(Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want)), what);

describe("chat", { skip: !isBuilt && "the wasm module is not built" }, () => {
  let model;
  let create;
  before(async () => {
    model = await load(asBlobs(tinyFiles()), { cache: "none" });
    create = (params) => model.chat.completions.create({ messages, max_tokens: 8, ...params });
  });
  after(() => model.dispose());

  test("the answer, its tokens and its scores are those of ask", async () => {
    const asked = await model.ask(QUESTION, { maxTokens: 8, evidence: true, methods: ["semgrad", "renyi"] });
    const methods = ["semgrad"];
    const answer = await create({ logprobs: true, top_logprobs: 10, uncertainty: { methods } });
    const [{ message, logprobs, finish_reason }] = answer.choices;
    assert.equal(message.content, asked.text);
    assert.equal(finish_reason, asked.finishReason);
    assert.equal(answer.usage.completion_tokens, asked.responseIds.length);
    assert.equal(answer.usage.prompt_tokens, asked.promptIds.length);
    close(answer.uncertainty.scores.semgrad.score, asked.scores.semgrad.score, "semgrad");
    assert.ok(logprobs.content.length > 0);
    for (const [index, { logprob, top_logprobs }] of logprobs.content.entries()) {
      close(logprob, asked.tokens[index].logprob, `token ${index}`);
      const { top } = asked.evidence.shapes[index];
      assert.equal(top_logprobs.length, 10);
      for (const [rank, other] of top_logprobs.entries()) close(other.logprob, top[rank].logprob, `rank ${rank}`);
      // Greedy: what was chosen is what was most probable, in another pass.
      assert.ok(Math.abs(top_logprobs[0].logprob - logprob) < 1e-4, `chosen ${index}`);
    }
    const bytes = Buffer.from(logprobs.content.flatMap((token) => token.bytes));
    assert.equal(bytes.toString(), message.content);
  });

  test("a stream says the same", async () => {
    const whole = await create({ logprobs: true, uncertainty: true });
    let [text, last] = ["", null];
    const tokens = [];
    for await (const chunk of await create({ logprobs: true, uncertainty: true, stream: true })) {
      const [{ delta, logprobs, finish_reason }] = chunk.choices;
      text += delta.content ?? "";
      tokens.push(...(logprobs?.content ?? []));
      if (finish_reason) last = chunk;
    }
    assert.equal(text, whole.choices[0].message.content);
    assert.deepEqual(tokens, whole.choices[0].logprobs.content);
    assert.equal(last.choices[0].finish_reason, whole.choices[0].finish_reason);
    close(last.uncertainty.scores.semgrad.score, whole.uncertainty.scores.semgrad.score, "semgrad");
  });

  test("a stop cuts the answer, whose beginning is scored", async () => {
    // The greedy answer says the same letter all along.
    const drawn = { temperature: 1, seed: 5, max_tokens: 24 };
    const { content } = (await create(drawn)).choices[0].message;
    const isFirst = (letter, index) => index > 1 && /\w/.test(letter) && content.indexOf(letter) === index;
    const stop = [...content].find(isFirst);
    assert.ok(stop, `nothing to stop at in ${JSON.stringify(content)}`);
    const cut = await create({ ...drawn, stop, uncertainty: { methods: ["gnll"] }, logprobs: true });
    const [{ message, logprobs }] = cut.choices;
    assert.equal(message.content, content.slice(0, content.indexOf(stop)));
    const sum = logprobs.content.reduce((sum, { logprob }) => sum + logprob, 0);
    // The score's tokens went through the model once more, side by side.
    assert.ok(Math.abs(cut.uncertainty.scores.gnll.score + sum) < 1e-3 * Math.max(1, Math.abs(sum)));
    assert.equal(cut.uncertainty.confidence, null);
  });

  test("choices are drawn side by side, and a seed repeats them", async () => {
    const texts = async (seed) => (await create({ n: 3, seed })).choices.map(({ message }) => message.content);
    const drawn = await texts(1);
    assert.equal(new Set(drawn).size, 3);
    assert.deepEqual(await texts(1), drawn);
    assert.notDeepEqual(await texts(2), drawn);
    const { usage } = await create({ n: 3, seed: 1 });
    assert.ok(usage.completion_tokens > 8 && usage.completion_tokens <= 24);
  });

  test("a drawn answer is scored with samples of its own", async () => {
    const params = {
      temperature: 1,
      seed: 4,
      uncertainty: { methods: ["deg", "gnll"], samples: 3, engines: { embed: "lexical", nli: "lexical" } },
    };
    const { choices, uncertainty } = await create(params);
    const plain = await create({ temperature: 1, seed: 4 });
    assert.equal(choices[0].message.content, plain.choices[0].message.content);
    assert.equal(uncertainty.samples.length, 3);
    assert.ok(Number.isFinite(uncertainty.scores.deg.score) && Number.isFinite(uncertainty.scores.gnll.score));
    assert.match(uncertainty.confidence_reason, /temperature/);
  });

  test("the core's own refusals keep their code", async () => {
    await assert.rejects(create({ messages: [{ role: "user", content: " " }] }), { code: "bad_input" });
    await assert.rejects(create({ uncertainty: { methods: ["vibes"] } }), { code: "bad_input" });
    const long = [{ role: "user", content: "word ".repeat(2000) }];
    await assert.rejects(create({ messages: long }), { code: "context_exceeded" });
    const stream = await create({ messages: long, stream: true });
    await assert.rejects(
      async () => {
        for await (const _ of stream);
      },
      { code: "context_exceeded" },
    );
  });
});
