/** What the demo page asks of the network, and what it may: lost connections, full storage, other hosts, and silence. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import sirv from "sirv";
import { go, openDemo } from "./lib/demo.mjs";
import { realModel, SMOLLM2, tinyFolder } from "./lib/reference.mjs";
import { ROOT } from "./lib/server.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

let demo;
let page;
/** A server of the user's own, elsewhere. */
let other;

before(async () => {
  other = createServer();
  const files = sirv(tinyFolder("llama_tied"), { dev: true });
  other.on("request", (request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    files(request, response, () => response.writeHead(404).end());
  });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  const models = { tiny: tinyFolder("llama_tied"), ...(real ? { [SMOLLM2]: real } : {}) };
  demo = await openDemo({ models, networkLog: true });
  page = demo.page;
});
after(async () => {
  other.close();
  other.closeAllConnections();
  await demo.close();
});

const load = () => page.click(".picker button[type=submit]");
/** The browser looks for a newer service worker by itself, at a time of its own; the page says so. */
const notUpdate = ({ url }) => new URL(url, demo.origin).href !== `${demo.origin}sw.js`;
const quota = async (bytes) => {
  const session = await demo.browser.context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", {
    origin: new URL(demo.origin).origin,
    ...(bytes === null ? {} : { quotaSize: bytes }),
  });
};

test("the browser enforces the policy on the page", async () => {
  const blocked = await page.evaluate(async () => {
    const violated = new Promise((done) => {
      document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
    });
    await fetch("https://example.org/").catch(() => undefined);
    return violated;
  });
  assert.equal(blocked, "connect-src");
  const inline = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.injected = true";
    document.head.append(script);
    return globalThis.injected === undefined;
  });
  assert.ok(inline, "an inline script ran");
  demo.complaints.length = 0;
  demo.foreign.length = 0;
});

test("another host is asked about, then allowed, used, and taken back", async () => {
  const host = `127.0.0.1:${other.address().port}`;
  await page.fill("#address", `http://${host}/`);
  await load();
  await page.waitForSelector(".host-question h3");
  assert.match(await page.textContent(".host-question"), new RegExp(`${host} is not on this page's list`));
  await demo.shots("host");
  assert.equal(demo.foreign.length, 0, "nothing was asked of it yet");
  await page.click(`text=Allow ${host} and load`);
  // The page reloads with the wider rule and goes on by itself.
  await page.waitForSelector(".loaded");
  assert.ok(demo.foreign.length > 0 && demo.foreign.every((url) => url.startsWith(`http://${host}/`)));
  demo.foreign.length = 0;
  await go(page, "This machine");
  await page.click(`button[aria-label="Take http://${host} back"]`);
  await page.waitForSelector("nav a");
  await page.waitForFunction(
    (origin) => !document.querySelector("meta[http-equiv]").content.includes(origin),
    `http://${host}`,
  );
  await go(page, "Ask");
  await page.waitForSelector(".choice");
});

test("storage that runs full is said, and what to do about it", needsReal, async () => {
  // The browser tells pages a round figure, whatever it grants: only writing shows.
  await quota(50_000_000);
  await page.click(".choice:has-text('SmolLM2')");
  await load();
  await page.waitForSelector(".problem");
  assert.match(await page.textContent(".problem"), /quota_exceeded/);
  await demo.shots("quota");
  await page.click(".problem button");
  await quota(null);
  demo.complaints.length = 0;
});

