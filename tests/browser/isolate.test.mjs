/** Threads where the server sends no headers: the demo's service worker, and the one that the documents show. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import sirv from "sirv";
import { openBrowser } from "./lib/chromium.mjs";
import { go, openDemo } from "./lib/demo.mjs";
import { until } from "./lib/patience.mjs";
import { realModel, SMOLLM2, tinyFolder } from "./lib/reference.mjs";
import { ROOT, startServer } from "./lib/server.mjs";

const TINY = tinyFolder("llama_tied");
const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };
const NEXT = /several threads when the page is opened again/;

/** The demo page on a host that sends no headers, with how often it was opened. */
async function openPlain(context, options = {}) {
  let opened;
  const demo = await openDemo({
    models: { tiny: TINY },
    headers: false,
    ...options,
    before(given) {
      opened = countOpened(given.page);
      options.before?.(given);
    },
  });
  context.after(demo.close);
  return { ...demo, opened };
}

/** How often a page was opened so far. */
function countOpened(page) {
  let opened = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) opened += 1;
  });
  return () => opened;
}

const isIsolated = (page) => page.evaluate(() => crossOriginIsolated);
const inControl = (page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

/** Loads a model as a user does; gives what the page says about it. */
async function load(page, name = "tiny") {
  await page.click(`.choice:has-text('${name}')`);
  await page.click(".picker button[type=submit]");
  await page.waitForSelector(".loaded");
  return page.textContent(".loaded");
}

/** Whether the model's worker asked for the file whose memory threads share. */
async function asksForThreads(page) {
  await go(page, "This machine");
  await page.click(".network summary");
  const rows = await page.$$eval(".requests tbody tr", (all) => all.map((row) => row.textContent));
  return rows.some((row) => /semgrad_threaded_bg.*\.wasm.*worker/.test(row));
}

test("the demo opens itself again at once, one time, and is isolated", async (context) => {
  const { page, opened, complaints, ...demo } = await openPlain(context);
  await page.waitForFunction(() => crossOriginIsolated);
  await page.waitForSelector(".choice");
  assert.equal(opened(), 2);
  assert.doesNotMatch(await load(page), NEXT);
  assert.ok(await asksForThreads(page), "the worker has one thread");
  // The next visit is isolated from the start.
  await page.reload();
  assert.ok(await isIsolated(page));
  assert.equal(opened(), 3);
  // What a browser forgets comes again, but the page is not opened again once more.
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).unregister());
  await page.reload();
  await inControl(page);
  assert.equal(await isIsolated(page), false);
  await go(page, "Ask");
  await load(page);
  assert.equal(opened(), 4);
  assert.deepEqual(complaints, []);
  assert.deepEqual(demo.foreign, []);
});

test("who has touched the page keeps it, on one thread until the next visit", async (context) => {
  let release;
  const { page, opened, complaints } = await openPlain(context, {
    before({ network }) {
      release = network.hold(/semgrad_bg.*wasm$/);
    },
  });
  await page.keyboard.press("Tab");
  await page.evaluate(() => {
    globalThis.kept = true;
  });
  release();
  await inControl(page);
  const facts = await load(page);
  assert.match(facts, /CPU/);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  assert.equal(NEXT.test(facts), cores > 1);
  assert.equal(await asksForThreads(page), false);
  assert.ok(await page.evaluate(() => globalThis.kept === true));
  assert.equal(opened(), 1);
  await page.reload();
  assert.ok(await isIsolated(page));
  assert.deepEqual(complaints, []);
});

test("a load that somebody has begun is not lost to it", async (context) => {
  let release;
  const { page, opened } = await openPlain(context, {
    before({ network }) {
      release = network.hold(/semgrad_bg.*wasm$/);
    },
  });
  // As programs that read pages to people do it: nothing but the click.
  await page.$eval(".choice:has-text('tiny') input", (choice) => choice.click());
  await page.$eval(".picker button[type=submit]", (button) => button.click());
  await page.waitForSelector(".progress");
  release();
  await page.waitForSelector(".loaded");
  assert.equal(await isIsolated(page), false);
  assert.equal(opened(), 1);
});

