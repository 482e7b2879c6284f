/** The demo page's models, answers and judgments, with screenshots of each state, each without faults for axe. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { KNOWN_MODELS } from "../../pkg/dist/models.js";
import { openDemo } from "./lib/demo.mjs";
import { counts } from "./lib/patience.mjs";
import { realModel, SMOLLM2, tinyFolder } from "./lib/reference.mjs";
import { ROOT } from "./lib/server.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

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
  assert.match(
    text,
    /SmolLM2-135M-Instruct.*right on \d+ of 100 test questions · judges answers of others · 98 MB · Apache-2\.0/,
  );
  assert.match(
    text,
    /Qwen2\.5-Coder-0\.5B-Instruct.*right on \d+ of 100 test questions · cannot judge answers of others · 491 MB/,
  );
  assert.ok((await page.locator(".choice .tag.fits").count()) >= 2);
  await counts(page.locator(".choice .tag:has-text('recommended')"), 1);
  for (const { name, baseUrl } of KNOWN_MODELS) {
    assert.equal(text.includes(name), baseUrl !== null, "what nobody can load is not listed");
  }
  await choose("SmolLM2");
  // 1.4 times the file and 60 MB.
  assert.match(await page.textContent(".fit-note"), /about 198 MB of memory/);
  await shots("picker");
});

test("the keyboard passes the address on its way to the button without choosing it", async () => {
  const chosen = () => page.$eval("input[name=model]:checked", ({ value }) => value);
  await page.focus("input[name=model]:checked");
  const before = await chosen();
  const at = (selector) => page.evaluate((wanted) => document.activeElement.matches(wanted), selector);
  let passed = false;
  for (let presses = 0; presses < 20 && !(await at(".picker button[type=submit]")); presses++) {
    await page.keyboard.press("Tab");
    passed ||= await at("#address");
  }
  assert.ok(passed && (await at(".picker button[type=submit]")));
  assert.equal(await chosen(), before);
  assert.match(await page.textContent(".picker button[type=submit]"), /98 MB/);
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
  assert.match(await page.textContent(".loaded"), /CPU(, \d+ threads)?, because/);
  assert.ok(await page.isDisabled("#question"));
  await page.click("text=Change model");
  await page.waitForSelector(".choice");
});

const chance = async () => {
  const text = await last(".judgement-chance").textContent();
  return Number(/^Of 100 answers like this, about (\d+) are right\.$/.exec(text)?.[1]);
};

test("answers, and says in one unit how far to trust it", needsReal, async () => {
  await choose("SmolLM2");
  await load();
  await page.waitForSelector(".loaded:has-text('calibrated')");
  assert.equal(await page.evaluate(() => document.activeElement.id), "question");
  await shots("ready");
  // By keyboard alone from here on.
  await page.keyboard.type("What is the capital of France?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".said:not(:empty)");
  await demo.shot("streaming", false);
  await page.waitForSelector(".tabbed");
  const said = await page.textContent(".said");
  assert.match(said, /Paris/);
  assert.doesNotMatch(said, /end$|im_end/);

  const path = join(ROOT, "pkg/profiles/SmolLM2-135M-Instruct.json");
  const { thresholds, verdict, fitted } = JSON.parse(readFileSync(path, "utf8")).calibrations[0];
  const shares = fitted.sets.map(({ right, questions }) => right / questions);
  const right = Math.round((100 * shares.reduce((sum, share) => sum + share)) / shares.length);
  const shown = await last(".judgement").innerText();
  assert.match(shown, new RegExp(`This model got ${right} of 100 test questions right`));
  assert.doesNotMatch(shown, /%|log-odds|Grad|conformal/, "nothing that needs a footnote");
  const confidence = Number(await last(".bar-of-100").evaluate((bar) => bar.style.getPropertyValue("--value")));
  assert.equal(await chance(), Math.round(100 * confidence));
  // The color is that of the verdict: an answer that is less likely right than wrong is to be checked, whatever the bound.
  const from = (risk) => thresholds.conformal.find(({ alpha }) => alpha === risk).threshold;
  const [answer, abstain] = [Math.max(from(verdict.answer_risk), 0.5), from(verdict.abstain_risk)];
  const tone = confidence >= answer ? "answer" : confidence < abstain ? "abstain" : "flag";
  assert.equal(await last(".judgement").getAttribute("data-tone"), tone);
  const headlines = { answer: "Probably right", flag: "Check this", abstain: "Do not rely on this" };
  assert.equal(await last(".judgement-verdict").textContent(), headlines[tone]);
  await last(".judgement summary").click();
  assert.match(await last(".judgement details").innerText(), /conformal risk control/);
  await shots("judgement");
});

test("shades words where the doubt lies, in the color of the verdict, and tells about each", needsReal, async () => {
  const tone = await last(".judgement").getAttribute("data-tone");
  assert.equal(await last(".answer-text").getAttribute("data-tone"), tone);
  const shades = await last(".said").evaluate((said) =>
    [...said.querySelectorAll(".word")].map((word) => [
      word.textContent,
      Number(word.style.getPropertyValue("--shade")),
    ]),
  );
  const doubted = shades.filter(([, shade]) => shade > 0).map(([word]) => word);
  if (tone === "answer") assert.deepEqual(doubted, [], "nothing is doubted in an answer that is probably right");
  else assert.equal(Math.max(...shades.map(([, shade]) => shade)), 1);
  for (const word of ["The", "is", "of", "capital", "France"]) assert.ok(!doubted.includes(word), word);
  await last(".said").focus();
  await page.keyboard.press("End");
  const told = await last(".answer-text .inspector").textContent();
  assert.match(told, /^“.+”: .* gave it .*\d+ of 100/);
  // What the recorded model considered beside Paris, told at the word and to those who hear it.
  const note = await last(".word-note").textContent();
  assert.match(note, /^Here the model also considered “\p{L}+…” \(\d+\sof\s100\)/u);
  assert.ok(told.endsWith(note));
  assert.ok(await last(".word-note").isVisible());
  await shots("rivals");
  await page.keyboard.press("Escape");
  assert.ok(!(await last(".word-note").isVisible()));
});

test(
  "shows what moved the judgment from the average, and keeps names and numbers under Details",
  needsReal,
  async () => {
    assert.equal(await tab("Why").getAttribute("aria-selected"), "true");
    const why = await last(".tab-panel:not([hidden])").innerText();
    assert.match(why, /average answer/);
    assert.doesNotMatch(why, /\d|log-odds|Grad/);
    assert.ok((await last(".tab-panel:not([hidden]) .why-bar").count()) >= 2);
    await shots("why");
    await tab("Details").click();
    const details = await last(".details").textContent();
    for (const name of ["SemGrad", "ParaGrad", "ExGrad", "HybridGrad", "Perplexity", "RAUQ", "fDBD", "log-odds"]) {
      assert.match(details, new RegExp(name));
    }
    assert.match(details, /\d ms/);
    const facts = await last(".facts").textContent();
    assert.match(facts, /CPU/);
    assert.match(facts, /tokens per second/);
    assert.match(facts, /Answer the question concisely\. Q: What is the capital of France\?/);
    await shots("scores");
  },
);

test("shades the question by gradient and maps it by layer and token", needsReal, async () => {
  assert.equal(await last(".question").textContent(), "What is the capital of France?");
  const shades = await page.$$eval(".question .word", (words) =>
    words.map((word) => [word.textContent, Number(word.style.getPropertyValue("--shade"))]),
  );
  const moved = shades.filter(([, shade]) => shade > 0);
  assert.deepEqual(moved.map(([word]) => word).sort(), ["France", "capital"]);
  assert.equal(Math.max(...moved.map(([, shade]) => shade)), 1);
  await tab("Question").click();
  assert.match(await page.textContent(".tab-panel:not([hidden])"), /The answer hangs most on “/);
  await last(".tab-panel:not([hidden]) summary").click();
  const labels = await page.$$eval(".map-label", (all) => all.map((label) => label.textContent));
  assert.ok(labels.length < 20 && labels.join("").includes("␣capital"), labels.join(""));
  await counts(page.locator(".map-label.semantic"), 1);
  // Painted, and not all alike.
  await page.waitForFunction(() => {
    const canvas = document.querySelector(".map-plot canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(Array.from({ length: data.length / 4 }, (_, index) => data[4 * index + 3])).size > 10;
  });
  await page.focus(".map-plot");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  assert.match(await page.textContent(".heat-map .inspector"), /^layer 28, token .*: \|g\| = \d/);
  await shots("map");
  await page.check(".tab-panel:not([hidden]) input[type=checkbox]");
  assert.ok((await page.locator(".map-label").count()) > labels.length);
});

test("a question whose letters the vocabulary cuts in halves is shaded too", needsReal, async () => {
  await ask("¿Cuál es la montaña más alta?");
  const shaded = await last(".question").evaluate(
    (question) =>
      [...question.querySelectorAll(".word")].filter((word) => Number(word.style.getPropertyValue("--shade")) > 0)
        .length,
  );
  assert.ok(shaded >= 2, `${shaded} words`);
});

test("where nothing can be said, there is no number and no color", needsReal, async () => {
  await ask("Write a short poem about the sea.");
  assert.equal(await last(".judgement-verdict").textContent(), "No judgment");
  assert.equal(await last(".judgement").getAttribute("data-tone"), "none");
  const text = await last(".judgement").innerText();
  assert.ok(text.length > 40, "it says why");
  assert.doesNotMatch(text, /\d/);
  assert.equal(await last(".bar-of-100, .judgement-chance, [data-tab=why]").count(), 0);
  await shots("no-judgement");
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
  // The sentence beside the verdict says what the groups show.
  const like = await last(".cluster.like .cluster-share").allTextContents();
  const agreeing =
    { 0: /^None of 10 /, 10: /^All 10 / }[Number.parseInt(like[0] ?? "0", 10)] ?? new RegExp(`^${like[0]} `);
  assert.match(await last(".judgement p:has-text('further answers')").textContent(), agreeing);
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
      document.querySelectorAll(".exchange").length > count &&
      document.querySelector(".exchange:last-child .said:not(:empty)"),
    before,
  );
  await page.click("button:has-text('Stop')");
  await page.waitForFunction(() => document.querySelector(".exchange:last-child")?.ariaBusy === null);
  assert.match(await last(".status").textContent(), /Stopped/);
  assert.equal(await page.locator(".problem").count(), 0);
  await page.waitForFunction(() => {
    const [status, box] = [".exchange:last-child .status", ".composer"].map((part) =>
      document.querySelector(part).getBoundingClientRect(),
    );
    return status.bottom <= box.top;
  });
  await demo.shot("stopped", false);
  await limit("32");
});

test("settings outlast a reload, and the last model is one click away", needsReal, async () => {
  await page.check(".chip [data-setting=follow]");
  await page.reload();
  await page.click(".resume button");
  await page.waitForSelector(".loaded:has-text('SmolLM2')");
  assert.ok(await page.isChecked(".chip [data-setting=follow]"));
  assert.equal(await page.inputValue("#length"), "32");
  await page.uncheck(".chip [data-setting=follow]");
});

test("works without a network once loaded", needsReal, async () => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await demo.browser.context.setOffline(true);
  demo.stopServer();
  await page.reload();
  await page.waitForSelector(".choice:has-text('SmolLM2'):has-text('on this machine')");
  await page.click(".resume button");
  await page.waitForSelector(".loaded");
  await ask("What color is the sky?");
  await demo.shot("offline");
  demo.complaints.length = 0;
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
