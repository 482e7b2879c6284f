/** The demo page's questions and answers, with screenshots of each state, each without faults for axe. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openDemo } from "./lib/demo.mjs";
import { realModel, SMOLLM2, tinyFolder } from "./lib/reference.mjs";
import { ROOT } from "./lib/server.mjs";

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

let demo;
let page;

before(async () => {
  demo = await openDemo({ models: { tiny: tinyFolder("llama_tied"), ...(real ? { [SMOLLM2]: real } : {}) } });
  page = demo.page;
});
after(() => demo.close());

const shots = (name) => demo.shots(name);
const choose = (name) => page.click(`.choice:has-text("${name}")`);
const load = () => page.click(".picker button[type=submit]");
const tab = (name) => page.locator(".exchange").last().locator(`[role=tab]:has-text("${name}")`);
const last = (selector) => page.locator(".exchange").last().locator(selector);

/** Types a question as a user does, and waits for its evidence. */
async function ask(question) {
  await page.fill("#question", question);
  await page.keyboard.press("Enter");
  await last(".question").getByText(question).waitFor();
  await last(".tabbed").waitFor();
}

test("offers the served and the known models, with sizes, licences and whether they fit", async () => {
  const text = await page.textContent(".choices");
  assert.match(text, /SmolLM2-135M-Instruct.*98 MB · Apache-2\.0/);
  assert.match(text, /Qwen2\.5-Coder-0\.5B-Instruct.*491 MB/);
  assert.ok((await page.locator(".choice .tag.fits").count()) >= 2);
  await choose("SmolLM2");
  // 1.4 times the file and 60 MB.
  assert.match(await page.textContent(".fit-note"), /about 198 MB of memory/);
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

test("a graphics card that is asked for and not there is named", async () => {
  await choose("tiny");
  await page.click(".segments label:has-text('WebGPU')");
  await load();
  await page.waitForSelector(".problem");
  assert.match(await page.textContent(".problem"), /no_webgpu/);
  await page.click(".segments label:has-text('Auto')");
});

test("a model without tokenizer loads and says what it lacks", async () => {
  await choose("tiny");
  await load();
  await page.waitForSelector(".loaded");
  assert.match(await page.textContent(".loaded"), /no tokenizer/);
  // Asked to choose by itself, it took the CPU and says why.
  assert.match(await page.textContent(".loaded"), /CPU, because/);
  assert.ok(await page.isDisabled("#question"));
  await page.click("text=Change model");
  await page.waitForSelector(".choice");
});

test(
  "answers with shaded tokens, honest words in place of a confidence, and raw scores with their cost",
  needsReal,
  async () => {
    await choose("SmolLM2");
    await load();
    await page.waitForSelector(".loaded");
    assert.equal(await page.evaluate(() => document.activeElement.id), "question");
    await shots("ready");
    assert.ok(await page.isChecked(".chip [data-setting=short]"));
    // By keyboard alone from here on.
    await page.keyboard.type("What is the capital of France?");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".token >> nth=2");
    await demo.shot("streaming", false);
    await page.waitForSelector(".tabbed");
    assert.match(await page.textContent(".tokens"), /Paris/);
    const shades = await page.$$eval(".token", (tokens) =>
      tokens.map((token) => token.style.getPropertyValue("--shade")),
    );
    assert.ok(new Set(shades).size > 2, "tokens differ in shade");
    await page.focus(".tokens");
    await page.keyboard.press("ArrowRight");
    assert.match(await page.textContent(".answer-text .inspector"), /probability .* entropy/);

    await tab("Scores").click();
    const table = await page.textContent(".scores");
    for (const name of ["SemGrad", "ParaGrad", "ExGrad", "HybridGrad", "Perplexity", "RAUQ", "fDBD"]) {
      assert.match(table, new RegExp(name));
    }
    assert.match(table, /\d ms/);
    assert.equal(await page.locator(".scores .waiting").count(), 0);
    await shots("scores");
    await tab("Details").click();
    const facts = await page.textContent(".facts");
    assert.match(facts, /CPU/);
    assert.match(facts, /tokens per second/);
    assert.match(facts, /Answer the question concisely\. Q: What is the capital of France\?/);
  },
);

test("a shipped calibration gives a confidence, and shows where its verdict changes", needsReal, async () => {
  const path = join(ROOT, "pkg/profiles/SmolLM2-135M-Instruct.json");
  const { thresholds, verdict } = JSON.parse(readFileSync(path, "utf8")).calibrations[0];
  const from = (risk) => thresholds.conformal.find(({ alpha }) => alpha === risk).threshold;
  // An answer that is less likely right than wrong is flagged, whatever the bound.
  const wanted = { answer: Math.max(from(verdict.answer_risk), 0.5), abstain: from(verdict.abstain_risk) };
  assert.ok(await page.textContent(".loaded:has-text('calibrated')"));
  const shown = await page.$eval(".exchange .meter", (meter) => ({
    verdict: meter.parentElement.dataset.verdict,
    confidence: Number(meter.ariaValueNow),
    lines: [...meter.querySelectorAll(".meter-line")].map((line) => {
      const [at, from] = [line.getBoundingClientRect(), meter.getBoundingClientRect()];
      return [line.dataset.line, Number(line.style.getPropertyValue("--at")), (at.x - from.x) / from.width];
    }),
  }));
  assert.deepEqual(Object.fromEntries(shown.lines), wanted);
  for (const [name, at, drawn] of shown.lines) assert.ok(Math.abs(drawn - at) < 0.005, `${name}: ${drawn}`);
  const { confidence } = shown;
  const flagged = confidence < wanted.abstain ? "abstain" : "flag";
  assert.equal(shown.verdict, confidence >= wanted.answer ? "answer" : flagged);
  const percent = (value) => `${value < 0.1 ? (100 * value).toFixed(1) : Math.round(100 * value)} %`;
  const scale = `From ${percent(wanted.abstain)} on: check it. From ${percent(wanted.answer)} on: more likely right than wrong.`;
  assert.equal(await page.textContent(".meter-scale"), scale);
  await tab("Why").click();
  await shots("confidence-shipped");
});

test("shades the question by gradient and maps it by layer and token", needsReal, async () => {
  const shades = await page.$$eval(".question .word", (words) =>
    words.map((word) => [word.textContent.trim(), Number(word.style.getPropertyValue("--shade"))]),
  );
  // The question and nothing of what was put before it.
  assert.equal(shades.map(([text]) => text).join(" "), "What is the capital of France?");
  assert.equal(Math.max(...shades.map(([, shade]) => shade)), 1);
  assert.ok(shades.every(([, shade]) => shade > 0));
  await tab("Question").click();
  assert.match(await page.textContent(".tab-panel:not([hidden])"), /The answer hangs most on “/);
  const labels = await page.$$eval(".map-label", (all) => all.map((label) => label.textContent));
  assert.ok(labels.length < 20 && labels.join("").includes("␣capital"), labels.join(""));
  assert.equal(await page.locator(".map-label.semantic").count(), 1);
  // Painted, and not all alike.
  const colors = await page.$eval(".map-plot canvas", (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(Array.from({ length: data.length / 4 }, (_, index) => data[4 * index + 3])).size;
  });
  assert.ok(colors > 10, `${colors} shades`);
  await page.focus(".map-plot");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  assert.match(await page.textContent(".heat-map .inspector"), /^layer 28, token .*: \|g\| = \d/);
  await shots("map");
  await page.check(".tab-panel:not([hidden]) input[type=checkbox]");
  assert.ok((await page.locator(".map-label").count()) > labels.length);
});

test("asks ten times and groups what means the same", needsReal, async () => {
  await page.click("button:has-text('Settings')");
  await page.waitForSelector("#settings:popover-open");
  await shots("settings");
  await page.selectOption("#length", "32");
  await page.keyboard.press("Escape");
  await page.check(".chip [data-setting=samples]");
  assert.ok(await page.isChecked("#settings [data-setting=samples]"), "both switches are one");
  await ask("What is 2 + 2?");
  assert.equal(await tab("Ten answers").getAttribute("aria-selected"), "true");
  const shares = await last(".cluster-share").allTextContents();
  const counts = shares.map((share) => Number(/^(\d+) of 10$/.exec(share)?.[1]));
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    10,
  );
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => b - a),
  );
  await shots("samples");
  await tab("Scores").click();
  const meanings = await last(".scores tr:has-text('Number of meanings') .value").first().textContent();
  assert.equal(Number(meanings), counts.length, "the page groups as the package does");
  await page.uncheck(".chip [data-setting=samples]");
});

