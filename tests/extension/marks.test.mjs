/** Words that stand out are underlined in the page itself, as long as the badge says why, and the page stays as it was. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundle } from "../browser/lib/bundle.mjs";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { badges, waitForBadges } from "./lib/badges.mjs";
import { follow as followed } from "./lib/follow.mjs";

const { LIMITS } = await bundle("www/extension/src/limits.ts");

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const follow = (layout, options) => followed(browser.context, layout, options);

/** What is underlined, in the order of the page's own ranges, each with the element that it is in. */
const marked = (page) =>
  page.evaluate(() =>
    [...(CSS.highlights.get("semgrad-odd") ?? [])].map((range) => [
      range.toString(),
      range.startContainer.parentNode.nodeName,
    ]),
  );

const waitForMarks = (page, count) =>
  page.waitForFunction(
    (wanted) => [...(CSS.highlights.get("semgrad-odd") ?? [])].filter(String).length === wanted,
    count,
  );

/** The page's own markup. */
const markup = (page) =>
  page.evaluate(() => {
    const copy = document.body.cloneNode(true);
    for (const badge of copy.querySelectorAll("semgrad-badge")) badge.remove();
    return copy.innerHTML;
  });

const sheets = (page) => page.evaluate(() => document.adoptedStyleSheets.length);

test("words are underlined while the answer is compared and when it is judged, and no element is touched", async () => {
  const page = await follow("mistral-tables", { held: true, odd: ["Rome", "Utopia", "Continent", "Europe"] });
  const before = await markup(page);
  await waitForBadges(page, 1, ({ text }) => text.includes("comparing with its own answers"));
  const words = [
    ["Rome", "TD"],
    ["Utopia", "LI"],
    ["Continent", "TH"],
    // Two rows say it, one cell holds it.
    ["Europe", "TD"],
    ["Europe", "TD"],
  ];
  assert.deepEqual(await marked(page), words);
  await page.evaluate(() => globalThis.release());
  const [badge] = await waitForBadges(page, 1);
  assert.match(
    badge.text,
    /Some doubt: check .*It says something else itself\. This model would have said: “Something else\.”/,
  );
  assert.match(badge.text, /some words stand out .*Underlined: .*×2\.0 likelier .*So of 100\. Tested on 10 answers\./);
  assert.deepEqual(await marked(page), words);
  assert.equal(await markup(page), before);
  await page.evaluate(() => globalThis.watcher.stop());
  assert.deepEqual([await marked(page), await sheets(page)], [[], 0], "the page is left as it was");
  await page.close();
});

test("what a page makes anew is underlined again, and another answer is not", async () => {
  const page = await follow("rendered-anew", { odd: ["radius"] });
  await waitForBadges(page, 1);
  assert.deepEqual(await marked(page), [["radius", "SPAN"]]);
  await page.evaluate(() => globalThis.render(true));
  assert.deepEqual(
    (await marked(page)).filter(([text]) => text !== ""),
    [],
    "those elements are gone",
  );
  await waitForMarks(page, 1);
  assert.deepEqual(await marked(page), [["radius", "SPAN"]]);
  // Only what is in the answer's element.
  await page.evaluate(() => {
    const text = document.querySelector("[data-semgrad-answer] p");
    text.replaceChildren(...[...text.childNodes].map((node) => node.cloneNode(true)));
  });
  await waitForMarks(page, 1);
  await page.evaluate(() =>
    document.querySelector("[data-semgrad-answer] p").replaceChildren("Of radius nobody knows."),
  );
  await page.waitForFunction(() => !CSS.highlights.has("semgrad-odd"));
  await page.close();
});

test("a word whose place is not sure is not underlined", async () => {
  const page = await follow("footnotes", { odd: ["2", "Moon", "laser", "area"] });
  await waitForBadges(page, 1);
  assert.deepEqual(await marked(page), [
    ["laser", "LI"],
    ["area", "P"],
  ]);
  await page.close();
});

test("underlines are drawn in shadow trees, on light and on dark", async () => {
  const page = await follow("shadow-app", { odd: ["others", "lent"] });
  await waitForBadges(page, 3);
  assert.deepEqual(await marked(page), [
    ["others", "B"],
    ["lent", "B"],
  ]);
  // Waves reach below the line.
  const clips = await page.evaluate(() =>
    [...CSS.highlights.get("semgrad-odd")].map((range) => {
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height: height + 6 };
    }),
  );
  const shoot = async () => {
    const shots = [];
    for (const [background, color] of [
      ["#fff", "#111"],
      ["#212121", "#eee"],
    ]) {
      await page.evaluate((style) => Object.assign(document.body.style, style), { background, color });
      for (const clip of clips) shots.push(await page.screenshot({ clip }));
    }
    return shots;
  };
  const drawn = await shoot();
  await page.evaluate(() => CSS.highlights.clear());
  const plain = await shoot();
  for (const [index, shot] of drawn.entries()) assert.ok(!shot.equals(plain[index]), `${index} looks the same without`);
  await page.close();
});

test("a page that fights the badge loses the underlines with it", async () => {
  const page = await follow("footnotes", {
    odd: ["laser"],
    prepare: () => {
      new MutationObserver(() => document.querySelector("semgrad-badge")?.remove()).observe(document, {
        childList: true,
        subtree: true,
      });
    },
  });
  await waitForMarks(page, 1);
  await page.waitForFunction(() => !CSS.highlights.has("semgrad-odd"), null, {
    timeout: LIMITS.quiet + 4 * (LIMITS.returns + 2) * LIMITS.scan,
  });
  assert.equal((await badges(page)).length, 0);
  await page.close();
});
