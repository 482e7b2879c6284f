/** The consumer of a queue: every question's result stored once, whatever the queue does; and who fills the queue. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { batches, send } from "../../www/edge/produce.mjs";
import { until } from "../browser/lib/patience.mjs";
import { ROOT } from "../browser/lib/server.mjs";
import { call } from "./lib/client.mjs";
import { bundle, startWorker } from "./lib/worker.mjs";

const PRODUCE = join(ROOT, "www/edge/produce.mjs");

/** Counts what the consumer does with messages and with the store, and fails where it is told to. */
const WATCH = `import worker from "./worker.js";
const watch = { puts: 0, written: 0, acks: 0, retries: [] };
let failing = 0;
const bucket = (real) => ({
  head: (key) => real.head(key),
  async put(...args) {
    watch.puts += 1;
    if (failing > 0) { failing -= 1; throw new Error("the store is down"); }
    const put = await real.put(...args);
    if (put !== null) watch.written += 1;
    return put;
  },
});
const message = (real) => ({
  id: real.id, body: real.body, attempts: real.attempts,
  ack() { watch.acks += 1; real.ack(); },
  // Without the delay, which a test does not wait for.
  retry({ delaySeconds }) { watch.retries.push(delaySeconds); real.retry(); },
});
const surround = (env) => ({ ...env, RESULTS: bucket(env.RESULTS) });
export default {
  async fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname === "/watch") return Response.json(watch);
    if (url.pathname === "/fail") { failing = Number(url.searchParams.get("times")); return new Response(null); }
    return worker.fetch(request, surround(env), context);
  },
  queue: (batch, env, context) =>
    worker.queue({ queue: batch.queue, messages: batch.messages.map(message) }, surround(env), context),
};`;

const supplied = (id, p) => ({ id, answer: { text: "a", logprobs: [Math.log(p)] }, samples: [] });

