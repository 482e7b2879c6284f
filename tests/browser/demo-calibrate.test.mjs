/** The demo page's view that calibrates: from pasted questions to a confidence beside an answer, and back from a file. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { go, openDemo } from "./lib/demo.mjs";
import { counts } from "./lib/patience.mjs";
import { realModel, SMOLLM2 } from "./lib/reference.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

let demo;
let page;
/** The file that the page wrote. */
let file;

before(async () => {
  demo = await openDemo({ models: real ? { [SMOLLM2]: real } : {} });
  page = demo.page;
});
after(() => demo.close());

const view = (name) => go(page, name);
const state = () => page.textContent(".run .note[role=status]");
const answered = (count) =>
  page.waitForFunction(
    (wanted) => Number(/(\d+) of/.exec(document.querySelector(".run .note[role=status]").textContent)?.[1]) >= wanted,
    count,
  );

async function load() {
  await page.waitForSelector(".choice:has-text('SmolLM2')");
  await page.click(".choice:has-text('SmolLM2')");
  await page.click(".segments label:has-text('CPU')");
  await page.click(".picker button[type=submit]");
  await page.waitForSelector(".loaded");
}

async function ask(question) {
  await page.fill("#question", question);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".exchange:last-child .tabbed");
}

test("says that a model comes first", async () => {
  await view("Calibrate");
  assert.match(await page.textContent(".calibrate"), /Load a model first/);
  assert.ok(!(await page.isVisible("#questions")));
  await demo.shots("calibrate-empty");
  await view("Ask");
});

test("reads questions line by line and names faults", needsReal, async () => {
  await load();
  // Short answers are quick answers.
  await page.click("button:has-text('Settings')");
  await page.selectOption("#length", "32");
  await page.keyboard.press("Escape");
  await view("Calibrate");
  await page.fill("#questions", '{"question": "Who?", "answers": ["me"]}\nnot json\n{"question": "What?"}');
  await page.waitForSelector("#questions-state .form-hint");
  const text = await page.textContent("#questions-state");
  assert.match(text, /1 question\. Too few to fit: 1, at least 50 are needed/);
  assert.match(text, /Line 2: is no JSON object/);
  assert.match(text, /Line 3: needs answers/);
  await demo.shots("calibrate-faults");
});

