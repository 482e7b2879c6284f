/**
 * The service under many clients at once, among them slow ones, ones that leave, and ones that ask wrongly: every answer is there
 * and is its own client's, and its memory does not grow.
 * `SEMGRAD_SOAK_SECONDS=600` is the run of the documents' table; the ordinary one is shorter.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { test } from "node:test";
import { call } from "./lib/client.mjs";
import { startDeno } from "./lib/deno.mjs";
import { startWorker } from "./lib/worker.mjs";

const SECONDS = Number(process.env.SEMGRAD_SOAK_SECONDS ?? 8);
const CLIENTS = 200;
/** Of resident memory in the second half: V8 collects when it likes, and in a short run has not found its size yet. */
const GROWTH = SECONDS < 60 ? 0.25 : 0.1;

/** What a client asks and what it must get: its own number, whatever others ask. */
const question = (n) => ({ id: n, answer: { text: "a", logprobs: [-scoreOf(n)] }, samples: [] });
/** Below that, services mean that they do not know. */
const scoreOf = (n) => n % 9000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One exchange; `slow` sends the body in pieces. */
function ask(service, body, slow) {
  return new Promise((resolve, reject) => {
    const headers = { "content-length": Buffer.byteLength(body) };
    const sent = request(new URL("/v1/score", service.url), { method: "POST", agent: false, headers }, (response) => {
      json(response).then((read) => resolve({ status: response.statusCode, body: read }), reject);
    });
    sent.on("error", reject);
    const send = async () => {
      for (let at = 0; at < body.length; at += 10) {
        sent.write(body.slice(at, at + 10));
        await pause(20);
      }
      sent.end();
    };
    if (slow) void send();
    else sent.end(body);
  });
}

/** Sends a part of a request, or all of it, and cuts the connection. */
function cut(service, body, isWhole) {
  return new Promise((resolve) => {
    const headers = { "content-length": Buffer.byteLength(body) };
    const sent = request(new URL("/v1/score", service.url), { method: "POST", agent: false, headers });
    sent.on("error", resolve);
    sent.on("response", (response) => response.on("error", () => {}).resume());
    sent.on("close", resolve);
    if (isWhole) sent.end(body);
    else sent.write(body.slice(0, 20));
    setTimeout(() => sent.destroy(), 5);
  });
}

/** Resident bytes of this process's child of that name; null where the system does not say. */
function resident(name) {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    const pid = children.find((child) => readFileSync(`/proc/${child}/comm`, "utf8").trim() === name);
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
  } catch {
    return null;
  }
}

for (const start of [startWorker, startDeno]) {
  const name = start === startDeno ? "deno" : "workerd";
  test(`${CLIENTS} clients for ${SECONDS} s: nothing is lost, nothing is wrong, memory is flat (${name})`, async (context) => {
    const service = await start();
    context.after(() => service.close());
    const count = { right: 0, refused: 0, cut: 0, slow: 0 };
    const wrong = [];
    const began = performance.now();
    const end = began + 1000 * SECONDS;
    let last = 0;
    const client = async (index) => {
      while (performance.now() < end) {
        last += 1;
        const n = last;
        if (index % 20 === 0) {
          await cut(service, JSON.stringify(question(n)), n % 2 === 0);
          count.cut += 1;
          await pause(50);
          continue;
        }
        const isBad = index % 20 === 1;
        const isSlow = index % 20 === 2;
        const body = JSON.stringify(isBad ? { id: n, answer: "a", samples: [1] } : question(n));
        const got = await ask(service, body, isSlow).catch((error) => ({ status: null, body: String(error) }));
        const isRight = isBad
          ? got.status === 400 && got.body.error.code === "bad_input"
          : got.status === 200 && got.body.id === n && got.body.scores.gnll.score === scoreOf(n);
        if (!isRight) wrong.push([n, got]);
        else if (isBad) count.refused += 1;
        else count.right += 1;
        if (isSlow) count.slow += 1;
      }
    };
    const seen = [];
    const watching = setInterval(() => seen.push(resident(name)), (1000 * SECONDS) / 12);
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
    clearInterval(watching);
    const took = (performance.now() - began) / 1000;
    context.diagnostic(
      `${JSON.stringify(count)}, ${wrong.length} wrong or lost in ${took.toFixed(1)} s; resident MB ${seen.map((bytes) => Math.round(bytes / 1e6))}`,
    );
    assert.deepEqual(wrong.slice(0, 5), []);
    for (const [kind, times] of Object.entries(count)) assert.ok(times > 0, kind);
    // Who left is forgotten: the service answers at once.
    assert.equal((await call(service, "/healthz")).body.status, "ok");
    const [early, late] = [seen.slice(6, 9), seen.slice(-3)].map((some) => Math.min(...some));
    if (early > 0) assert.ok(late / early - 1 <= GROWTH, `memory grew: ${seen}`);
  });
}