describe("the consumer", () => {
  let worker;
  let results;
  let queue;
  before(async () => {
    const modules = [{ type: "ESModule", path: "watch.js", contents: WATCH }, ...bundle("scores")];
    worker = await startWorker(
      { DEAD_LETTERS: "dead", CONCURRENCY: "3" },
      {
        modules,
        r2Buckets: ["RESULTS"],
        queueProducers: { QUESTIONS: "questions" },
        queueConsumers: {
          questions: { maxBatchSize: 10, maxBatchTimeout: 0.2, maxRetries: 2, deadLetterQueue: "dead" },
          dead: { maxBatchSize: 10, maxBatchTimeout: 0.2 },
        },
      },
    );
    results = await worker.miniflare.getR2Bucket("RESULTS");
    queue = await worker.miniflare.getQueueProducer("QUESTIONS");
  });
  after(() => worker.close());
  const watch = async () => (await call(worker, "/watch")).body;
  const keys = async (prefix) => (await results.list({ prefix })).objects.map((object) => object.key);
  const stored = async (key) => JSON.parse(await (await results.get(key)).text());
  const sendAll = (bodies) => queue.sendBatch(bodies.map((body) => ({ body })));
  const settled = (acks) => until(async () => (await watch()).acks === acks, `${acks} messages acknowledged`);

  test("stores each result under its id", async () => {
    const ids = [...Array.from({ length: 23 }, (_, n) => n), "über/../x", "a b"];
    await sendAll(ids.map((id) => supplied(id, 0.5)));
    await settled(ids.length);
    assert.equal((await keys("results/")).length, ids.length);
    const result = await stored("results/%C3%BCber%2F..%2Fx.json");
    assert.equal(result.id, "über/../x");
    assert.ok(Math.abs(result.scores.gnll.score - Math.log(2)) < 1e-12);
  });

  test("a message that comes again, also twice at a time, changes nothing", async () => {
    const before = await watch();
    // The same ids with other answers, and a new one ten times in a batch that is worked on by three.
    await sendAll([
      ...Array.from({ length: 10 }, (_, n) => supplied(n, 0.1)),
      ...Array(10).fill(supplied("new", 0.25)),
    ]);
    await settled(before.acks + 20);
    const { written } = await watch();
    assert.equal(written, before.written + 1);
    assert.ok(Math.abs((await stored("results/0.json")).scores.gnll.score - Math.log(2)) < 1e-12);
    assert.ok(Math.abs((await stored("results/new.json")).scores.gnll.score - Math.log(4)) < 1e-12);
  });

  test("what is wrong with a question is its result; without an id it is kept aside", async () => {
    const { acks } = await watch();
    await sendAll([{ id: "bad", samples: [1] }, "no question", { question: "Why?" }, { id: { a: 1 } }]);
    await settled(acks + 4);
    const { id, error } = await stored("results/bad.json");
    assert.deepEqual([id, error.code], ["bad", "bad_input"]);
    const unusable = await keys("unusable/");
    assert.equal(unusable.length, 3);
    assert.equal((await stored(unusable[0])).error.code, "bad_input");
  });

  test("what may pass is tried again, and its result then stored once", async () => {
    const { acks, retries, written } = await watch();
    await call(worker, "/fail?times=1");
    await sendAll([supplied("patient", 0.5)]);
    await settled(acks + 1);
    const after = await watch();
    assert.deepEqual(after.retries.slice(retries.length), [5]);
    assert.equal(after.written, written + 1);
    assert.ok(await stored("results/patient.json"));
  });

  test("what never passes ends among the dead letters, and can be sent again from there", async () => {
    const { acks, retries } = await watch();
    // There is no model here.
    const question = { id: "hopeless", question: "Why?", answer: "So." };
    await sendAll([question]);
    await settled(acks + 1);
    // Twice again after the first time; what is to come after the third try is the platform's.
    assert.deepEqual((await watch()).retries.slice(retries.length), [5, 10, 20]);
    const [dead, ...others] = await keys("dead/");
    assert.deepEqual([await stored(dead), others], [{ question }, []]);
    assert.equal(await results.head("results/hopeless.json"), null);
    const { question: again } = await stored(dead);
    await sendAll([{ ...supplied(again.id, 0.5) }]);
    await settled(acks + 2);
    assert.equal((await stored("results/hopeless.json")).id, "hopeless");
  });

  test("in any order, twice, with what is no question among them and a store that fails: each has its own result once", async () => {
    const { acks, written } = await watch();
    const ids = Array.from({ length: 60 }, (_, n) => n);
    const good = ids.map((n) => supplied(`mixed-${n}`, 1 / (n + 2)));
    const poison = [
      null,
      7,
      [],
      "x".repeat(1000),
      { id: "" },
      { id: 1.5, answer: "a" },
      { id: "\ud800" },
      { id: "y".repeat(2000) },
    ];
    const broken = ids
      .slice(0, 8)
      .map((n) => ({ id: `broken-${n}`, answer: { text: "a", logprobs: ["?"] }, samples: [] }));
    // The same order in each run, and no order of theirs: 7 and the number of messages have no factor in common.
    const all = [...good, ...poison, ...broken, ...good, ...broken];
    const mixed = all.map((_, index) => all[(index * 7) % all.length]);
    await call(worker, "/fail?times=5");
    for (let at = 0; at < mixed.length; at += 25) await sendAll(mixed.slice(at, at + 25));
    await settled(acks + all.length);
    for (const n of ids) {
      const { id, scores } = await stored(`results/mixed-${n}.json`);
      assert.equal(id, `mixed-${n}`);
      assert.ok(Math.abs(scores.gnll.score - Math.log(n + 2)) < 1e-12, id);
    }
    for (const { id } of broken) assert.equal((await stored(`results/${id}.json`)).error.code, "bad_input");
    assert.equal((await watch()).written, written + good.length + poison.length + broken.length);
  });

  test("logs batches, and not a word of what was said", async () => {
    // Output comes when the system passes it on.
    const wanted = [({ stored }) => stored > 0, ({ dead }) => dead === 1, (line) => line.retried_no_model === 1];
    const isLogged = (is) => worker.log.some((entry) => entry.event === "batch" && is(entry));
    await until(() => wanted.every(isLogged), "a line for each kind of batch");
    assert.ok(!JSON.stringify(worker.log).includes("hopeless"));
  });

  test("a file of questions goes through the producer into the store", async () => {
    // Stands for Cloudflare's own address, and is down at first.
    const seen = [];
    const endpoint = createServer(async (request, response) => {
      const { messages } = await json(request);
      seen.push({ count: messages.length, key: request.headers.authorization });
      if (seen.length === 1) return response.writeHead(503).end();
      await queue.sendBatch(messages.map(({ body }) => ({ body })));
      response.writeHead(200).end("{}");
    });
    await new Promise((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
    const folder = mkdtempSync(join(tmpdir(), "semgrad-produce-"));
    try {
      const { acks } = await watch();
      const file = join(folder, "questions.jsonl");
      const lines = Array.from({ length: 120 }, (_, n) => JSON.stringify(supplied(`file-${n}`, 0.5)));
      writeFileSync(file, `${lines.join("\n")}\n\n`);
      const url = `http://127.0.0.1:${endpoint.address().port}/messages/batch`;
      const env = { ...process.env, CLOUDFLARE_API_TOKEN: "a-token" };
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, [PRODUCE, file, "--endpoint", url], { env });
      assert.match(stdout, /120 questions in 2 batches sent/);
      assert.deepEqual(
        seen.map(({ count }) => count),
        [100, 100, 20],
      );
      assert.ok(seen.every(({ key }) => key === "Bearer a-token"));
      await settled(acks + 120);
      assert.equal((await keys("results/file-")).length, 120);
    } finally {
      endpoint.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the producer", () => {
  const all = async (lines) => {
    const found = [];
    for await (const batch of batches(lines)) found.push(batch);
    return found;
  };

  test("keeps to the limits of a batch and of a message", async () => {
    const line = (id, length) => JSON.stringify({ id, answer: "x".repeat(length) });
    const many = await all(Array.from({ length: 250 }, (_, n) => line(n, 10)));
    assert.deepEqual(
      many.map((batch) => batch.length),
      [100, 100, 50],
    );
    const large = await all(Array.from({ length: 7 }, (_, n) => line(n, 100_000)));
    assert.deepEqual(
      large.map((batch) => batch.length),
      [2, 2, 2, 1],
    );
    for (const batch of [...many, ...large]) {
      const sent = batch.map((body) => ({ body, content_type: "json" }));
      assert.ok(Buffer.byteLength(JSON.stringify(sent)) < 256_000);
    }
    assert.deepEqual((await all([line("é", 0), "", " "])).length, 1);
  });

  test("refuses a line before anything is sent", async () => {
    const good = '{"id":1}';
    for (const [line, reason] of [
      ["{", /line 2 is not JSON/],
      ['{"question":"Why?"}', /line 2 has no id/],
      ['{"id":1.5}', /line 2 has no id/],
      ['{"id":"1"}', /line 2 has the id of another/],
      [JSON.stringify({ id: 2, answer: "é".repeat(64_000) }), /line 2 has 128\d\d\d bytes/],
    ]) {
      await assert.rejects(all([good, line]), reason);
    }
  });

  test("tries again what may pass, and nothing else", async () => {
    let answers = [];
    let asked = 0;
    const endpoint = createServer((_, response) => {
      asked += 1;
      response.writeHead(answers.shift() ?? 200).end();
    });
    await new Promise((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${endpoint.address().port}/`;
    const waits = [];
    const trying = () => send([{ id: 1 }], url, null, async (ms) => waits.push(ms));
    answers = [429, 500];
    await trying();
    assert.deepEqual([asked, waits], [3, [1000, 2000]]);
    answers = [403];
    await assert.rejects(trying(), /answered 403/);
    answers = Array(6).fill(503);
    await assert.rejects(trying(), /answered 503/);
    assert.equal(asked, 10);
    endpoint.close();
  });
});