test("answers them, is paused, and goes on after a reload", needsReal, async () => {
  await page.click("text=Take the example");
  await page.waitForSelector("#questions-state:has-text('80 questions.')");
  await page.click(".run .primary");
  await answered(3);
  assert.match(await state(), /of 80 answered · .* left/);
  await demo.shots("calibrate-run");
  await page.click(".run button:has-text('Pause')");
  await page.waitForSelector(".run .primary:has-text('Go on')");
  const done = Number(/\((\d+) of 80/.exec(await page.textContent(".run .primary"))[1]);
  assert.ok(done >= 3);
  await page.reload();
  await view("Ask");
  await load();
  await view("Calibrate");
  await page.waitForSelector(`.run .primary:has-text('Go on (${done} of 80 done)')`);
  await counts(page.locator(".review tbody tr"), done);
  await page.click(".run .primary");
  await answered(80);
  await page.waitForSelector(".fit:not([hidden])");
});

test("lets the user correct what is right, then fits and says how good it is", needsReal, async () => {
  const boxes = page.locator(".review tbody input");
  const before = await page.textContent(".run .stack p[role=status]");
  await boxes.first().click();
  assert.notEqual(await page.textContent(".run .stack p[role=status]"), before);
  await boxes.first().click();
  assert.equal(await page.textContent(".run .stack p[role=status]"), before);
  const [, right, count] = /(\d+) of (\d+) right/.exec(before).map(Number);
  assert.equal(count, 80);
  await page.click(".fit .primary");
  await page.waitForSelector(".quality");
  assert.equal(await page.locator(".fit .problem").count(), 0);
  const quality = await page.$$eval(".quality tbody tr", (rows) =>
    // What is too small for three digits is written with a power of ten.
    rows
      .map((row) => row.cells[1].firstChild.textContent)
      .map((said) => (said.includes("×") ? 0 : Number.parseFloat(said))),
  );
  const [auroc, ece, brier] = quality;
  assert.ok(auroc > 0 && auroc <= 1 && ece >= 0 && ece <= 1 && brier >= 0 && brier <= 1, quality.join());
  // Ten points that hold all answers.
  await counts(page.locator(".diagram circle"), 10);
  await demo.shots("calibrate-fit");
  const download = page.waitForEvent("download");
  await page.click(".fit button:has-text('Download the file')");
  file = join(demo.folder, "own.profile.json");
  await (await download).saveAs(file);
  const { key, calibrations } = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(key.prefix, "Answer the question concisely. Q: ");
  assert.equal(calibrations.length, 1);
  // The page says how many were cut off; nothing is fitted to these.
  const cut = Number(/(\d+) answers? w(?:as|ere) cut off/.exec(await page.textContent(".fit"))?.[1] ?? 0);
  assert.equal(calibrations[0].fitted.questions, 80 - cut);
  assert.ok(calibrations[0].fitted.right <= right && calibrations[0].fitted.right >= right - cut);
  assert.equal(calibrations[0].max_tokens, 32);
});

test("puts it into use: a confidence, its verdict, and what it is made of", needsReal, async () => {
  await page.click(".fit button:has-text('Use it now')");
  await page.waitForSelector(".fit-results:has-text('In use')");
  await view("Ask");
  await ask("What is the capital of Spain?");
  assert.match(await page.textContent(".exchange:last-child .judgement-chance"), /^Of 100 answers like this, /);
  const tone = await page.getAttribute(".exchange:last-child .judgement", "data-tone");
  assert.ok(["answer", "flag", "abstain"].includes(tone));
  assert.equal(await page.getAttribute(".exchange:last-child [data-tab=why]", "aria-selected"), "true");
  // One bar for each signal of the fit: where the average answer starts is the middle.
  const { features } = JSON.parse(readFileSync(file, "utf8")).calibrations[0].combined;
  await counts(page.locator(".exchange:last-child .why.numbers li"), features.length);
  await demo.shots("confidence");
});

test("asked otherwise than calibrated there is no confidence, and the reason is told", needsReal, async () => {
  const prefix = async (text) => {
    await page.click("button:has-text('Settings')");
    await page.fill("#prefix", text);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
  };
  await prefix("Q: ");
  await ask("What is the capital of Portugal?");
  assert.match(await page.textContent(".exchange:last-child .judgement[data-tone=none]"), /another prefix/);
  await prefix("");
});

test("is kept for the next visit, can be taken away, and comes back from its file", needsReal, async () => {
  await page.reload();
  await load();
  await ask("What is the capital of Spain?");
  await counts(page.locator(".exchange:last-child .judgement-chance"), 1);
  await view("This machine");
  await page.waitForSelector("button[aria-label^='Remove the calibration of']");
  await view("Calibrate");
  await page.click(".load-profile button:has-text('Stop using it')");
  await page.waitForSelector(".load-profile button:has-text('Stop using it')", { state: "hidden" });
  await view("Ask");
  await ask("What is the capital of Greece?");
  await counts(page.locator(".exchange:last-child .judgement[data-tone=none]"), 1);
  await counts(page.locator(".exchange:last-child .judgement a[href='#calibrate']"), 1);
  await view("Calibrate");
  await page.setInputFiles("input[data-kind=profile]", file);
  await page.waitForSelector(".load-profile:has-text('own.profile.json is in use')");
  await view("Ask");
  await ask("What is the capital of Austria?");
  await counts(page.locator(".exchange:last-child .judgement-chance"), 1);
});

test("a file for other weights, or of another kind, is turned away", needsReal, async () => {
  await view("Calibrate");
  const foreign = JSON.parse(readFileSync(file, "utf8"));
  foreign.key.weights = "0".repeat(64);
  for (const [name, text] of [
    ["foreign.json", JSON.stringify(foreign)],
    ["broken.json", "no JSON at all"],
  ]) {
    const path = join(demo.folder, name);
    writeFileSync(path, text);
    await page.setInputFiles("input[data-kind=profile]", path);
    await page.waitForSelector(".load-profile .problem");
    assert.match(await page.textContent(".load-profile .problem"), /bad_input/);
    await page.click(".load-profile .problem button");
  }
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