test("the address switches it off", async (context) => {
  const { page, opened, origin } = await openPlain(context, { query: "?isolate=off" });
  await inControl(page);
  await page.reload();
  await page.waitForSelector(".choice");
  assert.equal(await isIsolated(page), false, "the service worker leaves its headers out");
  assert.doesNotMatch(await load(page), NEXT);
  assert.equal(opened(), 2);
  await page.goto(origin);
  assert.ok(await isIsolated(page));
});

test("without service workers everything works on one thread", needsReal, async (context) => {
  const blocked = { models: { [SMOLLM2]: real }, context: { serviceWorkers: "block" } };
  const { page, opened, complaints } = await openPlain(context, blocked);
  const facts = await load(page, "SmolLM2");
  assert.match(facts, /CPU/);
  assert.doesNotMatch(facts, /threads/);
  await page.fill("#question", "What is the capital of Italy?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".exchange .tabbed");
  assert.equal(await isIsolated(page), false);
  assert.equal(opened(), 1);
  assert.deepEqual(complaints, []);
});

test("an isolated page loads models of hosts that send nothing but CORS", async (context) => {
  const files = sirv(TINY, { dev: true });
  const other = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    files(request, response, () => response.writeHead(404).end());
  });
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  context.after(() => {
    other.close();
    other.closeAllConnections();
  });
  const { page, complaints } = await openPlain(context);
  await page.waitForFunction(() => crossOriginIsolated);
  await page.fill("#address", `http://127.0.0.1:${other.address().port}/`);
  await page.click(".picker button[type=submit]");
  await page.click(".host-question button:has-text('Allow')");
  await page.waitForSelector(".loaded");
  assert.ok(await isIsolated(page));
  assert.ok(await asksForThreads(page));
  assert.deepEqual(complaints, []);
});

/** The scripts that a document shows. */
function shown(document) {
  const text = readFileSync(join(ROOT, "www/docs", document), "utf8");
  return [...text.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
}

test("the documents' service worker isolates a page, and lets downloads pass", async (context) => {
  const [worker, script] = shown("threads.md");
  const js = { "content-type": "text/javascript" };
  const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">${script}</script>
<script type="module">import * as semgrad from "/pkg/index.js"; globalThis.semgrad = semgrad;</script>`;
  /** A download that stands still after its first half until somebody lets it go on. */
  let finish;
  const server = await startServer({
    model: TINY,
    extra(_, response, path) {
      if (path === "/") response.writeHead(200, { "content-type": "text/html" }).end(page);
      else if (path === "/isolate.js") response.writeHead(200, js).end(worker);
      else if (path === "/slow") {
        response.writeHead(200).write("half");
        finish = () => response.end("half");
      } else return false;
      return true;
    },
  });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const tab = await browser.context.newPage();
  const opened = countOpened(tab);
  await tab.goto(server.origin);
  await until(() => tab.evaluate(() => crossOriginIsolated).catch(() => false), "isolated");
  await tab.waitForFunction(() => globalThis.semgrad !== undefined);
  const threads = await tab.evaluate(async (url) => {
    const model = await semgrad.load(url, { device: "cpu", threads: 2 });
    const { threads } = model.info;
    model.dispose();
    return threads;
  }, server.modelUrl);
  assert.equal(threads, 2);
  const first = await tab.evaluate(async () => {
    const reader = (await fetch("/slow")).body.getReader();
    return new TextDecoder().decode((await reader.read()).value);
  });
  assert.equal(first, "half", "what has come is there before the rest");
  finish();
  const part = await tab.evaluate(async (url) => {
    const response = await fetch(`${url}config.json`, { headers: { range: "bytes=1-3" } });
    return [response.status, (await response.text()).length];
  }, server.modelUrl);
  assert.deepEqual(part, [206, 3]);
  assert.equal(opened(), 2);
});
