/** Two tabs of the demo page that are to teach the same model: a tiny one, whose answers are noise and come at once. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ENDING } from "../../pkg/test/support/teach.mjs";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openDemo } from "./lib/demo.mjs";

/** So many that the other tab always comes in the middle. */
const LIST = Array.from({ length: 400 }, (_, index) => `What is ${index}?`).join("\n");
const ELSEWHERE = "Another tab of this page is teaching this model.";

let folder;
let demo;
let first;
let second;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "semgrad-tiny-"));
  for (const [name, bytes] of Object.entries(tinyFiles(ENDING))) writeFileSync(join(folder, name), bytes);
  demo = await openDemo({ models: { tiny: folder } });
  first = demo.page;
});
after(async () => {
  await demo.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (page) => page.locator(".teach-ask .primary");
const state = (page, text) => page.waitForSelector(`.teach-ask > .note[role=status]:has-text('${text}')`);
const done = async (page) => Number(/(\d+) of 400/.exec(await page.textContent(".teach-ask > .note[role=status]"))[1]);

/** A tab with the model and the list. */
async function ready(page) {
  await page.click(".choice:has-text('tiny')");
  await page.click(".segments label:has-text('CPU')");
  await page.click(".picker:not(.measure *) button[type=submit]");
  await page.waitForSelector(".loaded");
  await page.click("nav a:text-is('Teach')");
  await page.fill("#teach-list", LIST);
  await start(page).waitFor();
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
  await start(first).click();
  await first.waitForSelector(".doubted");
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
  assert.ok(asked > 0 && asked < 400, String(asked));
  await second.waitForSelector(".teach-ask .primary:enabled");
  assert.equal(await start(second).textContent(), `Go on (${asked} of 400 done)`);
  await start(second).click();
  await second.waitForFunction((before) => document.querySelectorAll(".doubted").length > before, asked);
  await start(first).click();
  await state(first, ELSEWHERE);
});

test("a tab that is closed keeps nobody off", async () => {
  const before = await done(second);
  await second.close();
  await first.waitForSelector(".teach-ask .primary:enabled");
  assert.ok((await done(first)) >= before);
  await start(first).click();
  await state(first, "All questions are asked.");
  assert.equal(await first.locator(".doubted").count(), 400);
  assert.deepEqual(demo.complaints, []);
});
