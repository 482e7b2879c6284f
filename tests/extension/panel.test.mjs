/** How the panel shows a doubt about an answer that others wrote, with made-up records. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { address } from "../browser/lib/bundle.mjs";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { ROOT } from "../browser/lib/server.mjs";
import { assertSound } from "./lib/faults.mjs";

let browser;
let page;

before(async () => {
  browser = await openBrowser({ context: { viewport: { width: 400, height: 800 } } });
  page = await browser.context.newPage();
  const css = ["base", "answer", "judgement"].map((name) =>
    readFileSync(join(ROOT, `www/shared/styles/${name}.css`), "utf8"),
  );
  await page.setContent(
    '<!doctype html><html lang="en"><title>Panel</title><main><h1>Panel</h1><div></div></main></html>',
  );
  await page.addStyleTag({ content: css.join("\n") });
  const modules = [
    await address("www/extension/src/panel/doubt.ts"),
    await address("www/shared/answer-text.ts"),
    await address("www/shared/told.ts"),
  ];
  await page.evaluate(async (urls) => {
    const [{ doubtPanel }, { AnswerText }, { told }] = await Promise.all(urls.map((url) => import(url)));
    globalThis.show = (answer, judged) => {
      const text = new AnswerText();
      text.show(told(answer), "Who wrote Hamlet?", judged.examined.odd);
      document.querySelector("main > div").replaceChildren(text.element, doubtPanel(judged));
    };
  }, modules);
});
after(() => browser.close());

const TOKENS = ["Ham", "let", " is", " by", " Bob", ", in", " 19", "60."];
const ANSWER = {
  text: TOKENS.join(""),
  finishReason: "given",
  tokens: TOKENS.map((text) => ({ text, logprob: -1 })),
  confidence: null,
  confidenceReason: null,
  confidenceParts: null,
  explanation: { verdict: "No judgment", chance: null, level: null, none: "No confidence fits.", reasons: [] },
};
const EXAMINED = {
  odd: [
    { text: "Bob", at: [13, 16], tokens: [4, 5], surprisal: 9 },
    { text: "1960", at: [21, 25], tokens: [6, 8], surprisal: 8 },
  ],
  own: { answer: "Shakespeare.", others: [], agree: 0, sentence: "None of its 5 own answers says the same." },
  judgement: {
    doubt: "strong_doubt",
    word: "Strong doubt: check first",
    reason: "Its own answers say something else.",
    ratio: 5,
    ratioSentence: "×5.0 likelier.",
    range: "So of 100.",
    tested: "Tested on 10.",
  },
  none: null,
  signals: {},
};

test("a doubt is told as on a badge, and words that stand out are underlined", async () => {
  const { judgement, own } = EXAMINED;
  const { explanation } = ANSWER;
  const judged = { kind: "judged", explanation, examined: EXAMINED, faults: [], model: "m", ms: 1, cut: false };
  await page.evaluate(([answer, made]) => globalThis.show(answer, made), [ANSWER, judged]);
  const texts = (selector) => page.$$eval(selector, (parts) => parts.map(({ textContent }) => textContent));
  assert.equal(await page.getAttribute(".judgement", "data-tone"), "abstain");
  assert.deepEqual(await texts(".judgement-verdict"), [judgement.word]);
  const lines = await texts(".judgement p:not(.judgement-verdict)");
  const [underlined] = lines.splice(2, 1);
  assert.deepEqual(lines, [
    judgement.reason,
    `This model would have said: “Shakespeare.” ${own.sentence}`,
    `${judgement.ratioSentence} ${judgement.range}`,
    judgement.tested,
  ]);
  assert.match(underlined, /^Underlined: /);
  assert.deepEqual(await texts(".said"), [ANSWER.text]);
  assert.deepEqual(await texts(".said .odd"), ["Bob", "1960"]);
  const lineOf = (word) => getComputedStyle(word).textDecorationStyle;
  assert.equal(await page.$eval(".said .odd", lineOf), "wavy");
  assert.equal(await page.$eval(".said .word:not(.odd)", lineOf), "solid", "and others are not");
  await assertSound(page, [320, 390]);
});
