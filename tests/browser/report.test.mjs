/** The report of an evaluation as a reader meets it: a file, opened without a server. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openBrowser } from "./lib/chromium.mjs";
import { ROOT } from "./lib/server.mjs";

const FILE = pathToFileURL(join(ROOT, "tests/reference/report/page.html")).href;
const SHOTS = join(ROOT, "tests/browser/screenshots");

let browser;
let page;
const requests = [];
const complaints = [];

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await openBrowser();
  page = await browser.context.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(FILE);
});
after(() => browser.close());

test("fits phones and desktops in both schemes, with everything unfolded", async () => {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [360, 390, 1200]) {
      await page.setViewportSize({ width, height: 900 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px wider than ${width}`);
      await page.screenshot({ path: join(SHOTS, `report-${width}-${scheme}.png`) });
    }
  }
});

test("text is readable against its ground in both schemes", async () => {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    const contrasts = await page.evaluate(() => {
      const parts = (color) => color.match(/[\d.]+/g).map(Number);
      const light = ([r, g, b]) => {
        const linear = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
      };
      const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const [r, g, b, alpha = 1] = parts(getComputedStyle(at).backgroundColor);
          if (alpha === 1) return light([r, g, b]);
        }
        throw new Error("no ground");
      };
      return ["p", "small", ".interval", "dt", "figcaption p", "aside li", "summary", "a", "td"].map((selector) => {
        const element = document.querySelector(selector);
        const pair = [light(parts(getComputedStyle(element).color)), ground(element)].sort((a, b) => b - a);
        return { selector, contrast: (pair[0] + 0.05) / (pair[1] + 0.05) };
      });
    });
    for (const { selector, contrast } of contrasts) assert.ok(contrast >= 4.5, `${selector}, ${scheme}: ${contrast}`);
  }
});

test("tables sort by pointer and keyboard, and what has no number stays last", async () => {
  const column = (index) =>
    page.$$eval("#map tbody tr", (rows, cell) => rows.map((row) => row.cells[cell].textContent), index);
  const head = (index) => page.locator("#map tr.heads th").nth(index);
  await head(1).locator("button").click();
  assert.equal(await head(1).getAttribute("aria-sort"), "descending");
  assert.deepEqual(await column(1), ["0.70", "0.65", "0.60", "0.55", "0.50"]);
  await head(1).locator("button").press("Enter");
  assert.equal(await head(1).getAttribute("aria-sort"), "ascending");
  assert.deepEqual(await column(1), ["0.50", "0.55", "0.60", "0.65", "0.70"]);
  await head(0).locator("button").press("Space");
  assert.deepEqual(await column(0), ["confidence", "gnll", "perplexity", "semantic_entropy", "semgrad"]);
  assert.equal(await head(1).getAttribute("aria-sort"), null);
});

test("every picture and every wide table has a name, and the headings have no gaps", async () => {
  const nameless = await page.$$eval('svg:not([aria-hidden="true"]), [role="region"]', (elements) =>
    elements.filter((element) => !element.getAttribute("aria-label")).map((element) => element.outerHTML.slice(0, 80)),
  );
  assert.deepEqual(nameless, []);
  const levels = await page.$$eval("h1, h2, h3, h4, h5, h6", (heads) => heads.map((head) => Number(head.tagName[1])));
  assert.equal(levels.filter((level) => level === 1).length, 1);
  for (const [index, level] of levels.entries()) assert.ok(level <= (levels[index - 1] ?? 0) + 1, `heading ${index}`);
});

test("asks for nothing and complains about nothing", () => {
  assert.deepEqual(requests, [FILE]);
  assert.deepEqual(complaints, []);
});
