/** Teaching on the demo page in two tabs, and its rests, with a tiny model whose answers are noise and come at once. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ENDING } from "../../pkg/test/support/teach.mjs";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { go, openDemo } from "./lib/demo.mjs";
import { counts } from "./lib/patience.mjs";
import { goOn, playPressure, RESTING, restAfter } from "./lib/pressure.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

const COUNT = 60;
const LIST = Array.from({ length: COUNT }, (_, index) => `What is ${index}?`).join("\n");
const ELSEWHERE = "Another tab of this page is teaching this model.";

let folder;
let demo;
let first;
let second;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "semgrad-tiny-"));
  for (const [name, bytes] of Object.entries(tinyFiles(ENDING))) writeFileSync(join(folder, name), bytes);
  demo = await openDemo({ models: { tiny: folder } });
  await playPressure(demo.browser.context);
  first = await another();
});
after(async () => {
  await demo.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (page) => page.locator(".teach-ask .primary");
const state = (page, text) => page.waitForSelector(`.teach-ask > .note[role=status]:has-text('${text}')`);
const done = async (page) => Number(/(\d+) of \d+/.exec(await page.textContent(".teach-ask > .note[role=status]"))[1]);

/** A tab's model, and its view that teaches. */
async function load(page) {
  await page.click(".choice:has-text('tiny')");
  await page.click(".segments label:has-text('CPU')");
  await page.click(".picker:not(.measure *) button[type=submit]");
  await page.waitForSelector(".loaded");
  await go(page, "Teach");
}

async function ready(page) {
  await load(page);
  await page.fill("#teach-list", LIST);
  await start(page).waitFor();
}

/** Another list, of which nothing is asked yet. */
async function fresh(page, list) {
  await page.fill("#teach-list", list);
  await page.waitForSelector(`.teach-ask .primary:has-text('Ask ${COUNT} questions')`);
}

async function another() {
  const page = await demo.browser.context.newPage();
  await page.goto(demo.origin);
  await page.waitForSelector(".choice");
  return page;
}

test("a second tab does not begin what another one is at, and says so", async () => {
  await ready(first);
  second = await another();
  await ready(second);
  await restAfter(first, ".doubted");
  await start(first).click();
  await state(first, RESTING);
  // It was opened before, so it does not know yet.
  await start(second).click();
  await state(second, ELSEWHERE);
  assert.ok(await start(second).isDisabled());
  assert.ok(!(await second.isVisible(".teach-ask button:has-text('Pause')")));
  assert.equal(await second.locator(".problem").count(), 0);
  // One that comes later knows at once.
  const third = await another();
  await ready(third);
  await state(third, ELSEWHERE);
  assert.ok(await start(third).isDisabled());
  await third.close();
});

test("it goes on where the other one was paused, and asks nothing twice", async () => {
  await first.click(".teach-ask button:has-text('Pause')");
  await state(first, "Paused.");
  const asked = await done(first);
  assert.ok(asked > 0 && asked < COUNT, String(asked));
  await second.waitForSelector(".teach-ask .primary:enabled");
  assert.equal(await start(second).textContent(), `Go on (${asked} of ${COUNT} done)`);
  await restAfter(second, ".doubted");
  await start(second).click();
  await state(second, RESTING);
  assert.ok((await done(second)) > asked);
  await start(first).click();
  await state(first, ELSEWHERE);
  await demo.shot("teach-elsewhere");
});

test("a tab that is closed keeps nobody off", async () => {
  const before = await done(second);
  await second.close();
  await first.waitForSelector(".teach-ask .primary:enabled");
  assert.ok((await done(first)) >= before);
  await goOn(first);
  await start(first).click();
  await state(first, "All questions are asked.");
  await counts(first.locator(".doubted"), COUNT);
  // Without a profile nothing says how likely an answer is right: ten more are drawn.
  assert.match(await first.textContent(".teach-ask"), /The more these ten disagree, the more it doubts\./);
  const row = await first.textContent(".doubted >> nth=0");
  assert.match(row, /Ten answers say about (the same thing|\d+\.\d different things|10 )/);
  await first.click(".doubted summary >> nth=0");
  await counts(first.locator(".doubted details[open] li"), 10);
});

test("a training that is paused goes on in another tab, and is not begun once more", async () => {
  const teach = ".train .primary";
  await restAfter(first, ".curve svg");
  await first.click(teach);
  await first.waitForSelector(".curve svg");
  const other = await another();
  await load(other);
  await other.waitForSelector(`.train > .note[role=status]:has-text('${ELSEWHERE}')`);
  assert.ok(await other.isDisabled(teach));
  assert.ok(!(await other.isVisible(".train button:has-text('Give it up')")));
  await first.click(".train button:has-text('Pause')");
  const goOn = await first.waitForSelector(`${teach}:enabled:has-text('Go on')`);
  await other.waitForSelector(`${teach}:enabled:has-text('${await goOn.textContent()}')`);
  await other.click(teach);
  await other.waitForSelector(".train > .note[role=status]:has-text('Taught')");
  // It was not told that there is nothing to go on with any more: it finds out, and begins nothing else.
  await first.click(teach);
  await first.waitForSelector(`${teach}:enabled:has-text('Teach it')`);
  await first.waitForSelector(".adapters > li");
  assert.ok(!(await first.isVisible(".curve")));
  await other.close();
});

test("rests while the processor is at its limit, says so, and goes on", async () => {
  await goOn(first);
  await fresh(first, LIST.replaceAll("What", "Which"));
  await restAfter(first, ".doubted");
  await start(first).click();
  await state(first, RESTING);
  await demo.shots("teach-resting");
  const asked = await first.locator(".doubted").count();
  await goOn(first);
  await first.waitForFunction((before) => document.querySelectorAll(".doubted").length > before, asked);
  await first.waitForFunction(
    () => !document.querySelector(".teach-ask > .note[role=status]").textContent.includes("Resting"),
  );
});

test("what is deleted under This machine is gone at once, and another tab does not go on with it", async () => {
  // The first tab has asked its questions; the other one is in the midst of more.
  await state(first, "All questions are asked.");
  const other = await another();
  await load(other);
  await fresh(other, LIST.replaceAll("What", "Where"));
  await restAfter(other, ".doubted");
  await start(other).click();
  await state(other, RESTING);
  await go(first, "This machine");
  await first.click(".taught-kept button:has-text('Delete all')");
  await first.click("button:has-text('Really')");
  await first.waitForSelector(".taught-kept:has-text('None yet.')");
  await go(first, "Teach");
  assert.equal(await first.inputValue("#teach-list"), "");
  await counts(first.locator(".adapters > li"), 0);
  await counts(other.locator(".doubted"), 0);
  assert.equal(await other.inputValue("#teach-list"), "");
  // Nor does it keep what it was at.
  await other.goto("about:blank");
  await other.goto(demo.origin);
  await load(other);
  await fresh(other, LIST.replaceAll("What", "Where"));
  assert.deepEqual(demo.complaints, []);
});
