/** The service with a language model, in workerd and in Deno: numbers, sources, chat, limits, and clients that leave. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { shard } from "../../www/edge/shard.mjs";
import { PATIENCE, until } from "../browser/lib/patience.mjs";
import {
  assertClose,
  golden,
  realLines,
  realModel,
  SMOLLM2,
  tinyFolder,
  tinyRequest,
} from "../browser/lib/reference.mjs";
import { startServer } from "../browser/lib/server.mjs";
import { call, events, leave } from "./lib/client.mjs";
import { startDeno } from "./lib/deno.mjs";
import { bundle, startWorker } from "./lib/worker.mjs";

const NAME = "llama_tied";
const FILE = golden(NAME);
const { tail, all_layers, ...TINY } = tinyRequest(FILE);

const refused = ({ status, body }, wanted, code) =>
  assert.deepEqual([status, body.error?.code], [wanted, code], JSON.stringify(body));

/** What is closed at the end of a test, however that ends: what runs on keeps the whole run from ending. */
async function opened(context, opening) {
  const open = await opening;
  context.after(() => open.close());
  return open;
}

/** A server that does not give the model until `release` is called. */
async function held(context) {
  let release;
  const until = new Promise((resolve) => {
    release = resolve;
  });
  const extra = (_, response, path) => {
    if (!path.endsWith("/config.json")) return false;
    until.then(() => response.end(readFileSync(join(tinyFolder(NAME), "config.json"))));
    return true;
  };
  return { server: await opened(context, startServer({ model: tinyFolder(NAME), extra })), release };
}

for (const start of [startWorker, startDeno]) {
  describe(`a tiny model in ${start === startDeno ? "deno" : "workerd"}`, () => {
    let server;
    let service;
    before(async () => {
      server = await startServer({ model: tinyFolder(NAME) });
      const limits = { MAX_TOKENS: "32", MAX_SAMPLES: "3", MAX_WAITING: "1", CONCURRENCY: "4" };
      // Left to choose, a software adapter is not taken; workerd has none at all.
      const device = start === startDeno ? "webgpu" : "cpu";
      service = await start({ MODEL: server.modelUrl, DEVICE: device, ...limits });
    });
    after(async () => {
      await service.close();
      server.close();
    });
    const score = (body) => call(service, "/v1/score", body);

    test("is loaded when it is needed, and gives the reference numbers", async () => {
      assert.equal((await call(service, "/healthz")).body.model, "not loaded");
      const { status, body } = await score(TINY);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.id, NAME);
      assert.equal(body.device, service.name === "deno" ? "webgpu" : "cpu");
      const tolerance = body.device === "cpu" ? 1e-4 : 1e-3;
      for (const id of ["semgrad", "exgrad", "hybridgrad"]) {
        assertClose(id, body.scores[id].score, FILE.want[id], tolerance);
      }
      assert.equal((await call(service, "/healthz")).body.model, "ready");
    });

    test("answers several at once, and a batch with what has no model", async () => {
      const all = await Promise.all([score(TINY), score({ ...TINY, id: 2, methods: ["gnll"] })]);
      const want = -FILE.want.token_logprob.reduce((sum, value) => sum + value, 0);
      for (const { body } of all) assertClose("gnll", body.scores.gnll.score, want, 1e-3);
      const questions = [{ id: "model" }, { id: "text", question: "Why?", prompt_ids: undefined }, { id: "none" }];
      questions[0] = { ...TINY, id: "model" };
      questions[2] = { id: "none", answer: { text: "a", logprobs: [-1] }, samples: [] };
      const { results } = (await score({ questions })).body;
      assert.deepEqual(
        results.map(({ id, error }) => [id, error?.code]),
        [
          ["model", undefined],
          ["text", "missing_tokenizer"],
          ["none", undefined],
        ],
      );
      assertClose("gnll", results[0].scores.gnll.score, want, 1e-3);
    });

    test("is asked within limits only", async () => {
      const bad = [
        { max_tokens: 33 },
        { samples: 4 },
        { engines: { embed: "https://evil.example/" } },
        { temperature: "hot" },
        { messages: [{ role: "user" }] },
        { prompt_ids: [1.5] },
        { synonyms: "https://evil.example/" },
        { methods: ["magic"] },
        { prompt_ids: [100_000] },
      ];
      for (const more of bad) refused(await score({ ...TINY, ...more }), 400, "bad_input");
      refused(await score({ answer: "So." }), 400, "bad_input");
      refused(await score({ question: "Why?" }), 422, "missing_tokenizer");
    });

    test("turns requests away when too many wait", async (context) => {
      // A batch is one request, though its questions are more than may wait.
      const { results } = (await score({ ...TINY, methods: ["gnll"], questions: [{}, {}, {}, {}, {}] })).body;
      assert.ok(results.every(({ scores }) => scores?.gnll.score > 0));
      // One that runs, as long as its model is still coming, and one that waits: whatever comes beyond is refused.
      const { server: slow, release } = await held(context);
      const other = await opened(context, start({ MODEL: slow.modelUrl, DEVICE: "cpu", MAX_WAITING: "1" }));
      const all = Array.from({ length: 12 }, () => call(other, "/v1/score", TINY));
      let refusals = 0;
      for (const each of all) void each.then(() => (refusals += 1));
      await until(() => refusals === 10, "ten are refused");
      release();
      const settled = await Promise.all(all);
      const busy = settled.filter(({ status }) => status === 503);
      assert.equal(busy.length, 10);
      assert.ok(busy.every(({ body, headers }) => body.error.code === "busy" && headers.get("retry-after")));
      assert.equal(settled.filter(({ status }) => status === 200).length, 2);
    });
  });
}

