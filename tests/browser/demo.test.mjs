/** The demo page's questions and answers, with screenshots of each state. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openDemo } from "./lib/demo.mjs";
import { realModel, SMOLLM2, tinyFolder } from "./lib/reference.mjs";

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

let demo;
let page;

before(async () => {
  demo = await openDemo({ models: { tiny: tinyFolder("llama_tied"), ...(real ? { [SMOLLM2]: real } : {}) } });
  page = demo.page;
});
after(() => demo.close());

const shot = (...which) => demo.shot(...which);
const shots = (name) => demo.shots(name);
const choose = (name) => page.click(`.choice:has-text("${name}")`);
const load = () => page.click(".picker button[type=submit]");

/** Makes the network slow enough to see the download. */
async function throttle(bytesPerSecond) {
  const session = await demo.browser.context.newCDPSession(page);
  const conditions = { offline: false, latency: 0, downloadThroughput: bytesPerSecond, uploadThroughput: -1 };
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", conditions);
  return session;
}

test("offers the served and the known models, with sizes and licences", async () => {
  const text = await page.textContent(".choices");
  assert.match(text, /SmolLM2-135M-Instruct.*98 MB · Apache-2\.0/);
  assert.match(text, /Qwen2\.5-Coder-0\.5B-Instruct.*491 MB/);
  await shots("picker");
});

test("a broken file shows what is wrong, and the page stays usable", async () => {
  const broken = join(demo.folder, "broken.bin");
  writeFileSync(broken, "GGUF but nothing behind it");
  await page.setInputFiles("input[data-kind=file]", broken);
  await load();
  await page.waitForSelector(".problem");
  const text = await page.textContent(".problem");
  assert.match(text, /corrupt_weights|unsupported_format/);
  await shots("broken");
  assert.ok(await page.isEnabled(".picker button[type=submit]"));
  await page.click(".problem button");
  assert.equal(await page.locator(".problem").count(), 0);
});

test("an address that is wrong shows a network error", async () => {
  await page.fill("#address", `${demo.origin}models/nothing.gguf`);
  await load();
  await page.waitForSelector(".problem");
  assert.match(await page.textContent(".problem"), /network/);
  demo.complaints.length = 0;
});

test("a model without tokenizer loads and says what it lacks", async () => {
  await choose("tiny");
  await load();
  await page.waitForSelector(".loaded");
  assert.match(await page.textContent(".loaded"), /no tokenizer/);
  assert.ok(await page.isDisabled("#question"));
  await page.click("text=Change model");
  await page.waitForSelector(".choice");
});

test("download shows progress, is cancelled and continues", needsReal, async () => {
  const session = await throttle(20_000_000);
  await choose("SmolLM2");
  await load();
  await page.waitForFunction(() => /of 98 MB .*\/s .*left/.test(document.querySelector(".numbers")?.textContent ?? ""));
  await shots("download");
  await page.click(".progress button");
  await page.waitForSelector(".picker");
  assert.equal(await page.locator(".problem").count(), 0);
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
});

test("answers with shaded tokens and shows raw scores with their cost", needsReal, async () => {
  await choose("SmolLM2");
  await load();
  await page.waitForSelector(".loaded");
  assert.equal(await page.evaluate(() => document.activeElement.id), "question");
  // By keyboard alone from here on.
  await page.keyboard.type("What is the capital of France?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".token >> nth=2");
  await shot("streaming", false);
  await page.waitForSelector(".scores");
  assert.match(await page.textContent(".tokens"), /Paris/);
  const table = await page.textContent(".scores");
  for (const name of ["SemGrad", "ParaGrad", "ExGrad", "HybridGrad"]) assert.match(table, new RegExp(name));
  assert.match(table, /not calibrated/);
  assert.match(table, /\d ms/);
  const facts = await page.textContent(".facts");
  assert.match(facts, /CPU/);
  assert.match(facts, /tokens per second/);
  assert.match(facts, /im_start/);
  const shades = await page.$$eval(".token", (tokens) =>
    tokens.map((token) => token.style.getPropertyValue("--shade")),
  );
  assert.ok(new Set(shades).size > 2, "tokens differ in shade");
  await page.focus(".tokens");
  await page.keyboard.press("ArrowRight");
  assert.match(await page.textContent(".inspector"), /probability .* entropy/);
  await shots("answer");
});

test("an answer is stopped in the middle", needsReal, async () => {
  await page.fill("#question", "Tell me a long story about a lighthouse keeper.");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".exchange:nth-child(2) .token >> nth=3");
  await page.click("text=Stop");
  await page.waitForFunction(() => document.querySelector(".exchange:nth-child(2)")?.ariaBusy === null);
  assert.match(await page.textContent(".exchange:nth-child(2)"), /Stopped/);
  assert.equal(await page.locator(".problem").count(), 0);
  await shot("stopped");
});

test("works without a network once loaded", needsReal, async () => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  // The worker takes the page over as soon as it has kept every file.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await demo.browser.context.setOffline(true);
  demo.stopServer();
  await page.reload();
  await page.waitForSelector(".choice:has-text('SmolLM2'):has-text('on this machine')");
  await choose("SmolLM2");
  await load();
  await page.waitForSelector(".loaded");
  await page.fill("#question", "What color is the sky?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".scores");
  await shot("offline");
  demo.complaints.length = 0;
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