test("a download that loses its network says so, and continues where it stopped", needsReal, async () => {
  await page.reload();
  await page.waitForSelector(".choice:has-text('SmolLM2')");
  await page.click(".choice:has-text('SmolLM2')");
  // So slow that it is never through before it is lost.
  demo.network.slow(50_000);
  await load();
  await page.waitForFunction(() => /of 98 MB .*\/s .*left/.test(document.querySelector(".numbers")?.textContent ?? ""));
  await demo.shots("download");
  demo.network.lose();
  await page.waitForSelector(".problem");
  assert.match(await page.textContent(".problem"), /network/);
  demo.network.slow(Number.POSITIVE_INFINITY);
  demo.network.regain();
  // What is here already is shown, and taken off what is to come.
  await page.waitForSelector(".choice:has-text('SmolLM2'):has-text('already here')");
  assert.match(await page.textContent(".picker button[type=submit]"), /remaining \d+ MB/);
  demo.network.requests.length = 0;
  await page.click(".choice:has-text('SmolLM2')");
  await load();
  await page.waitForSelector(".loaded");
  const [download] = demo.network.requests.filter(({ url }) => url.endsWith(".gguf"));
  assert.match(download.range, /^bytes=[1-9]\d+-$/);
  demo.complaints.length = 0;
});

test("after loading nothing is asked of anybody, by the browser's own log", needsReal, async () => {
  await page.waitForSelector(".proof:has-text('0 requests since loading')");
  const loaded = Date.now();
  demo.network.requests.length = 0;
  await page.fill("#question", "What is the capital of Italy?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".tabbed");
  await go(page, "This machine");
  await page.waitForSelector(".models-kept");
  assert.match(await page.textContent(".headline"), /No request since the model was loaded/);
  await page.click(".network summary");
  const rows = await page.$$eval(".requests tbody tr", (all) => all.map((row) => row.textContent));
  assert.match(rows[0], /model loaded/);
  // The worker's requests are there, not only the page's.
  assert.ok(
    rows.some((row) => /\.gguf.*worker.*network/.test(row)),
    rows.join("\n"),
  );
  // The module was kept when a model first needed it.
  assert.ok(rows.some((row) => /\.wasm.*worker.*this machine/.test(row)));
  const modules = await page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("semgrad-page-"));
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    const files = kept.flat().map(({ url }) => url.slice(url.lastIndexOf("/") + 1));
    return files.filter((name) => /^semgrad_(threaded_)?bg.*\.wasm$/.test(name));
  });
  assert.equal(modules.length, 1, `with threads or without, the one that was used: ${modules}`);
  await demo.shots("machine");
  assert.deepEqual(demo.network.requests.filter(notUpdate), []);
  assert.deepEqual(
    (await demo.fetchedAfter(loaded)).filter((url) => notUpdate({ url })),
    [],
  );
  const before = await demo.fetchedAfter(0);
  assert.ok(
    before.some((url) => url.endsWith(".gguf")),
    "the log holds what came before, the worker's requests as well",
  );
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});

test("a newer version waits until the user takes it, and fetches only what changed", async () => {
  const root = mkdtempSync(join(tmpdir(), "semgrad-page-"));
  cpSync(join(ROOT, "www/demo/dist"), root, { recursive: true });
  const own = await openDemo({ root });
  try {
    await own.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const change = (name, from, to) => {
      const path = join(root, name);
      const text = readFileSync(path, "utf8");
      assert.ok(from.test(text), `${name} has no ${from}`);
      writeFileSync(path, text.replace(from, to));
    };
    change("index.html", /<title>semgrad/, "<title>newer");
    change("sw.js", /const VERSION = "\w+"/, 'const VERSION = "newer"');
    own.network.requests.length = 0;
    await own.page.reload();
    await own.page.waitForSelector(".banner:has-text('newer version')");
    // Large files whose names say their content are not fetched again.
    const fetched = own.network.requests.map(({ url }) => url);
    assert.ok(fetched.some((url) => url.endsWith("index.html")) && !fetched.some((url) => url.endsWith(".wasm")));
    const keptTitle = () =>
      own.page.evaluate(async () => (await (await fetch("./index.html")).text()).includes("newer"));
    assert.equal(await keptTitle(), false, "the open page keeps its files");
    await Promise.all([own.page.waitForEvent("load"), own.page.click(".banner button")]);
    await own.page.waitForSelector(".choice");
    assert.equal(await keptTitle(), true);
    assert.equal(await own.page.locator(".banner:visible").count(), 0);
    assert.deepEqual(own.complaints, []);
  } finally {
    await own.close();
    rmSync(root, { recursive: true, force: true });
  }
});