/** How many tokens an answer may have. */
async function limit(tokens) {
  await page.click("button:has-text('Settings')");
  await page.waitForSelector("#settings:popover-open");
  await page.selectOption("#length", tokens);
  await page.keyboard.press("Escape");
}

test("an answer is stopped in the middle", needsReal, async () => {
  // So long that it is not over before somebody stops it.
  await limit("256");
  const before = await page.locator(".exchange").count();
  await page.fill("#question", "Tell me a long story about a lighthouse keeper.");
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll(".exchange").length > count && document.querySelector(".exchange:last-child .token"),
    before,
  );
  await page.click("button:has-text('Stop')");
  await page.waitForFunction(() => document.querySelector(".exchange:last-child")?.ariaBusy === null);
  assert.match(await last(".status").textContent(), /Stopped/);
  assert.equal(await page.locator(".problem").count(), 0);
  await demo.shot("stopped");
  await limit("32");
});

test("settings outlast a reload", needsReal, async () => {
  await page.uncheck(".chip [data-setting=short]");
  await page.reload();
  await page.waitForSelector(".choice");
  await choose("SmolLM2");
  await load();
  await page.waitForSelector(".loaded");
  assert.ok(!(await page.isChecked(".chip [data-setting=short]")));
  assert.equal(await page.inputValue("#length"), "32");
  await page.check(".chip [data-setting=short]");
});

test("works without a network once loaded", needsReal, async () => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await demo.browser.context.setOffline(true);
  demo.stopServer();
  await page.reload();
  await page.waitForSelector(".choice:has-text('SmolLM2'):has-text('on this machine')");
  await choose("SmolLM2");
  await load();
  await page.waitForSelector(".loaded");
  await ask("What color is the sky?");
  await demo.shot("offline");
  demo.complaints.length = 0;
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
