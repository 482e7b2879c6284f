/** The demo page's card for answers that others wrote: from a file of judged ones to what the model is worth as their judge. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { go, openDemo } from "./lib/demo.mjs";
import { counts, until } from "./lib/patience.mjs";
import { realModel, SMOLLM2 } from "./lib/reference.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

let demo;
let page;

before(async () => {
  demo = await openDemo({ models: real ? { [SMOLLM2]: real } : {} });
  page = demo.page;
});
after(() => demo.close());

const CAPITALS = {
  Peru: ["Lima", "Cusco"],
  Spain: ["Madrid", "Barcelona"],
  Japan: ["Tokyo", "Osaka"],
  Italy: ["Rome", "Milan"],
  Egypt: ["Cairo", "Alexandria"],
  Canada: ["Ottawa", "Toronto"],
  Greece: ["Athens", "Sparta"],
  Norway: ["Oslo", "Bergen"],
  Poland: ["Warsaw", "Gdansk"],
  Kenya: ["Nairobi", "Mombasa"],
};

/** Each of two writers is right every second time; the third never answers, and the last question is improper. */
const EVOUNA = Object.entries(CAPITALS)
  .map(([country, [right, wrong]], i) => ({
    question: `What is the capital of ${country}?`,
    golden_answer: right,
    answer_one: `The capital of ${country} is ${i % 2 ? right : wrong}.`,
    judge_one: i % 2 === 1,
    answer_two: i % 2 ? wrong : right,
    judge_two: i % 2 === 0,
    answer_three: null,
    judge_three: null,
    improper: false,
  }))
  .concat({ question: "Who won last week?", answer_one: "Me", judge_one: true, improper: true });
const ALL = 2 * Object.keys(CAPITALS).length;

/** Chooses files of these texts, by name. */
async function choose(files) {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(demo.folder, name);
    writeFileSync(path, text);
    return path;
  });
  await page.setInputFiles("input[data-kind=given]", paths);
}

