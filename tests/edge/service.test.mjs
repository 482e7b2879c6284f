/** The service without a model, in workerd and in Deno: routes, access, limits, and scores of what was supplied. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { until } from "../browser/lib/patience.mjs";
import { call } from "./lib/client.mjs";
import { startDeno } from "./lib/deno.mjs";
import { startWorker } from "./lib/worker.mjs";

const VARIABLES = {
  API_KEYS: "first-key second-key",
  ALLOWED_ORIGINS: "https://app.example",
  MAX_BODY_BYTES: "20000",
  MAX_QUESTIONS: "5",
  MAX_SAMPLES: "8",
  MAX_CHARACTERS: "500",
};
const CONTRACT = JSON.parse(readFileSync(new URL("../../pkg/contract.json", import.meta.url), "utf8"));
const AUTHORIZED = { authorization: "Bearer second-key" };

/** A response of an API: tokens as [text, probability, alternatives' probabilities]. */
function completion(text, tokens, finish_reason = "stop") {
  const content = tokens.map(([token, p, others]) => ({
    token,
    logprob: Math.log(p),
    bytes: null,
    top_logprobs: others?.map((other, i) => ({ token: `t${i}`, logprob: Math.log(other), bytes: null })),
  }));
  return { message: { role: "assistant", content: text }, logprobs: { content, refusal: null }, finish_reason };
}

const near = (got, want) => assert.ok(Math.abs(got - want) < 1e-9, `${got} instead of ${want}`);

