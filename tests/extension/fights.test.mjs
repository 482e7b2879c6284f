/** Pages that fight the badge, or are too much: the extension gives up or goes on within its limits, and the page stays usable. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundle } from "../browser/lib/bundle.mjs";
import { badges, waitForBadges } from "./lib/badges.mjs";
import { openExtension } from "./lib/extension.mjs";
import { PAGES, servePages } from "./lib/pages.mjs";

const { LIMITS } = await bundle("www/extension/src/limits.ts");
/** The longest time, in ms, that a page may stand still on a machine that is busy with other tests. */
const STILL = 2000;

let extension;
const complaints = [];

before(async () => {
  extension = await openExtension();
  await servePages(extension.context);
  await extension.allow("https://fighting.example/*");
});
after(() => extension?.close());

async function visit(way) {
  const page = await extension.context.newPage();
  page.on("pageerror", (error) => complaints.push(`${way}: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && complaints.push(`${way}: ${message.text()}`));
  await page.goto(`${PAGES.fighting}#${way}`);
  return page;
}

/** Without a model that is what a badge says; how it comes onto the page is the same. */
const isThere = ({ text }) => text.includes("No model yet");

/** How the page fares for so long from now on. */
async function fares(page, ms) {
  await page.evaluate(() => Object.assign(globalThis, { longest: 0, frames: 0 }));
  await page.waitForTimeout(ms);
  return page.evaluate(() => ({ longest: globalThis.longest, frames: globalThis.frames }));
}

test("a page that removes badges as they come wins", async (context) => {
  const page = await visit("remove");
  await page.waitForFunction((times) => globalThis.removed >= times, LIMITS.returns + 1);
  const { longest } = await fares(page, 4 * LIMITS.scan);
  const removed = await page.evaluate(() => globalThis.removed);
  context.diagnostic(`removed ${removed} times; longest standstill ${Math.round(longest)} ms`);
  // Put there once, and back so many times.
  assert.equal(removed, LIMITS.returns + 1);
  assert.equal((await badges(page)).length, 0);
  assert.ok(longest < STILL, `${longest} ms`);
  await page.close();
});

test("a page that changes what the DOM does changes it for itself only", async () => {
  const page = await visit("prototypes");
  const [badge] = await waitForBadges(page, 1, isThere);
  assert.ok(badge.closed);
  await page.close();
});

for (const way of ["flood", "huge"]) {
  test(`a page stays usable: ${way}`, async (context) => {
    const page = await visit(way);
    // Not by the debugger, which would be told of every change.
    await page.waitForSelector("semgrad-badge", { state: "attached" });
    const on = await fares(page, 6 * LIMITS.scan);
    await extension.disallow("https://fighting.example/*");
    await page.reload();
    await page.waitForTimeout(LIMITS.quiet);
    const off = await fares(page, 6 * LIMITS.scan);
    await extension.allow("https://fighting.example/*");
    const told = ({ longest, frames }) => `${frames} frames, longest standstill ${Math.round(longest)} ms`;
    context.diagnostic(`with the extension ${told(on)}; without ${told(off)}`);
    assert.ok(on.longest < off.longest + STILL, `${on.longest} ms, without the extension ${off.longest}`);
    assert.ok(on.frames > off.frames / 4, `${on.frames} frames, without the extension ${off.frames}`);
    await page.close();
  });
}

test("nobody complained", () => {
  assert.deepEqual([...complaints, ...extension.complaints], []);
});