/** Drops files of these texts on the card. */
const drop = (files) =>
  page.evaluate((texts) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of Object.entries(texts)) dataTransfer.items.add(new File([text], name));
    const target = document.querySelector(".given .note");
    for (const type of ["dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, files);

async function load() {
  await page.click(".choice:has-text('SmolLM2')");
  await page.click(".segments label:has-text('CPU')");
  await page.click(".picker button[type=submit]");
  await page.waitForSelector(".loaded");
}

const view = (name) => go(page, name);
const state = () => page.textContent(".given > .note[role=status]");
const start = (text) => page.waitForSelector(`.given .primary:has-text('${text}')`);
const seen = (count) =>
  until(async () => Number(/(\d+) of/.exec(await state())?.[1]) >= count, `${count} answers looked at`);
const kept = () => page.evaluate(() => Object.values(JSON.parse(localStorage.getItem("semgrad-profiles") ?? "{}")));

test("reads a file line by line, and says what it cannot be used for", needsReal, async () => {
  await page.waitForSelector(".choice:has-text('SmolLM2')");
  await load();
  await view("Calibrate");
  await choose({
    "own.jsonl": '{"question": "Who?", "answer": "I", "writer": "a", "right": true}\nno\n{"question": "What?"}',
  });
  await page.waitForSelector(".given .form-state .form-hint");
  const text = await page.textContent(".given .form-state");
  assert.match(text, /own\.jsonl: 1 question, 1 answer by 1 writer, 0 of them wrong\./);
  assert.match(text, /At least two are needed/);
  assert.match(text, /Line 2: is no JSON object/);
  assert.match(text, /Line 3: has no answer/);
  assert.ok(!(await page.isVisible(".given .primary")));
  await demo.shots("given-faults");
});

test("takes several files at once, chosen or dropped, and tells their questions apart", needsReal, async () => {
  const [first, second] = [EVOUNA.slice(0, 6), EVOUNA.slice(6)].map((part) => JSON.stringify(part));
  await choose({ "TQ.json": second, "NQ.json": first });
  await start(`Look at ${ALL} answers`);
  const both = await page.textContent(".given .form-state");
  assert.match(both, /NQ\.json and TQ\.json: 10 questions, 20 answers by 2 writers, 10 of them wrong\./);
  assert.match(both, /several sets \(NQ and TQ\)/);
  // What lies beside them in a folder is none of them.
  await drop({ "NQ.json": first, "README.md": "Data", "more.jsonl": `no\n` });
  await start("Look at 12 answers");
  const dropped = await page.textContent(".given .form-state");
  assert.match(dropped, /NQ\.json and more\.jsonl: 6 questions/);
  assert.match(dropped, /more\.jsonl, line 1: is no JSON object/);
  assert.doesNotMatch(dropped, /README/);
  assert.equal(await page.locator(".given .dropping").count(), 0);
});

test("takes a file of EVOUNA as it is, and as many questions as are wanted", needsReal, async () => {
  await choose({ "NQ.json": JSON.stringify(EVOUNA, null, 1) });
  await start(`Look at ${ALL} answers`);
  assert.match(await page.textContent(".given .form-state"), /10 questions, 20 answers by 2 writers, 10 of them wrong/);
  assert.match(await state(), /How long it takes is known after the first few answers/);
  await page.fill("#given-count", "8");
  await page.keyboard.press("Tab");
  await start("Look at 16 answers");
  await page.fill("#given-count", "99");
  await page.keyboard.press("Tab");
  await start(`Look at ${ALL} answers`);
  assert.equal(await page.inputValue("#given-count"), "10");
});

test("looks at them, is paused, and goes on after a reload", needsReal, async () => {
  await page.click(".given .primary");
  await seen(6);
  assert.ok(await page.isDisabled("#given-count"));
  await demo.shots("given-run");
  await page.click(".given button:has-text('Pause')");
  await start("Go on");
  const done = Number(/\((\d+) of 20/.exec(await page.textContent(".given .primary"))[1]);
  assert.ok(done >= 6 && done < ALL, `${done}`);
  await page.reload();
  await view("Ask");
  await load();
  await view("Calibrate");
  await start(`Go on (${done} of ${ALL} done)`);
  await page.click(".given .primary");
  await page.waitForSelector(".given table");
  assert.equal(await page.locator(".given .problem").count(), 0);
});

test("says in words and by writer what came of it", needsReal, async () => {
  const text = await page.textContent(".given .fit-results");
  assert.match(text, /Of a wrong and a right answer the wrong one was doubted more in \d+ of 100 cases/);
  // With so few answers chance decides.
  assert.match(text, /this model will (not )?judge answers of others/);
  const rows = await page.$$eval(".given tbody tr", (all) =>
    all.map(({ cells }) => [...cells].map((cell) => cell.textContent)),
  );
  assert.deepEqual(
    rows.map(([name, answers]) => [name, answers]),
    [
      ["one", "10, 5 wrong"],
      ["two", "10, 5 wrong"],
      ["All", "20, 10 wrong"],
    ],
  );
  for (const share of rows.flatMap(([, , ...shares]) => shares)) assert.match(share, /^\d+$/);
  await demo.shots("given-result");
});

test("goes into the profile beside what is there, and into a file", needsReal, async () => {
  assert.deepEqual(await kept(), []);
  await page.click(".given button:has-text('Use it')");
  await page.waitForSelector(".given .fit-results:has-text('In use')");
  const [{ json }] = await kept();
  const { key, calibrations, given } = JSON.parse(json);
  assert.equal(key.prefix, "Answer the question concisely. Q: ");
  // Those of the profile that the package ships.
  assert.ok(calibrations.some(({ answers }) => answers === "own"));
  assert.deepEqual([given.own_answers, given.questions], [5, 10]);
  assert.deepEqual(given.writers, { one: [10, 5], two: [10, 5] });
  const download = page.waitForEvent("download");
  await page.click(".given button:has-text('Download the file')");
  const path = join(demo.folder, "given.profile.json");
  await (await download).saveAs(path);
  assert.deepEqual(JSON.parse(readFileSync(path, "utf8")).given, given);
});

test("what is kept of it is told, and deleted", needsReal, async () => {
  await view("This machine");
  const card = page.locator("section.card", { hasText: "Your calibrations" });
  await counts(card.locator("p", { hasText: `What models saw of ${ALL} answers` }), 1);
  await card.locator("button:has-text('Delete all')").click();
  await card.locator("button:has-text('Really delete all?')").click();
  await counts(card.locator("p", { hasText: "What models saw" }), 0);
  await view("Calibrate");
  // The file is still chosen in this visit.
  await start(`Look at ${ALL} answers`);
  await counts(page.locator(".given table"), 0);
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