/** Lets a client overwrite the module's memory, so that its next step traps. */
const TRAP = `import worker from "./worker.js";
const { instantiate } = WebAssembly;
let memory;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate.apply(WebAssembly, given);
  memory = (made.instance ?? made).exports.memory;
  return made;
};
export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/overwrite") return worker.fetch(request, env, context);
    new Uint8Array(memory.buffer).fill(0xff);
    return new Response(null);
  },
};`;

test("a trap is one request's error, and the next one is answered", async (context) => {
  const server = await opened(context, startServer({ model: tinyFolder(NAME) }));
  const modules = [{ type: "ESModule", path: "trap.js", contents: TRAP }, ...bundle("with-model")];
  const service = await opened(context, startWorker({ MODEL: server.modelUrl }, { modules }));
  const { body } = await call(service, "/v1/score", TINY);
  await call(service, "/overwrite");
  refused(await call(service, "/v1/score", TINY), 500, "internal");
  const again = await call(service, "/v1/score", TINY);
  assert.equal(again.body.scores?.semgrad.score, body.scores.semgrad.score, JSON.stringify(again.body));
});

test("a request does not wait longer than its limit for a model that is still being loaded", async (context) => {
  const { server, release } = await held(context);
  const service = await opened(context, startWorker({ MODEL: server.modelUrl, TIME_LIMIT_MS: "1000" }));
  refused(await call(service, "/v1/score", TINY), 504, "timed_out");
  assert.equal((await call(service, "/healthz")).body.model, "loading");
  release();
  await until(async () => (await call(service, "/healthz")).body.model === "ready", "the model is loaded");
  // A slow machine may need some tries within so short a limit.
  await until(async () => {
    const scored = await call(service, "/v1/score", TINY);
    if (scored.status !== 200) refused(scored, 504, "timed_out");
    return scored.status === 200;
  }, "an answer");
});

