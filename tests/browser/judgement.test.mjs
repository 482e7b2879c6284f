/** The panel that page and extension share, with made-up records: what it says, its colors, and how it is used by keyboard. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { address } from "./lib/bundle.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { ROOT } from "./lib/server.mjs";

let browser;
let page;

before(async () => {
  browser = await openBrowser();
  page = await prepare(browser);
});
after(() => browser.close());

/** A page with the panel's code and styles. */
async function prepare({ context }) {
  const page = await context.newPage();
  const css = ["base", "answer", "judgement"].map((name) =>
    readFileSync(join(ROOT, `www/shared/styles/${name}.css`), "utf8"),
  );
  await page.setContent('<!doctype html><html lang="en"><title>Judgment</title><main><h1>Judgment</h1></main></html>');
  await page.addStyleTag({ content: css.join("\n") });
  const modules = { panel: await address("www/shared/judgement.ts"), text: await address("www/shared/answer-text.ts") };
  await page.evaluate(async ({ panel, text }) => {
    const [{ judgementPanel }, { AnswerText }] = await Promise.all([import(panel), import(text)]);
    globalThis.show = (told, question) => {
      const words = new AnswerText();
      words.show(told, question);
      document.querySelector("main").replaceChildren(words.element, judgementPanel(told));
    };
  }, modules);
  return page;
}

const CHANCE = "Of 100 answers like this, about 52 are right.";
const LEVEL = "This model got 20 of 100 test questions right.";
const REASONS = ["It hesitated over its words less than usual.", "Its answer is shorter than usual."];
const GUARANTEE = "Whoever believes only answers called so gets at most 10 wrong ones to 100 questions.";

/** An answer that was judged so. */
const told = (verdict, more = {}, rivals = {}) => ({
  text: "The capital of France is Paris.",
  finishReason: "stop",
  confidence: 0.52,
  confidenceReason: null,
  confidenceParts: null,
  explanation: {
    verdict,
    chance: CHANCE,
    level: LEVEL,
    agreement: null,
    reasons: REASONS,
    guarantee: GUARANTEE,
    none: null,
    ...more,
  },
  tokens: [
    ["The", -1.2],
    [" capital", -0.5],
    [" of", 0],
    [" France", -0.1],
    [" is", 0],
    [" Par", -0.2],
    ["is", -0.01],
    [".", 0],
  ].map(([text, logprob]) => ({ text, logprob, ...(rivals[text] ? { rivals: rivals[text] } : {}) })),
});
/** Of " Par", on the way to Paris. */
const LYON = {
  " Par": [
    { text: " Lyon", logprob: Math.log(0.12) },
    { text: " Nice", logprob: Math.log(0.034) },
  ],
};
const CONSIDERED = "Here the model also considered “Lyon…” (12\u00a0of\u00a0100) and “Nice…” (3\u00a0of\u00a0100).";
const nothing = () =>
  told("No judgment", { chance: null, reasons: [], guarantee: null, none: "It asks for an opinion." });
const show = (answer) => page.evaluate((given) => globalThis.show(given, "What is the capital of France?"), answer);
const style = (selector, name) => page.$eval(selector, (element, wanted) => getComputedStyle(element)[wanted], name);

