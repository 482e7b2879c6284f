/** Teaching in Chromium: a tiny model from the first question to an adapter that goes out and comes back, in both threads. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { check, ENDING } from "../../pkg/test/support/teach.mjs";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { openPage, ROOT, startServer } from "./lib/server.mjs";

const TINY = tinyFiles(ENDING);
const SCENARIO = readFileSync(join(ROOT, "pkg/test/support/teach.mjs"));
/** An adapter of it, once there is one, as the folder `/adapter/` and the file `/adapter.gguf`. */
const kept = {};

let server;
let browser;

function files(_request, response, path) {
  const body = path === "/teach.mjs" ? SCENARIO : (kept[path] ?? TINY[/^\/tiny\/([\w.]+)$/.exec(path)?.[1]]);
  if (!body) return false;
  const type = path.endsWith(".mjs") ? "text/javascript" : "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": body.length }).end(body);
  return true;
}

before(async () => {
  server = await startServer({ extra: files });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  server.close();
});

/** The same in the page. */
async function taught(page, options) {
  return page.evaluate(
    async ([names, given]) => {
      const { teach } = await import("/teach.mjs");
      const blobs = {};
      for (const name of names) blobs[name] = await (await fetch(`/tiny/${name}`)).blob();
      return teach(semgrad, blobs, given);
    },
    [Object.keys(TINY), options],
  );
}

test("a model in a worker learns, and one in the page's thread learns the same", async () => {
  const page = await openPage(browser.context, server.origin);
  const inWorker = await taught(page, {});
  check(assert, inWorker);
  const here = await taught(page, { worker: false });
  assert.deepEqual([here.hash, here.lesson], [inWorker.hash, inWorker.lesson]);
  await page.close();
});

test("on WebGPU it learns as on the CPU", async () => {
  const other = await openBrowser({ webgpu: true });
  try {
    const page = await openPage(other.context, server.origin);
    const [gpu, cpu] = [await taught(page, { device: "webgpu" }), await taught(page, { device: "cpu" })];
    check(assert, gpu);
    assert.deepEqual(gpu.lesson.targets, cpu.lesson.targets);
    assert.equal(gpu.steps.length, cpu.steps.length);
    for (const [index, { loss }] of gpu.steps.entries()) {
      const want = cpu.steps[index].loss;
      assert.ok(Math.abs(loss - want) <= 1e-3 * Math.abs(want), `step ${index + 1}: ${loss}, not ${want}`);
    }
  } finally {
    await other.close();
  }
});

test("an adapter comes from an address, is kept, and is checked against a hash", async () => {
  const page = await openPage(browser.context, server.origin);
  const made = await page.evaluate(async (model) => {
    const loaded = await semgrad.load(model);
    const options = { teacher: "none", maxTokens: 4, ordinary: [], checks: 1, training: { epochs: 1, rank: 2 } };
    const { adapter } = await loaded.tune(["Who?", "Why?"], options);
    const bytes = ({ name, bytes: one }) => [name, Array.from(one)];
    const files = [...(await adapter.peft()), { name: "gguf", bytes: await adapter.gguf() }].map(bytes);
    return { hash: adapter.hash, files };
  }, `${server.origin}/tiny/`);
  for (const [name, bytes] of made.files) {
    kept[name === "gguf" ? "/adapter.gguf" : `/adapter/${name}`] = Buffer.from(bytes);
  }
  server.requests.length = 0;
  const load = (adapter) =>
    page.evaluate(
      async ([model, source]) => {
        const loaded = await semgrad.load(model, { adapter: source });
        const { hash } = loaded.info.adapter;
        await loaded.useAdapter(null);
        await loaded.useAdapter(source);
        const { name, code } = await loaded.useAdapter(source, { integrity: "0".repeat(64) }).catch((error) => error);
        return [hash, loaded.info.adapter.hash, name, code];
      },
      [`${server.origin}/tiny/`, adapter],
    );
  const asked = () => server.requests.filter(({ path }) => path.startsWith("/adapter")).length;
  const both = [made.hash, made.hash];
  assert.deepEqual((await load(`${server.origin}/adapter.gguf`)).slice(0, 2), both);
  const once = asked();
  // One hash for a folder of two files says nothing.
  assert.deepEqual(await load(`${server.origin}/adapter/`), [...both, "SemgradError", "bad_input"]);
  assert.ok(once > 0);
  const missing = await page.evaluate(
    ([model, source]) => semgrad.load(model, { adapter: source }).catch(({ code, advice }) => [code, advice]),
    [`${server.origin}/tiny/`, `${server.origin}/nothing/`],
  );
  assert.equal(missing[0], "network");
  assert.match(missing[1], /adapter_config\.json and adapter_model\.safetensors/);
  await page.close();
});
