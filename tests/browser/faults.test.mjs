/**
 * What may go wrong around a tab: it is closed in the middle, another one does the same, storage is full, emptied or damaged, the
 * machine sleeps. Nothing wrong is answered, and what can go on does.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { until } from "./lib/patience.mjs";
import { openPage, startServer } from "./lib/server.mjs";

const TINY = tinyFiles();
const WEIGHTS = TINY["model.safetensors"];
const HALF = Math.floor(WEIGHTS.length / 2);
const SHA256 = createHash("sha256").update(WEIGHTS).digest("hex");

let server;
let browser;
let page;
/** Where the weights stop coming until `release` is called; null lets them through. */
let stop = null;
let release = () => {};

function files(request, response, path) {
  const name = /^\/tiny\/([\w.]+)$/.exec(path)?.[1];
  const body = TINY[name];
  if (!body) return false;
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const rest = body.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-length": rest.length,
    "content-range": `bytes ${from}-${body.length - 1}/${body.length}`,
    etag: '"tiny"',
  });
  if (name !== "model.safetensors" || stop === null || from >= stop) {
    response.end(rest);
    return true;
  }
  // Progress is told by the tenth of a second.
  response.write(rest.subarray(0, 1000));
  setTimeout(() => response.write(rest.subarray(1000, stop - from)), 200);
  release = () => response.end(rest.subarray(stop - from));
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
beforeEach(async () => {
  stop = null;
  await page?.close();
  page = await openPage(browser.context, server.origin);
  await page.evaluate(() => semgrad.cache.remove("*"));
  server.requests.length = 0;
});

const another = () => openPage(browser.context, server.origin);
const ofWeights = () =>
  server.requests.filter(({ path }) => path === "/tiny/model.safetensors").map(({ range }) => range);

/** In a page: loads, and gives an answer with its scores; an error as its code, with what it says. */
const answer = (tab, more = {}) =>
  tab.evaluate(async (options) => {
    try {
      const model = await semgrad.load("/tiny/", { device: "cpu", profile: null, ...options });
      const { text, scores } = await model.ask("Why?", { maxTokens: 6, methods: ["semgrad", "gnll"] });
      model.dispose();
      return { text, scores: Object.values(scores).map(({ score }) => score) };
    } catch (error) {
      return error.toJSON?.() ?? String(error);
    }
  }, more);

/** What is right, of a model that nothing happened to. */
let right;

test("nothing happens", async () => {
  right = await answer(page, { cache: "none" });
  assert.ok(right.text.length > 0 && right.scores.every(Number.isFinite), JSON.stringify(right));
});

test("a tab is closed in the middle of a download: the next one goes on where it stopped", async () => {
  stop = HALF;
  await page.evaluate(() => void semgrad.load("/tiny/", { device: "cpu" }).catch(() => {}));
  await page.evaluate(
    ([url, bytes]) => globalThis.stored(url, bytes),
    [`${server.origin}/tiny/model.safetensors`, HALF],
  );
  await page.close();
  stop = null;
  page = await another();
  assert.deepEqual(await answer(page), right);
  assert.deepEqual(ofWeights(), [null, `bytes=${HALF}-`]);
  const [weights] = await page.evaluate(async () =>
    (await semgrad.cache.list()).filter(({ name }) => name === "model.safetensors"),
  );
  assert.deepEqual([weights.complete, weights.sha256], [true, SHA256]);
});

test("a tab is closed in the middle of an answer: the next one answers from what is kept", async () => {
  await page.evaluate(async () => {
    const model = await semgrad.load("/tiny/", { device: "cpu", profile: null });
    await new Promise((resolve) => {
      void model.ask("Why?", { maxTokens: 500, methods: ["semgrad"], onToken: resolve });
    });
  });
  await page.close();
  server.requests.length = 0;
  page = await another();
  assert.deepEqual(await answer(page), right);
  assert.deepEqual(ofWeights(), []);
});

test("two tabs load and answer at once: one downloads, and both are right", async () => {
  const other = await another();
  stop = HALF;
  const both = Promise.all([answer(page), answer(other)]);
  await until(() => ofWeights().length > 0, "one of them asks for the weights");
  await page.waitForTimeout(300);
  release();
  assert.deepEqual(await both, [right, right]);
  assert.deepEqual(ofWeights(), [null]);
  await other.close();
});

test("the tab that downloads is closed while another one waits: that one goes on", async () => {
  const other = await another();
  stop = HALF;
  await page.evaluate(() => void semgrad.load("/tiny/", { device: "cpu" }).catch(() => {}));
  const url = `${server.origin}/tiny/model.safetensors`;
  await page.evaluate(([address, bytes]) => globalThis.stored(address, bytes), [url, HALF]);
  const waiting = answer(other);
  await page.waitForTimeout(300);
  stop = null;
  await page.close();
  assert.deepEqual(await waiting, right);
  assert.deepEqual(ofWeights(), [null, `bytes=${HALF}-`]);
  page = other;
});

const quota = async (bytes) => {
  const session = await browser.context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", {
    origin: server.origin,
    ...(bytes === null ? {} : { quotaSize: bytes }),
  });
};