for (const start of [startWorker, startDeno]) {
  describe(start === startDeno ? "deno" : "workerd", () => {
    let service;
    before(async () => {
      service = await start(VARIABLES);
    });
    after(() => service.close());
    const score = (body, headers = AUTHORIZED) => call(service, "/v1/score", body, { headers });
    const refused = async (answer, status, code) => {
      const { status: got, body } = await answer;
      assert.deepEqual([got, body.error?.code], [status, code], JSON.stringify(body));
      assert.ok(body.error.message.length > 0 && body.error.advice.length > 0);
      return body.error;
    };

    test("is healthy, without a key", async () => {
      const { status, body } = await call(service, "/healthz");
      assert.deepEqual([status, body], [200, { status: "ok", model: "none" }]);
    });

    test("lists the methods", async () => {
      const { body } = await call(service, "/v1/methods", undefined, { headers: AUTHORIZED });
      const ids = (methods) => methods.map(({ id }) => id);
      assert.deepEqual(ids(body.methods), ids(CONTRACT.methods));
      assert.ok(body.error_codes.includes("bad_input") && body.error_codes.includes("timed_out"));
    });

    test("wants a key", async () => {
      for (const authorization of [undefined, "Bearer", "Bearer wrong", "Bearer first-ke", "Basic second-key"]) {
        const headers = authorization ? { authorization } : {};
        const error = await refused(score({ evidence: {} }, headers), 401, "unauthorized");
        assert.equal(error.type, "invalid_request_error");
      }
      const { headers } = await score({}, {});
      assert.equal(headers.get("www-authenticate"), "Bearer");
      assert.equal((await score({ evidence: {} }, { authorization: "bearer first-key" })).status, 400);
    });

    test("knows addresses and methods", async () => {
      await refused(call(service, "/v1/secret-word", undefined, { headers: AUTHORIZED }), 404, "not_found");
      await refused(call(service, "/constructor", undefined, { headers: AUTHORIZED }), 404, "not_found");
      const { headers, status } = await call(service, "/v1/score", undefined, { headers: AUTHORIZED });
      assert.deepEqual([status, headers.get("allow")], [405, "POST, OPTIONS"]);
    });

    test("tells the pages it serves that they may read", async () => {
      const from = (origin) => ({ ...AUTHORIZED, origin });
      const allowed = (answer) => answer.headers.get("access-control-allow-origin");
      const asked = { method: "OPTIONS", headers: from("https://app.example") };
      const before = await call(service, "/v1/score", undefined, asked);
      assert.deepEqual([before.status, allowed(before)], [204, "https://app.example"]);
      assert.match(before.headers.get("access-control-allow-headers"), /authorization/);
      assert.equal(allowed(await score({ evidence: {} }, from("https://app.example"))), "https://app.example");
      const other = await score({ evidence: {} }, from("https://evil.example"));
      assert.deepEqual([allowed(other), other.headers.get("vary")], [null, "origin"]);
    });

    test("refuses what is too large, however it is sent", async () => {
      const answer = "word ".repeat(5000);
      await refused(score({ answer, samples: [] }), 413, "too_large");
      let chunks = 16;
      const stream = new ReadableStream({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode(" ".repeat(4096)));
          if (--chunks === 0) controller.close();
        },
      });
      const url = new URL("/v1/score", service.url);
      // The answer may come while the body is still being sent, and the connection then ends.
      const sent = fetch(url, { method: "POST", body: stream, duplex: "half", headers: AUTHORIZED });
      const status = await sent.then(
        (response) => response.status,
        () => 413,
      );
      assert.equal(status, 413);
      await refused(score({ answer: "x".repeat(501), samples: ["a"] }), 400, "bad_input");
      await refused(score({ samples: Array(9).fill("a") }), 400, "bad_input");
      await refused(score({ questions: Array(6).fill({}) }), 400, "bad_input");
      const evidence = { covariance: Array(10).fill([]) };
      await refused(score({ evidence }), 400, "bad_input");
    });

    test("refuses what is malformed", async () => {
      for (const body of ["{", '"text"', "[1]", "null", "", '{"samples": ["\ud800'.slice(0, -1)]) {
        await refused(score(body), 400, "bad_input");
      }
      const broken = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
      await refused(score(broken), 400, "bad_input");
      const bad = [
        { samples: ["a", 1] },
        { samples: [{ text: "a", logprobs: [0.7] }] },
        { samples: [{ text: "a", logprobs: ["x"] }] },
        { samples: ["a"], sampled: { choices: [] } },
        { answer: "a", completion: { choices: [] }, samples: ["a"] },
        { completion: { choices: {} } },
        { completion: { choices: [{ message: {} }] } },
        { samples: ["a", "b"], engines: { nli: "https://evil.example/model/" } },
        { samples: ["a", "b"], engine: {} },
        { samples: ["a", "b"], methods: ["magic"] },
        { evidence: [] },
        { evidence: { tokens: "none" } },
        { evidence: {}, samples: ["a"] },
      ];
      for (const body of bad) {
        const error = await refused(score(body), 400, "bad_input");
        assert.doesNotMatch(error.message, /internal/);
      }
    });

    test("is not brought down by lists of lists", async () => {
      const deep = (depth) => `{"evidence":{"layers":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
      for (const depth of [100, 1000, 9000]) await refused(score(deep(depth)), 400, "bad_input");
      const { status, body } = await score({ evidence: JSON.parse('{"tokens":[{"logprob":-1}],"__proto__":{"a":1}}') });
      assert.deepEqual([status, body.scores.gnll.score], [200, 1]);
    });

    test("says that there is no model", async () => {
      await refused(score({ question: "Why?", answer: "So." }), 501, "no_model");
      const chat = { messages: [{ role: "user", content: "Why?" }] };
      const asked = call(service, "/v1/chat/completions", chat, { headers: AUTHORIZED });
      await refused(asked, 501, "no_model");
      const streamed = call(service, "/v1/chat/completions", { ...chat, stream: true }, { headers: AUTHORIZED });
      await refused(streamed, 501, "no_model");
    });

    test("scores the answer of another program by its log-probabilities", async () => {
      const tokens = [
        ["Par", 0.5, [0.5, 0.3, 0.1]],
        ["is", 0.6, [0.6, 0.3, 0.002]],
        [".", 1, [1]],
      ];
      const { status, body } = await score({ id: 7, completion: { choices: [completion("Paris.", tokens)] } });
      assert.equal(status, 200);
      assert.deepEqual([body.id, body.source, body.confidence], [7, "supplied", null]);
      assert.match(body.confidence_reason, /No calibration/);
      assert.equal(body.explanation.verdict, "No judgment");
      assert.match(body.explanation.none, /never tested/);
      const { scores } = body;
      near(scores.gnll.score, -Math.log(0.3));
      near(scores.perplexity.score, 0.3 ** (-1 / 3));
      // The least probable span of two tokens, of three and of five, which is the answer.
      near(scores.lsc.score, -Math.log(0.3) / 2);
      // The first token's alternatives end above 0.005.
      assert.equal(scores.boosted_prob, undefined);
      assert.match(body.warnings[0], /1 tokens have too few top_logprobs/);
      const enough = { choices: [completion("is.", tokens.slice(1))] };
      near((await score({ completion: enough })).body.scores.boosted_prob.score, -(0.9 + 1) / 2);
    });

    test("scores samples by their texts and log-probabilities, with the engines that are named", async () => {
      const drawn = [
        completion("red fox", [
          ["red", 0.5],
          [" fox", 0.5],
        ]),
        completion("red hen", [
          ["red", 0.5],
          [" hen", 0.2],
        ]),
        completion("fox", [["fox", 0.1]], "length"),
      ];
      const { body } = await score({
        question: "What?",
        sampled: [{ choices: drawn.slice(0, 2) }, { choices: drawn.slice(2) }],
      });
      near(body.scores.lexical_similarity.score, -(0.5 + 2 / 3) / 3);
      near(body.scores.predictive_entropy.score, -Math.log(0.25 * 0.1 * 0.1) / 3);
      near(body.scores.ln_pe.score, -(Math.log(0.25) / 2 + Math.log(0.1) / 2 + Math.log(0.1)) / 3);
      assert.equal(body.scores.discrete_semantic_entropy, undefined, "nobody said what follows from what");
      assert.match(body.warnings[0], /1 of 3 answers were cut off/);
      const samples = ["red fox", "Red fox!", "blue hen"];
      const engines = { nli: "lexical", embed: "lexical" };
      const compared = (await score({ samples, engines })).body.scores;
      near(compared.discrete_semantic_entropy.score, Math.log(3) - (2 / 3) * Math.log(2));
      assert.equal(compared.self_consistency, undefined, "there is no greedy answer");
      const { scores } = (await score({ answer: "red fox", samples, engines, methods: ["self_consistency", "sar"] }))
        .body;
      near(scores.self_consistency.score, 1 / 3);
      assert.equal(scores.sar.error.code, "bad_input");
      const asked = (await score({ samples, methods: ["semantic_entropy", "num_set"] })).body.scores;
      assert.deepEqual([asked.num_set.error.code, asked.semantic_entropy.score], ["engine_required", null]);
    });

    /** Tokens as vLLM lists them: [text, probability, alternatives as [text, probability]]. */
    const listed = (tokens, message) => ({
      choices: [
        {
          message,
          logprobs: {
            content: tokens.map(([token, p, top]) => ({
              token,
              logprob: Math.log(p),
              bytes: token == null ? null : [...Buffer.from(token)],
              top_logprobs: top?.map(([other, q]) => ({
                token: other,
                logprob: Math.log(q),
                bytes: [...Buffer.from(other)],
              })),
            })),
          },
          finish_reason: "stop",
        },
      ],
    });

    test("counts each alternative once, and trusts no list that contradicts itself", async () => {
      const methods = ["gnll", "boosted_prob"];
      const boosted = async (top) => {
        const completion = listed([["yes", 0.7, top]], { content: "yes" });
        const { scores, warnings } = (await score({ completion, methods })).body;
        near(scores.gnll.score, -Math.log(0.7));
        return [scores.boosted_prob.score, warnings.join()];
      };
      const [yes, no, rest] = [
        ["yes", 0.7],
        ["no", 0.298],
        ["rest", 0.002],
      ];
      for (const top of [
        [yes, no, rest],
        [yes, yes, no, rest],
        [rest, no, yes, rest],
      ]) {
        const [value, warnings] = await boosted(top);
        near(value, -0.998);
        assert.equal(warnings, "");
      }
      for (const top of [[yes, yes, no], [yes, yes], [yes], []]) {
        const [value, warnings] = await boosted(top);
        assert.equal(value, null);
        assert.match(warnings, /too few top_logprobs/);
      }
      const contradictions = [
        [yes, ["yes", 0.2], rest],
        [yes, ["no", 0.6], rest],
        [["yes", 0.5], no, rest],
        [["other", 0.9], ["no", 0.098], rest],
      ];
      for (const top of contradictions) {
        const [value, warnings] = await boosted(top);
        assert.equal(value, null);
        assert.match(warnings, /contradict themselves/);
      }
    });

    test("reads the log-probabilities of the answer's own text, whatever else was generated", async () => {
      const gnll = async (tokens, message) => {
        const { scores, warnings } = (await score({ completion: listed(tokens, message), methods: ["gnll"] })).body;
        return [scores.gnll.score, warnings.join()];
      };
      const answer = [
        ["red", 0.5],
        [" fox", 0.25],
      ];
      const thought = ["<think>", "a red fox", "</think>", "\n\n"].map((token) => [token, 0.9]);
      for (const message of [{ content: "red fox", reasoning_content: "a red fox" }, { content: "red fox" }]) {
        const [value, warnings] = await gnll([...thought, ...answer, ["<|im_end|>", 0.5]], message);
        near(value, -Math.log(0.5 ** 4));
        assert.match(warnings, /4 tokens .* no part of the answer/);
      }
      for (const tokens of [answer, [["\n", 1], ...answer, ["</s>", 1]]]) {
        const [value, warnings] = await gnll(tokens, { content: "red fox", reasoning_content: "…" });
        near(value, -Math.log(0.125));
        assert.equal(warnings, "");
      }
      const stop = await gnll([...answer, ["\nQ", 0.1], [":", 0.1]], { content: "red fox" });
      near(stop[0], -Math.log(0.125));
      assert.match(stop[1], /2 tokens/);
      for (const [tokens, content] of [
        [answer, "blue fox"],
        [[["</think>red", 0.5], answer[1]], "red fox"],
        [answer.slice(1), "red fox"],
        [[], "red fox"],
        // One token without a text.
        [
          [
            ["totally", 0.5],
            [" other", 0.5],
            [undefined, 0.5],
          ],
          "red fox",
        ],
        [[...answer, [null, 0.5]], "red fox"],
      ]) {
        const [value, warnings] = await gnll(tokens, { content });
        assert.equal(value, null, content);
        assert.match(warnings, /of another text/);
      }
      // A reasoning that begins with the answer's text, or ends with it, and a stop text after the answer.
      const end = ["</think>", 0.9];
      const said = [...answer, ["\n\nUser:", 0.6]];
      const before = [...answer, [" it is", 0.6]];
      for (const [tokens, reasoning_content, isOwn] of [
        [[...before, end, ...said], "red fox it is", true],
        [[...before, end, ...said], undefined, true],
        [[["<think>", 0.9], ...before, ["</", 0.9], ["think", 0.9], [">", 0.9], ...said], "red fox it is", true],
        [[["<|a|>", 0.9], ...before, ["<|b|>", 0.9], ...said], "red fox it is", true],
        [[...answer, end, ...said], "red fox", true],
        // Of the reasoning alone.
        [[...answer, end], "red fox", false],
        [[...before, end], "red fox it is", false],
        [before, "red fox it is", false],
        [before, "red fox, it is", false],
        // Of the answer alone.
        [answer, "red", true],
      ]) {
        const [value, warnings] = await gnll(tokens, { content: "red fox", reasoning_content });
        if (!isOwn) assert.equal(value, null);
        else near(value, -Math.log(0.125));
        assert.match(warnings, tokens === answer ? /^$/ : !isOwn ? /of another text/ : /no part of the answer/);
      }
      // Characters in pieces, by their bytes and without them, and marks of white space.
      const pieces = [
        { token: "\ufffd", logprob: -1, bytes: [0xf0, 0x9f] },
        { token: "\ufffd", logprob: -1, bytes: [0x99, 0x82] },
        { token: "▁ok", logprob: -1 },
      ];
      const choice = { message: { content: "🙂 ok" }, logprobs: { content: pieces } };
      near((await score({ completion: { choices: [choice] } })).body.scores.gnll.score, 3);
    });

    test("refuses lists of tokens that do not fit each other", async () => {
      for (const logprobs of [
        { tokens: ["A"], token_logprobs: [-1, -2] },
        { tokens: ["A", "B"], token_logprobs: [-1] },
        { tokens: ["A"], token_logprobs: [-1], top_logprobs: [{ A: -1 }, { B: -1 }] },
      ]) {
        const error = await refused(score({ completion: { choices: [{ text: "A", logprobs }] } }), 400, "bad_input");
        assert.match(error.message, /different lengths/);
      }
    });

    test("says which samples lack log-probabilities or a text", async () => {
      const choices = [completion("red fox", [["red fox", 0.5]]), { message: { content: "red hen" } }];
      const { scores, warnings } = (await score({ sampled: { choices }, methods: ["ln_pe", "lexical_similarity"] }))
        .body;
      near(scores.lexical_similarity.score, -0.5);
      assert.deepEqual([scores.ln_pe.score, scores.ln_pe.error.code], [null, "bad_input"]);
      assert.match(warnings[0], /1 of 2 samples have no log-probabilities/);
      const call = { message: { content: null, tool_calls: [] } };
      const error = await refused(score({ sampled: { choices: [...choices, call] } }), 400, "bad_input");
      assert.match(error.message, /choices\[2\] has no text/);
    });

    test("refuses numbers and texts that cannot be", async () => {
      const evidence = (fields) => refused(score({ evidence: fields }), 400, "bad_input");
      await evidence({ tokens: [{ logprob: 0.5, entropy: 0 }] });
      await evidence({ p_true: 1.5 });
      await evidence({
        samples: [{ text: "a" }, { text: "b" }],
        similarity: [
          [1, 7, 0],
          [7, 1, 0],
          [0, 0, 1],
        ],
      });
      const half = JSON.parse('"\\ud83d"');
      const { body } = await score({
        questions: [
          { id: "x", answer: half, samples: ["a", "b"] },
          { id: "y", samples: ["a", "b"] },
        ],
      });
      assert.deepEqual([body.results[0].id, body.results[0].error.code, body.results[1].id], ["x", "bad_input", "y"]);
    });

    test("takes older completions, plain lists, evidence, and what is unknown", async () => {
      const old = { text: "Paris", logprobs: { tokens: ["Par", "is"], token_logprobs: [-1, -2], top_logprobs: null } };
      near((await score({ completion: { choices: [old] } })).body.scores.gnll.score, 3);
      near((await score({ answer: { text: "Paris", logprobs: [-1, -3] }, samples: [] })).body.scores.gnll.score, 4);
      const evidence = { tokens: [{ logprob: -0.5, entropy: 0.7 }] };
      const { scores } = (await score({ evidence })).body;
      near(scores.gnll.score, 0.5);
      near(scores.mean_token_entropy.score, 0.7);
      const unlikely = { answer: { text: "Paris", logprobs: [-1, -9999] }, samples: ["a", "b"] };
      const unknown = (await score(unlikely)).body;
      assert.equal(unknown.scores.gnll, undefined);
      assert.match(unknown.warnings[0], /unknown/);
      await refused(score({ answer: "a", samples: [] }), 400, "bad_input");
      // There is nothing to judge in an answer without words.
      for (const text of ["", " \n"]) {
        const logprobs = { content: [{ token: text, logprob: -0.1 }] };
        for (const body of [
          { answer: text, samples: ["a", "b"], engines: { nli: "lexical" } },
          { completion: { choices: [{ message: { content: text }, logprobs }] } },
        ])
          assert.match((await refused(score(body), 400, "bad_input")).message, /the answer is empty/);
      }
    });

    test("scores a batch; what fails stands in its place", async () => {
      const good = (id, p) => ({ id, answer: { text: "a", logprobs: [Math.log(p)] }, samples: [] });
      const questions = [good("a", 0.5), 3, { id: "c", samples: [1] }, good("d", 0.25)];
      const { status, body } = await score({ methods: ["gnll"], questions });
      assert.equal(status, 200);
      const [a, b, c, d] = body.results;
      near(a.scores.gnll.score, Math.log(2));
      assert.deepEqual([b.id, b.error.code, c.id, c.error.code], [undefined, "bad_input", "c", "bad_input"]);
      assert.deepEqual(Object.keys(d.scores), ["gnll"]);
      near(d.scores.gnll.score, Math.log(4));
    });

    test("answers many at once, each its own", async () => {
      const one = async (n) => {
        const { body } = await score({ id: n, answer: { text: "a", logprobs: [-n] }, samples: [] });
        return [body.id, body.scores.gnll.score];
      };
      const all = await Promise.all(Array.from({ length: 40 }, (_, n) => one(n)));
      assert.deepEqual(
        all,
        Array.from({ length: 40 }, (_, n) => [n, n]),
      );
    });

    test("logs what happened, and not a word of what was said", async () => {
      const { headers } = await score({
        id: "id-of-somebody",
        answer: "confidential answer",
        samples: ["confidential"],
      });
      const id = headers.get("x-request-id");
      await call(service, "/v1/confidential-path", undefined, { headers: AUTHORIZED });
      const line = await until(() => service.log.find((entry) => entry.id === id), "the line of the log");
      await until(() => service.log.some((entry) => entry.code === "not_found"), "that of the unknown path");
      assert.deepEqual([line.event, line.route, line.status], ["request", "/v1/score", 200]);
      assert.ok(line.bytes > 0 && line.ms >= 0);
      assert.ok(service.log.some((entry) => entry.code === "unauthorized"));
      const everything = JSON.stringify(service.log);
      for (const word of ["confidential", "somebody", "second-key", "Paris"])
        assert.ok(!everything.includes(word), word);
    });
  });
}