for (const start of [startWorker, startDeno]) {
  test(`a body that does not end is not waited for (${start === startDeno ? "deno" : "workerd"})`, async (context) => {
    const service = await opened(context, start({ TIME_LIMIT_MS: "1000" }));
    const status = await new Promise((resolve, reject) => {
      const options = { method: "POST", agent: false };
      const sent = request(new URL("/v1/score", service.url), options, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.write("{");
    });
    assert.equal(status, 504);
  });
}

test("a model that cannot be loaded is tried again", async (context) => {
  const server = await opened(context, startServer({ model: tinyFolder(NAME) }));
  const service = await opened(context, startWorker({ MODEL: `${server.origin}/nothing/` }));
  refused(await call(service, "/v1/score", TINY), 502, "network");
  assert.equal((await call(service, "/healthz")).body.model, "failed");
  refused(await call(service, "/v1/score", TINY), 502, "network");
  assert.ok(server.requests.filter(({ path }) => path === "/nothing/config.json").length >= 2);
});

test("settings that cannot be are not the client's fault", async (context) => {
  const server = await opened(context, startServer({ model: tinyFolder(NAME) }));
  const folder = mkdtempSync(join(tmpdir(), "semgrad-edge-"));
  const profile = join(folder, "profile.json");
  writeFileSync(profile, "{");
  const wrong = [{ MODEL: "gpt-9" }, { MODEL: server.modelUrl, MODEL_PROFILE: profile }];
  for (const variables of wrong) {
    const service = await opened(context, startDeno({ DEVICE: "cpu", ...variables }));
    refused(await call(service, "/v1/score", TINY), 501, "no_model");
  }
  const service = await opened(
    context,
    startDeno({ MODEL: server.modelUrl, MODEL_PROFILE: join(folder, "nothing.json") }),
  );
  refused(await call(service, "/v1/score", TINY), 502, "network");
  await assert.rejects(startDeno({ MAX_TOKENS: "many" }), /MAX_TOKENS is many/);
  rmSync(folder, { recursive: true });
});

const MODEL = realModel(SMOLLM2);
const skip = MODEL === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}`;
const [LINE] = realLines("smollm2-135m.jsonl").sort((a, b) => a.response_ids.length - b.response_ids.length);
const GIVEN = { prompt_ids: LINE.prompt_ids, response_ids: LINE.response_ids, methods: ["gnll", "exgrad"] };
/** Keeps the model busy for longer than any limit here; not as in calibration, where it was told to be brief. */
const LONG = {
  messages: [{ role: "user", content: "Write a long story about a dragon." }],
  max_tokens: 2000,
  uncertainty: { methods: ["ln_pe"], samples: 4, prefix: "" },
};
const ASK = { messages: [{ role: "user", content: "Name a color." }] };

function checkGiven({ status, body }) {
  assert.equal(status, 200, JSON.stringify(body));
  assertClose("gnll", body.scores.gnll.score, LINE.scores.gnll, 2e-3);
  assertClose("exgrad", body.scores.exgrad.score, LINE.scores.exgrad, 2e-3);
}

describe("SmolLM2-135M in pieces", { skip }, () => {
  let folder;
  let manifest;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "semgrad-shards-"));
    manifest = await shard(MODEL, folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const variables = { MODEL_MANIFEST: "models/manifest.json" };
  /** Not as Node's own kind of array, which miniflare does not take. */
  const read = (file) => new Uint8Array(readFileSync(join(folder, file))).buffer;
  const upload = async (put) => {
    for (const file of readdirSync(folder)) await put(`models/${file}`, read(file));
  };

  test("all are small enough, and are the file", () => {
    assert.ok(manifest.shards.every(({ size }) => size <= 25 * 1024 * 1024) && manifest.shards.length > 1);
    assert.equal(manifest.sha256, "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  });

  test("are read from KV", async (context) => {
    const service = await opened(context, startWorker(variables, { kvNamespaces: ["MODELS"] }));
    const kv = await service.miniflare.getKVNamespace("MODELS");
    await upload((key, bytes) => kv.put(key, bytes));
    checkGiven(await call(service, "/v1/score", GIVEN));
  });

  test("are read from static assets", async (context) => {
    const disk = { disk: { path: folder, writable: false } };
    const service = await opened(
      context,
      startWorker({ MODEL_MANIFEST: "manifest.json" }, { serviceBindings: { MODELS: disk } }),
    );
    checkGiven(await call(service, "/v1/score", GIVEN));
  });

  test("are read from R2, and refused when one is damaged or missing", async (context) => {
    const service = await opened(context, startWorker(variables, { r2Buckets: ["MODELS"] }));
    const bucket = await service.miniflare.getR2Bucket("MODELS");
    refused(await call(service, "/v1/score", GIVEN), 502, "network");
    await upload((key, bytes) => bucket.put(key, bytes));
    const key = `models/${manifest.shards[2].file}`;
    const bytes = read(manifest.shards[2].file);
    const broken = new Uint8Array(bytes.slice());
    broken[100] ^= 1;
    await bucket.put(key, broken.buffer);
    refused(await call(service, "/v1/score", GIVEN), 502, "integrity_mismatch");
    await bucket.delete(key);
    refused(await call(service, "/v1/score", GIVEN), 502, "network");
    await bucket.put(key, bytes);
    checkGiven(await call(service, "/v1/score", GIVEN));
  });
});

/** Lets a client stop the clock, as Cloudflare's stands still while a worker computes. */
const CLOCK = `import worker from "./worker.js";
export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/stop-clock") {
      const [date, time] = [Date.now(), performance.now()];
      Date.now = () => date;
      Object.defineProperty(performance, "now", { value: () => time });
      return new Response(null);
    }
    return worker.fetch(request, env, context);
  },
};`;

for (const place of ["workerd", "deno"]) {
  describe(`SmolLM2-135M in ${place}`, { skip }, () => {
    let server;
    let service;
    const start = (limit) => {
      const variables = { TIME_LIMIT_MS: String(Math.ceil(limit)), MAX_TOKENS: "2000" };
      if (place === "deno") return startDeno({ ...variables, MODEL, DEVICE: "cpu" });
      const modules = [{ type: "ESModule", path: "clock.js", contents: CLOCK }, ...bundle("with-model")];
      return startWorker({ ...variables, MODEL: server.modelUrl }, { modules });
    };
    before(async () => {
      if (place === "workerd") server = await startServer({ model: MODEL });
      service = await start(PATIENCE);
    });
    after(async () => {
      await service?.close();
      server?.close();
    });
    const chat = (body, to = service) => call(to, "/v1/chat/completions", { ...ASK, ...body });
    /** Milliseconds that some work takes here and now. */
    const timed = async (work) => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    /** What eight tokens of the long story take. */
    const eight = () => timed(() => chat({ ...LONG, max_tokens: 8 }));
    const settled = (route, code) =>
      until(() => service.log.find((entry) => entry.route === route && entry.code === code), `${route} ${code}`);

    test("gives the reference numbers", async () => {
      checkGiven(await call(service, "/v1/score", GIVEN));
    });

    test("judges an answer, and answers itself", async () => {
      const question = "What is the capital of France?";
      const judged = (await call(service, "/v1/score", { question, answer: "Paris.", methods: ["semgrad"] })).body;
      assert.equal(judged.answer, "Paris.");
      assert.ok(judged.scores.semgrad.score > 0);
      const asked = (await call(service, "/v1/score", { question, max_tokens: 8, methods: ["gnll"] })).body;
      assert.ok(asked.response_ids.length <= 8 && asked.answer.includes("Paris"), asked.answer);
    });

    test("says of an answer that others wrote what stands out, what it would have said, and no verdict", async () => {
      // Characters beyond the basic plane count as two, as in any text of JavaScript.
      const answer = "🗼 The capital of France is Wolverhampton.";
      const given = { question: "What is the capital of France?", answer, examine: true, methods: ["gnll"] };
      const examined = async (more) => {
        const { status, body } = await call(service, "/v1/score", { ...given, ...more });
        assert.equal(status, 200, JSON.stringify(body));
        assert.deepEqual([body.answer, body.verdict], [answer, null]);
        assert.equal(body.explanation.verdict, "No judgment");
        assert.match(body.explanation.none, /^The answer is somebody else's/);
        return body.examined;
      };
      const all = await examined({});
      assert.ok(all.odd.some(({ text }) => text === "Wolverhampton"));
      for (const { text, at } of all.odd) assert.equal(answer.slice(...at), text);
      assert.equal(all.own.others.length, 4, "five, unless the request says otherwise");
      assert.ok(all.own.answer.includes("Paris"), all.own.answer);
      assert.equal(all.own.agree, 0);
      assert.equal(all.own.sentence, "None of its 5 own answers says the same as this one.");
      // The profile in the bundle was tested with as many.
      assert.deepEqual([typeof all.judgement.word, all.none], ["string", null]);
      assert.ok(Number.isFinite(all.judgement.ratio));
      const fewer = await examined({ own_answers: 2 });
      assert.deepEqual([fewer.own.others.length, fewer.judgement], [1, null]);
      assert.match(fewer.none, /compared with 2 of the model's own, and in the test with 5/);
      const alone = await examined({ own_answers: 0 });
      assert.deepEqual([alone.own, alone.judgement, alone.odd], [null, null, all.odd]);
      assert.match(alone.none, /compared with 0/);
      for (const more of [{ examine: "yes" }, { own_answers: 99 }, { own_answers: 1.5 }]) {
        refused(await call(service, "/v1/score", { ...given, ...more }), 400, "bad_input");
      }
    });

    test("chats in OpenAI's shape, with uncertainty", async () => {
      const { status, body } = await chat({
        max_tokens: 6,
        logprobs: true,
        uncertainty: { methods: ["semgrad", "gnll"] },
      });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.object, "chat.completion");
      assert.ok(body.choices[0].message.content.length > 0);
      assert.deepEqual(Object.keys(body.uncertainty.scores).sort(), ["gnll", "semgrad"]);
      // What this service says of its own answers it can also score as those of another.
      const again = (await call(service, "/v1/score", { completion: body })).body;
      const sum = body.choices[0].logprobs.content.reduce((all, { logprob }) => all + logprob, 0);
      assertClose("gnll", again.scores.gnll.score, -sum, 1e-9);
      const { data, headers } = await events(service, "/v1/chat/completions", {
        ...ASK,
        max_tokens: 6,
        stream: true,
        uncertainty: { methods: ["gnll"] },
      });
      assert.match(headers.get("content-type"), /^text\/event-stream/);
      assert.equal(data.pop(), "[DONE]");
      const chunks = data.map((event) => JSON.parse(event));
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
      assert.equal(text, body.choices[0].message.content);
      assert.ok(chunks.length > 4, "text comes in pieces");
      assertClose("gnll", chunks.at(-1).uncertainty.scores.gnll.score, body.uncertainty.scores.gnll.score, 1e-9);
    });

    test("refuses a chat that it cannot hold", async () => {
      for (const more of [
        { messages: [] },
        { tools: [{}] },
        { max_tokens: 2001 },
        { n: 65 },
        { stream: "yes" },
        { model: "gpt-9" },
        { uncertainty: { engines: { nli: "https://evil.example/" } } },
      ]) {
        refused(await chat(more), 400, "bad_input");
        if (more.stream === undefined) refused(await chat({ ...more, stream: true }), 400, "bad_input");
      }
      const ids = service.log.filter(({ event }) => event === "request").map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, "each request is logged once");
    });

    test("stops when the client goes away, and serves the next", async () => {
      const first = await leave(service, "/v1/chat/completions", { ...LONG, stream: true });
      assert.match(first, /^data: \{/);
      await settled("/v1/chat/completions", "aborted");
      if (place === "deno") {
        // workerd hears of it only when something is sent.
        const story = { question: LONG.messages[0].content, prefix: "", max_tokens: 2000 };
        // What is answered after it, came after it.
        await leave(service, "/v1/score", story, () => call(service, "/healthz"));
        await settled("/v1/score", "aborted");
      }
      // Before the story would be over, whose 2000 tokens take 250 times as long as eight, and half of that at least.
      const next = await timed(async () => checkGiven(await call(service, "/v1/score", GIVEN)));
      assert.ok(next < 125 * (await eight()), `${next} ms`);
    });

    test("stops at the time limit, also under a clock that stands still", async (context) => {
      // Long enough for short answers on this machine, and far too short for 2000 tokens on any.
      const given = await timed(() => call(service, "/v1/score", GIVEN));
      const brief = await opened(context, start(4 * (given + (await eight()))));
      /** A short answer; one may be late, as the first one that waits for the model. */
      const short = () =>
        until(async () => {
          const scored = await call(brief, "/v1/score", GIVEN);
          return scored.body.error?.code === "timed_out" ? null : scored;
        }, "an answer within the limit");
      checkGiven(await short());
      // Time limits are timers, and the model gives them their turn.
      for (const clock of place === "deno" ? ["runs"] : ["runs", "stands still"]) {
        if (clock === "stands still") await call(brief, "/stop-clock");
        refused(await chat(LONG, brief), 504, "timed_out");
        await until(async () => {
          const { data } = await events(brief, "/v1/chat/completions", { ...LONG, stream: true });
          assert.equal(JSON.parse(data.at(-1)).error.code, "timed_out", clock);
          return data.length > 3;
        }, "a part of an answer before its end");
        checkGiven(await short());
      }
    });
  });
}