for (const cache of ["opfs", "cache-api"]) {
  test(`storage is full: the error says how much is missing, and there is room again afterwards (${cache})`, async () => {
    await quota(100_000);
    const full = await answer(page, { cache });
    assert.equal(full.code, "quota_exceeded", JSON.stringify(full));
    assert.match(full.message, /needs [1-9]\d* (kB|bytes)|storage is full/);
    assert.match(full.advice, /[Ff]ree .*space/);
    assert.deepEqual(await answer(page, { cache: "none" }), right);
    await quota(null);
    assert.deepEqual(await answer(page, { cache }), right);
  });
}

test("storage is emptied by the browser: what is loaded goes on, and the next load downloads again", async () => {
  await page.evaluate(async () => {
    globalThis.model = await semgrad.load("/tiny/", { device: "cpu", profile: null });
  });
  const session = await browser.context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: server.origin, storageTypes: "all" });
  const going = await page.evaluate(async () => (await globalThis.model.ask("Why?", { maxTokens: 6 })).text);
  assert.equal(going, right.text);
  server.requests.length = 0;
  assert.deepEqual(await answer(page), right);
  assert.deepEqual(ofWeights(), [null]);
});

/** Changes what is kept of the weights. */
const damage = (cache, how) =>
  page.evaluate(
    async ([place, kind]) => {
      const { key } = (await semgrad.cache.list()).find(({ name }) => name === "model.safetensors");
      const changed = (bytes) => {
        if (kind === "flipped") bytes[bytes.length - 100] ^= 0x40;
        return kind === "cut" ? bytes.subarray(0, 1000) : bytes;
      };
      if (place === "cache-api") {
        const shelf = await caches.open("semgrad-models");
        const url = (await shelf.keys()).find((request) => request.url.endsWith(`${key}/0`)).url;
        const bytes = new Uint8Array(await (await shelf.match(url)).arrayBuffer());
        if (kind === "gone") await shelf.delete(url);
        else await shelf.put(url, new Response(changed(bytes)));
        return;
      }
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("semgrad");
      const write = async (name, content) => {
        const stream = await (await folder.getFileHandle(name)).createWritable();
        await stream.write(content);
        await stream.close();
      };
      const bytes = new Uint8Array(await (await (await folder.getFileHandle(key)).getFile()).arrayBuffer());
      if (kind === "gone") await folder.removeEntry(key);
      else if (kind === "card") await write(`${key}.json`, '{"name": "model.saf');
      else await write(key, changed(bytes));
    },
    [cache, how],
  );

for (const [cache, hows] of Object.entries({
  opfs: ["cut", "gone", "card", "flipped"],
  "cache-api": ["cut", "gone", "flipped"],
})) {
  test(`what is kept is damaged (${cache}): it is downloaded again, and the answer is right`, async () => {
    assert.deepEqual(await answer(page, { cache }), right);
    for (const how of hows) {
      await damage(cache, how);
      server.requests.length = 0;
      assert.deepEqual(await answer(page, { cache }), right, how);
      assert.equal(ofWeights().length, 1, how);
      server.requests.length = 0;
      assert.deepEqual(await answer(page, { cache }), right, how);
      assert.deepEqual(ofWeights(), [], how);
    }
  });
}

test("the machine sleeps in the middle of a download: speed and time left are sane, and it goes on", async () => {
  stop = HALF;
  const seen = page.evaluate(async () => {
    const now = performance.now.bind(performance);
    const [date, { setTimeout }] = [Date.now, globalThis];
    let slept = 0;
    performance.now = () => now() + slept;
    Date.now = () => date() + slept;
    const progress = [];
    const onProgress = (event) => {
      if (event.phase !== "download" || event.file !== "model.safetensors") return;
      progress.push(event);
    };
    // In this thread, where the clock is the test's own.
    const options = { device: "cpu", worker: false, profile: null, onProgress };
    const loading = semgrad.load("/tiny/", options);
    while (!progress.some(({ loaded }) => loaded > 0)) await new Promise((resolve) => setTimeout(resolve, 20));
    // Eight hours, and the clock was set back by a day meanwhile.
    slept = 8 * 3_600_000;
    Date.now = () => date() - 24 * 3_600_000;
    globalThis.awake = true;
    const model = await loading;
    const { text, ms } = await model.ask("Why?", { maxTokens: 6, methods: ["semgrad", "gnll"] });
    return { progress, text, ms };
  });
  await page.waitForFunction(() => globalThis.awake);
  release();
  const { progress, text, ms } = await seen;
  assert.equal(text, right.text);
  for (const { bytesPerSecond, loaded, total } of progress) {
    assert.ok(Number.isFinite(bytesPerSecond) && bytesPerSecond >= 0, JSON.stringify(progress));
    assert.ok(loaded <= total);
  }
  const last = progress.at(-1);
  assert.equal(last.loaded, WEIGHTS.length);
  for (const took of Object.values(ms)) {
    if (typeof took === "number") assert.ok(took >= 0 && took < 3_600_000, JSON.stringify(ms));
  }
});
