/** A badge is as light or dark as the page is where it stands, and stays so when the page changes. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundle } from "../browser/lib/bundle.mjs";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { waitForBadges } from "./lib/badges.mjs";
import { follow, settle } from "./lib/follow.mjs";

const { LIMITS } = await bundle("www/extension/src/limits.ts");

let browser;
let page;

before(async () => {
  browser = await openBrowser();
  page = await follow(browser.context, "footnotes");
  await waitForBadges(page, 1);
  // What is left to be seen changes without a word to whoever watches the page's elements.
  await settle(page);
});
after(() => browser.close());

/** Until the badge says so, or longer than it may take. */
const becomes = (scheme) =>
  page.waitForFunction((wanted) => document.querySelector("semgrad-badge").dataset.scheme === wanted, scheme, {
    timeout: LIMITS.fade + 4 * LIMITS.scan,
  });

/** Constructed, so that the page's elements stay as they are. */
const style = (css) =>
  page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
  }, css);

test("by an attribute of the page's root or body, however slowly the colors follow", async () => {
  await style(`
    body { color: #111; transition: color 0.3s 1s; }
    .dark body, body[data-theme="dark"] { color: #eee; }
  `);
  await becomes("light");
  await page.evaluate(() => document.documentElement.classList.add("dark"));
  await becomes("dark");
  await page.evaluate(() => document.documentElement.classList.remove("dark"));
  await becomes("light");
  await page.evaluate(() => {
    document.body.dataset.theme = "dark";
  });
  await becomes("dark");
  await page.evaluate(() => {
    delete document.body.dataset.theme;
  });
  await becomes("light");
});

test("with the system, where the page goes with it", async () => {
  await style("@media (prefers-color-scheme: dark) { body { color: #ddd; } }");
  for (const scheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await becomes(scheme);
  }
  await style("body { color: #222; }");
  await page.emulateMedia({ colorScheme: "dark" });
  await settle(page);
  await becomes("light");
});

test("in whatever space a page names its colors", async () => {
  for (const [color, scheme] of [
    ["oklch(0.93 0.01 250)", "dark"],
    ["oklch(0.25 0.01 250)", "light"],
    ["lab(92 0 0)", "dark"],
    ["lab(15 0 0)", "light"],
    ["color(srgb 0.9 0.9 0.9)", "dark"],
    ["color(srgb 0.1 0.1 0.1)", "light"],
    ["rgb(236 236 236 / 0.9)", "dark"],
  ]) {
    await page.evaluate((value) => {
      document.body.style.color = value;
    }, color);
    await becomes(scheme);
  }
});

test("a badge that was let go of follows no more", async () => {
  await page.evaluate(() => {
    globalThis.badge = document.querySelector("semgrad-badge");
    globalThis.watcher.stop();
    document.body.style.color = "#111";
  });
  await settle(page);
  assert.equal(await page.evaluate(() => globalThis.badge.dataset.scheme), "dark");
});
