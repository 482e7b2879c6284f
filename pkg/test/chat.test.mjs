/** `model.chat.completions`: the plan for a request, and the shape of what comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../dist/chat/params.js";
import { beforeStop, Outlet } from "../dist/chat/tokens.js";
import { abortedError, SemgradError } from "../dist/errors.js";
import { noJudgment } from "../dist/judgment.js";
import { Model } from "../dist/model.js";

const ASK = { messages: [{ role: "user", content: "Why?" }] };
const INFO = {
  name: "Tiny",
  chatTemplate: true,
  profile: { origin: "package", prefix: "Q: ", maxTokens: 64, answers: ["own"], adapter: null },
};
const EXPLANATION = { ...noJudgment("none"), verdict: "Probably right", level: "Half of it.", none: null };
const refused = (error) => error instanceof SemgradError && error.code === "bad_input" && error.advice.length > 0;
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

/** Says the given texts, one token each, and records what it was asked. */
function speaker(texts, { finish = "stop", samples, confidence = 0.75 } = {}) {
  const requests = [];
  const run = async (request, { onEvent, signal }) => {
    requests.push(request);
    const given = request.response_ids;
    const said = [];
    for (const [index, text] of given ? [] : texts.entries()) {
      await turn();
      if (signal?.aborted) throw abortedError(signal.reason);
      said.push(text);
      onEvent({ type: "token", index, id: index + 5, text, logprob: -index / 4, entropy: 0, top2_margin: 0 });
    }
    const ids = given ?? said.map((_, index) => index + 5);
    const score = { score: 1, confidence: 0.5, confidence_reason: null, ms: 1, passes: 1 };
    const scores = Object.fromEntries((request.methods ?? []).map((id) => [id, score]));
    const top = Array.from({ length: 10 }, (_, id) => ({ id, text: id === 1 ? "\ufffd" : `t${id}`, logprob: -id }));
    return {
      prompt_ids: [1, 2, 3],
      response_ids: ids,
      answer: texts.join(""),
      finish_reason: given ? "given" : finish,
      tokens: [],
      scores,
      alpha: 0.5,
      confidence: request.methods?.length ? confidence : null,
      confidence_reason: null,
      verdict: "answer",
      verdict_reason: null,
      explanation: EXPLANATION,
      kind: "fact",
      warnings: [],
      semantic_position: { index: 0, offset: -3, token: "x", rule: "header" },
      layers: [],
      ms: { load: 1, prefill: 1, decode: 1, score: 1 },
      device: "cpu",
      ...(request.samples && samples ? { samples: samples.slice(0, request.samples) } : {}),
      ...(request.evidence ? { evidence: { shapes: ids.map(() => ({ top })) } } : {}),
    };
  };
  const model = new Model({ info: INFO, run, dispose() {} });
  return { create: (params, options) => model.chat.completions.create({ ...ASK, ...params }, options), requests };
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("an answer has the shape of the API", async () => {
  const { create, requests } = speaker(["Be", "cause", ""]);
  const before = Math.floor(Date.now() / 1000);
  const answer = await create({ model: "tiny", max_tokens: 9, seed: 3 });
  const { id, created, ...rest } = answer;
  assert.match(id, /^chatcmpl-[0-9a-f]{24}$/);
  assert.ok(created >= before && created <= Date.now() / 1000);
  assert.deepEqual(rest, {
    object: "chat.completion",
    model: "Tiny",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Because", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
  });
  assert.deepEqual(requests, [{ question: "Why?", prefix: "", max_tokens: 9, seed: 3, methods: [], evidence: false }]);
  assert.equal((await speaker(["a"], { finish: "length" }).create({})).choices[0].finish_reason, "length");
});

test("messages are texts or parts of text, by four roles", async () => {
  const { create, requests } = speaker(["a"]);
  const text = (text) => ({ type: "text", text });
  const system = { role: "developer", content: "Be terse." };
  const user = { role: "user", content: [text("Wh"), text("y?")], name: "me" };
  const assistant = { role: "assistant", content: "So." };
  const asked =
    (params) =>
    async (...messages) => {
      await create({ ...params, messages });
      const { messages: list, question, prefix, system } = requests.at(-1);
      return list?.map(({ role, content }) => `${role}: ${content}`) ?? { question, prefix, system };
    };
  const prompt = asked({});
  assert.deepEqual(await prompt(system, user, assistant, user), [
    "system: Be terse.",
    "user: Why?",
    "assistant: So.",
    "user: Why?",
  ]);
  // A single question is one, with what the profile has before every question told apart.
  const nothing = { prefix: "", system: undefined };
  assert.deepEqual(await prompt(user), { ...nothing, question: "Why?" });
  assert.deepEqual(await prompt(system, user), { ...nothing, question: "Why?", system: "Be terse." });
  const prefixed = { role: "user", content: "Q: Why?" };
  assert.deepEqual(await prompt(prefixed), { ...nothing, question: "Why?", prefix: "Q: " });
  // Where it is judged, the model puts the profile's prefix there itself, unless another one is given.
  const judged = asked({ uncertainty: true });
  assert.deepEqual(await judged(user), { ...nothing, question: "Why?", prefix: undefined });
  assert.deepEqual(await judged(prefixed), { ...nothing, question: "Why?", prefix: "Q: " });
  assert.deepEqual(await judged(system, user), { ...nothing, question: "Why?", system: "Be terse." });
  assert.deepEqual(await asked({ uncertainty: { prefix: "" } })(user), { ...nothing, question: "Why?" });
  const own = asked({ uncertainty: { prefix: "Tell me: " } });
  assert.deepEqual(await own(user), { ...nothing, question: "Why?", prefix: "Tell me: " });
  await assert.rejects(own(user, assistant, user), { code: "bad_input", message: /conversation/ });
  assert.deepEqual(await prompt(system), ["system: Be terse."]);
  assert.deepEqual(await prompt(user, assistant), ["user: Why?", "assistant: So."]);
});

test("log-probabilities go with the text, bytes of split characters with their last token", async () => {
  const texts = ["a", "", "", "é", "b", ""];
  const { content } = (await speaker(texts).create({ logprobs: true })).choices[0].logprobs;
  assert.deepEqual(
    content.map(({ token, logprob }) => [token, logprob]),
    [
      ["a", -0],
      ["", -0.25],
      ["", -0.5],
      ["é", -0.75],
      ["b", -1],
    ],
  );
  assert.equal(Buffer.from(content.flatMap(({ bytes }) => bytes)).toString(), "aéb");
  assert.deepEqual(content[0].top_logprobs, []);
});

test("other tokens come from the evidence, which stays inside unless asked for", async () => {
  const { create, requests } = speaker(["a", "b", ""]);
  const answer = await create({ logprobs: true, top_logprobs: 2, uncertainty: { methods: ["gnll"] } });
  const { content } = answer.choices[0].logprobs;
  assert.deepEqual(
    content.map(({ top_logprobs }) => top_logprobs),
    Array(2).fill([
      { token: "t0", logprob: -0, bytes: [116, 48] },
      { token: "\ufffd", logprob: -1, bytes: null },
    ]),
  );
  assert.deepEqual(requests[0].methods, ["gnll", "renyi"]);
  assert.deepEqual(Object.keys(answer.uncertainty.scores), ["gnll"]);
  assert.equal(answer.uncertainty.evidence, null);
  assert.ok((await create({ uncertainty: { evidence: true } })).uncertainty.evidence);
});

test("uncertainty comes with the answer where it is asked for", async () => {
  const { create, requests } = speaker(["a", ""]);
  const { uncertainty } = await create({ uncertainty: true });
  assert.deepEqual(requests[0].methods, ["semgrad", "paragrad", "exgrad", "hybridgrad"]);
  assert.deepEqual(Object.keys(uncertainty), [
    "answer",
    "confidence",
    "confidence_reason",
    "verdict",
    "verdict_reason",
    "kind",
    "explanation",
    "scores",
    "alpha",
    "semantic_position",
    "warnings",
    "samples",
    "spans",
    "evidence",
    "attribution",
    "ms",
    "device",
  ]);
  assert.deepEqual([uncertainty.answer, uncertainty.confidence, uncertainty.verdict], ["a", 0.75, "answer"]);
  assert.deepEqual([uncertainty.explanation, uncertainty.kind], [EXPLANATION, "fact"]);
  assert.equal("uncertainty" in (await create({ uncertainty: false })), false);
});

test("a stream begins with the role, ends with reason, uncertainty and usage", async () => {
  const { create } = speaker(["Be", "", "cause", ""]);
  const stream = await create({
    stream: true,
    logprobs: true,
    uncertainty: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.delta),
    [{ role: "assistant", content: "" }, { content: "Be" }, { content: "cause" }, {}, undefined],
  );
  assert.deepEqual(
    chunks.map(({ choices }) => choices[0]?.finish_reason),
    [null, null, null, "stop", undefined],
  );
  assert.deepEqual(
    chunks[2].choices[0].logprobs.content.map(({ token }) => token),
    ["", "cause"],
  );
  assert.equal(chunks[3].uncertainty.answer, "Because");
  assert.deepEqual(chunks[4].usage, { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
  assert.equal(new Set(chunks.map(({ id, object, model }) => `${id} ${object} ${model}`)).size, 1);
});

test("a stream that is left, or aborted, ends the answer", async () => {
  const { create, requests } = speaker(Array(500).fill("a"));
  for await (const _ of await create({ stream: true })) break;
  const stopped = await create({ stream: true });
  const read = collect(stopped);
  stopped.controller.abort();
  await assert.rejects(read, { code: "aborted" });
  const outside = new AbortController();
  const other = collect(await create({ stream: true }, { signal: outside.signal }));
  setTimeout(() => outside.abort("enough"), 20);
  await assert.rejects(other, { code: "aborted" });
  const whole = create({}, { signal: AbortSignal.timeout(20) });
  await assert.rejects(whole, { code: "aborted" });
  assert.ok(requests.length >= 2);
  await assert.rejects(create({ stream: true }, { signal: AbortSignal.abort() }), { code: "aborted" });
});

test("an answer ends before a stop, and what is left of it is scored as it stands", async () => {
  const texts = ["one", "\n", "\nt", "wo", "never"];
  const params = { stop: "\n\n", uncertainty: true, logprobs: true };
  const { create, requests } = speaker(texts);
  const answer = await create(params);
  assert.equal(answer.choices[0].message.content, "one");
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.deepEqual(
    answer.choices[0].logprobs.content.map(({ token }) => token),
    ["one"],
  );
  assert.deepEqual(requests[1].response_ids, [5]);
  assert.equal(answer.uncertainty.confidence, null);
  assert.match(answer.uncertainty.confidence_reason, /cut off at a stop/);
  assert.match(answer.uncertainty.scores.semgrad.confidence_reason, /cut off at a stop/);
  assert.equal(answer.uncertainty.verdict, null);
  // What the record says of the model stays true; what it says of the answer is about a longer one.
  const { verdict, level, none } = answer.uncertainty.explanation;
  assert.deepEqual([verdict, level], ["No judgment", "Half of it."]);
  assert.match(none, /stop sequence.*Ask without one\./);
  assert.equal(answer.usage.completion_tokens, 3);
  const chunks = await collect(await speaker(texts).create({ ...params, stream: true }));
  assert.equal(chunks.map(({ choices }) => choices[0].delta.content ?? "").join(""), "one");
  // What could have begun a stop and did not is told in the end.
  const whole = await collect(await speaker(["one", "\n", ""]).create({ ...params, stream: true }));
  assert.equal(whole.map(({ choices }) => choices[0].delta.content ?? "").join(""), "one\n");
  const nothing = await speaker(["\n\n"]).create({ ...params });
  assert.equal(nothing.choices[0].message.content, "");
  assert.deepEqual(nothing.uncertainty.scores, {});
});

test("a drawn answer with samples is scored apart", async () => {
  const drawn = Array.from({ length: 4 }, () => ({ text: "s", response_ids: [1], logprob: [-1], finished: true }));
  const { create, requests } = speaker(["a", ""], { samples: drawn });
  const answer = await create({
    temperature: 0.7,
    seed: 2,
    max_tokens: 8,
    uncertainty: { samples: 4, methods: ["deg"] },
  });
  assert.deepEqual(requests, [
    { question: "Why?", max_tokens: 8, seed: 2, temperature: 0.7, methods: [] },
    {
      question: "Why?",
      response_ids: [5, 6],
      max_tokens: 8,
      seed: 2,
      samples: 4,
      temperature: 0.7,
      methods: ["deg"],
      evidence: false,
    },
  ]);
  assert.equal(answer.uncertainty.confidence, null);
  assert.match(answer.uncertainty.confidence_reason, /temperature/);
  assert.match(answer.uncertainty.explanation.none, /temperature/);
  assert.equal(answer.uncertainty.samples.length, 4);
  // A greedy answer and its samples are one request.
  requests.length = 0;
  await create({ temperature: 0, uncertainty: { samples: 2, temperature: 0.5 } });
  assert.deepEqual([requests.length, requests[0].temperature, requests[0].samples], [1, 0.5, 2]);
  requests.length = 0;
  await create({ temperature: 0.5, uncertainty: true });
  assert.deepEqual([requests.length, requests[0].temperature], [1, 0.5]);
});

test("choices are samples", async () => {
  const samples = ["x.y", "z", "w"].map((text, index) => ({
    text,
    response_ids: [index, 9],
    logprob: [-1, -1],
    finished: index !== 1,
  }));
  const { create, requests } = speaker(["greedy", ""], { samples });
  const answer = await create({ n: 2, stop: ".", uncertainty: { samples: 3, methods: ["deg"] } });
  assert.deepEqual(
    answer.choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason]),
    [
      [0, "x", "stop"],
      [1, "z", "length"],
    ],
  );
  assert.equal(answer.usage.completion_tokens, 4);
  assert.deepEqual([requests[0].samples, requests[0].temperature], [3, 1]);
  assert.equal(answer.uncertainty.answer, "greedy");
  assert.equal(answer.uncertainty.samples.length, 3);
});

test("what the model cannot do is refused, what asks for nothing is not", async () => {
  const { create, requests } = speaker(["a"]);
  const bad = [
    { messages: [] },
    { messages: undefined },
    { messages: [{ role: "tool", content: "x" }] },
    { messages: [{ role: "constructor", content: "x" }] },
    { messages: [null] },
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
    { model: "gpt-5" },
    { stream: "yes" },
    { max_tokens: 0 },
    { max_tokens: 1.5 },
    { max_tokens: 5, max_completion_tokens: 6 },
    { temperature: -1 },
    { temperature: "0" },
    { seed: -1 },
    { n: 0 },
    { n: 2, stream: true },
    { n: 2, logprobs: true },
    { n: 2, uncertainty: { samples: 3, temperature: 0.5 } },
    { top_logprobs: 2 },
    { logprobs: true, top_logprobs: 11 },
    { logprobs: true, top_logprobs: 1, stream: true },
    { stream_options: { include_usage: true } },
    { stream: true, stream_options: { chunk_size: 1 } },
    { stop: "" },
    { stop: ["a", "b", "c", "d", "e"] },
    { stop: [1] },
    { uncertainty: "yes" },
    { uncertainty: [] },
    { uncertainty: { method: ["gnll"] } },
    { uncertainty: { methods: "gnll" } },
    { uncertainty: { samples: 0 } },
    { uncertainty: { temperature: 0.5 } },
    { uncertainty: { semantic_position: 3 } },
    { top_p: 0.9 },
    { tools: [{ type: "function" }] },
    { response_format: { type: "json_object" } },
    { frequency_penalty: 0.1 },
    { logit_bias: { 1: 5 } },
    { no_such_thing: 1 },
  ];
  for (const params of bad) await assert.rejects(create(params), refused, JSON.stringify(params));
  assert.throws(() => plan(null, INFO), refused);
  assert.deepEqual(requests, []);
  await create({});
  await create({
    top_p: 1,
    frequency_penalty: 0,
    tools: [],
    response_format: { type: "text" },
    user: "me",
    stop: null,
    n: null,
    temperature: null,
    uncertainty: null,
  });
  assert.deepEqual(requests[1], requests[0]);
});

test("tokens wait for the end of a stop or of a character", () => {
  const piece = (text, id = 0) => ({ id, text, logprob: 0 });
  const texts = (pieces) => pieces.map(({ text }) => text);
  const outlet = new Outlet(["END", "STOP"]);
  assert.deepEqual(texts(outlet.push(piece("a"))), ["a"]);
  assert.deepEqual(texts(outlet.push(piece("bE"))), []);
  assert.deepEqual(texts(outlet.push(piece("N"))), []);
  assert.deepEqual(texts(outlet.push(piece("cS"))), ["bE", "N"]);
  assert.deepEqual(texts(outlet.push(piece("TOPd"))), ["c"]);
  assert.deepEqual([outlet.stopped, outlet.text], [true, "abENc"]);

  // A character that was never completed stands in the whole text only.
  const broken = new Outlet([]);
  broken.push(piece("a"));
  assert.deepEqual(texts(broken.push(piece(""))), []);
  assert.deepEqual(texts(broken.finish(false, "a\ufffd")), ["\ufffd"]);
  assert.equal(broken.text, "a\ufffd");
  const ended = new Outlet(["."]);
  ended.push(piece("a"));
  ended.push(piece(""));
  assert.deepEqual(texts(ended.finish(true, "a")), []);
  assert.equal(beforeStop("a.b!", ["!", "."]), "a");
  assert.equal(beforeStop("ab", ["!"]), "ab");
});