/** In both schemes and as narrow as a panel: nothing that axe minds. */
async function assertSound() {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 1000]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px wider than ${width}`);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document.querySelector("main")));
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
        [],
      );
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
}

test("says the record's sentences as they come, and nothing else", async () => {
  for (const verdict of ["Probably right", "Check this", "Do not rely on this"]) {
    await show(told(verdict));
    const texts = await page.$$eval(".judgement p, .judgement li", (all) => all.map(({ textContent }) => textContent));
    assert.deepEqual(texts, [verdict, CHANCE, LEVEL, ...REASONS, GUARANTEE]);
    assert.equal(await page.textContent(".judgement summary"), "What is guaranteed?");
    assert.ok(!(await page.isVisible(`text=${GUARANTEE}`)));
    await assertSound();
  }
});

test("one bar in the one unit, and one color that is that of the headline", async () => {
  const colors = new Set();
  for (const verdict of ["Probably right", "Check this", "Do not rely on this"]) {
    await show(told(verdict));
    assert.equal(await page.locator(".bar-of-100").count(), 1);
    assert.match(await style(".bar-of-100", "backgroundSize"), /^52% /);
    const color = await style(".judgement-verdict", "color");
    assert.equal(await style(".judgement", "borderLeftColor"), color);
    colors.add(color);
  }
  assert.equal(colors.size, 3);
});

test("without a judgment there is neither number nor color", async () => {
  await show(nothing());
  assert.deepEqual(await page.$$eval(".judgement p", (all) => all.map(({ textContent }) => textContent)), [
    "No judgment",
    "It asks for an opinion.",
  ]);
  assert.equal(await page.locator(".bar-of-100, .judgement details").count(), 0);
  assert.equal(await style(".judgement-verdict", "color"), await style(".judgement", "color"));
  const shaded = await page.$$eval(".word", (all) =>
    all.filter((word) => Number(word.style.getPropertyValue("--shade"))),
  );
  assert.equal(shaded.length, 0);
  await assertSound();
});

test("only what the answer adds is shaded, and nothing in an answer that is probably right", async () => {
  const shaded = () =>
    page.$$eval(".word", (all) =>
      all
        .filter(
          (word) =>
            getComputedStyle(word).backgroundColor !== "rgba(0, 0, 0, 0)" &&
            Number(word.style.getPropertyValue("--shade")) > 0,
        )
        .map((word) => word.textContent),
    );
  await show(told("Do not rely on this"));
  assert.deepEqual(await shaded(), ["Paris"]);
  assert.ok(await page.isVisible(".answer-text .legend"));
  await show(told("Probably right"));
  assert.deepEqual(await shaded(), []);
  assert.ok(!(await page.isVisible(".answer-text .legend")));
});

test("by keyboard: words, and what is guaranteed", async () => {
  await show(told("Check this"));
  await page.keyboard.press("Tab");
  assert.match(await page.textContent(".inspector"), /^“The”: .* 30 of 100/);
  await page.keyboard.press("End");
  assert.match(await page.textContent(".inspector"), /^“Paris”: .* 81 of 100/);
  assert.equal(await page.locator(".word.current").count(), 1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.ok(await page.isVisible(`text=${GUARANTEE}`));
  await assertSound();
});

const word = (text) => page.locator(`.word:text-is("${text}")`);
const noted = async () => ((await page.isVisible(".word-note")) ? page.textContent(".word-note") : null);

test("pointed at, a word says what else it might have been; the note stays while somebody reads it", async () => {
  for (const width of [320, 1000]) {
    await page.setViewportSize({ width, height: 800 });
    await show(told("Probably right", {}, LYON));
    assert.equal(await page.locator(".word.torn").count(), 1);
    await word("is").hover();
    assert.equal(await noted(), null, "nothing where there is no rival");
    await word("Paris").hover();
    assert.equal(await noted(), CONSIDERED);
    const [at, note] = [await word("Paris").boundingBox(), await page.locator(".word-note").boundingBox()];
    assert.ok(note.y >= at.y + at.height, "below the word: there is no room above it");
    assert.ok(note.x >= 0 && note.x + note.width <= width, "in sight");
    await page.$eval("main", (main) => main.style.setProperty("padding-top", "200px"));
    await word("is").hover();
    await word("Paris").hover();
    const [low, above] = [await word("Paris").boundingBox(), await page.locator(".word-note").boundingBox()];
    assert.ok(above.y > 0 && above.y + above.height <= low.y, "above the word");
    await page.$eval("main", (main) => main.style.removeProperty("padding-top"));
    await assertSound();
    await page.setViewportSize({ width, height: 800 });
    await word("Paris").hover();
    await page.locator(".word-note").hover();
    await page.waitForTimeout(400);
    assert.equal(await noted(), CONSIDERED);
    await page.mouse.move(width / 2, 700);
    await page.waitForSelector(".word-note", { state: "hidden" });
  }
});

test("by keyboard, too, and for those who hear it; Escape closes it", async () => {
  await show(told("Do not rely on this", {}, LYON));
  await page.keyboard.press("Tab");
  assert.equal(await noted(), null);
  await page.keyboard.press("End");
  assert.equal(await noted(), CONSIDERED);
  assert.match(
    await page.textContent(".inspector"),
    /^“Paris”: .* 81 of 100.* also considered “Lyon…” \(12\sof\s100\)/,
  );
  await page.keyboard.press("Escape");
  assert.equal(await noted(), null);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  assert.equal(await noted(), CONSIDERED);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await noted(), null, "the word before has none");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  assert.equal(await noted(), null, "gone with the keyboard");
});

test("a tap opens it and a tap elsewhere closes it", async () => {
  const phone = await openBrowser({ context: { hasTouch: true, viewport: { width: 390, height: 800 } } });
  const desk = page;
  try {
    page = await prepare(phone);
    await show(told("Check this", {}, LYON));
    await word("Paris").tap();
    await page.waitForTimeout(400);
    assert.equal(await noted(), CONSIDERED);
    await page.locator(".judgement-verdict").tap();
    assert.equal(await noted(), null);
  } finally {
    page = desk;
    await phone.close();
  }
});

test("how many drawn answers agree stands with the judgment, and where there is none", async () => {
  const agreement = "8 of 10 further answers agree with this one.";
  await show(told("Check this", { agreement }));
  const texts = () => page.$$eval(".judgement p", (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual((await texts()).slice(0, 3), ["Check this", CHANCE, agreement]);
  await show(told("No judgment", { chance: null, reasons: [], guarantee: null, none: "Too long.", agreement }));
  assert.deepEqual(await texts(), ["No judgment", "Too long.", agreement]);
  await assertSound();
});

test("a selected answer is its text", async () => {
  await show(told("Check this"));
  const copied = await page.evaluate(() => {
    getSelection().selectAllChildren(document.querySelector(".said"));
    return getSelection().toString();
  });
  assert.equal(copied, "The capital of France is Paris.");
});
