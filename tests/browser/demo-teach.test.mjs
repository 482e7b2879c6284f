/** The demo page's view that teaches: from a pasted list to an adapter that is tried, used, exported and thrown away. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { go, openDemo } from "./lib/demo.mjs";
import { counts } from "./lib/patience.mjs";
import { playPressure, restAfter } from "./lib/pressure.mjs";
import { realModel, SMOLLM2, tinyFolder } from "./lib/reference.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

/** The least that there may be, easy and hard: every one is answered eleven times. */
const LIST = [
  "What is the capital of France?",
  "What is the capital of Italy?",
  "What is the capital of Burkina Faso?",
  "What is the capital of Kyrgyzstan?",
  "Which planet is known as the Red Planet?",
  "How many minutes are in an hour?",
  "How many keys does a harpsichord of 1720 have?",
  "Which ocean is the largest?",
  "Which river flows through Ljubljana?",
  "What is the highest mountain of Slovakia?",
  "Who wrote Romeo and Juliet?",
  "Who wrote The Tartar Steppe?",
  "Who painted the Mona Lisa?",
  "Who composed the opera The Cunning Little Vixen?",
  "What is the chemical symbol of gold?",
  "What is frozen water called?",
  "Who was the second woman in space?",
  "In which year was the Peace of Nystad signed?",
  "Who was the third president of Finland?",
  "What is the currency of Japan?",
];
/** What counts as right, of some of them. */
const ANSWERS = {
  "What is the capital of France?": ["Paris"],
  "What is the capital of Italy?": ["Rome"],
  "What is the capital of Burkina Faso?": ["Ouagadougou"],
  "What is the capital of Kyrgyzstan?": ["Bishkek"],
  "Which planet is known as the Red Planet?": ["Mars"],
  "How many minutes are in an hour?": ["60", "sixty"],
  "Which ocean is the largest?": ["Pacific"],
  "Which river flows through Ljubljana?": ["Ljubljanica"],
  "What is the highest mountain of Slovakia?": ["Gerlachovský štít", "Gerlach"],
  "Who wrote Romeo and Juliet?": ["Shakespeare"],
  "Who wrote The Tartar Steppe?": ["Buzzati"],
  "Who painted the Mona Lisa?": ["Leonardo da Vinci", "da Vinci"],
  "What is the chemical symbol of gold?": ["Au"],
  "What is frozen water called?": ["ice"],
  "Who was the second woman in space?": ["Savitskaya"],
  "In which year was the Peace of Nystad signed?": ["1721"],
  "What is the currency of Japan?": ["yen"],
};
const WITH_ANSWERS = LIST.map((question) => JSON.stringify({ question, answers: ANSWERS[question] })).join("\n");

let demo;
let page;
/** Paths of the files that the page exported. */
let files = [];

before(async () => {
  // The narrowest phones there are.
  const widths = { desktop: 1100, phone: 360 };
  demo = await openDemo({ widths, models: { tiny: tinyFolder("llama_tied"), ...(real ? { [SMOLLM2]: real } : {}) } });
  page = demo.page;
  await playPressure(demo.browser.context);
  await page.reload();
  await page.waitForSelector(".choice");
});
after(() => demo.close());

const view = (name) => go(page, name);
const text = (selector) => page.textContent(selector);
const state = (card) => text(`.${card} > .note[role=status]`);
const press = (card, name) => page.click(`.${card} button:has-text('${name}')`);
const twice = async (selector) => {
  await page.click(selector);
  await page.click("button:has-text('Really')");
};

async function load(name = "SmolLM2") {
  await page.click(`.choice:has-text('${name}')`);
  await page.click(".segments label:has-text('CPU')");
  await page.click(".picker:not(.measure *) button[type=submit]");
  await page.waitForSelector(".loaded");
}

/** The page anew, with the model that was there. */
async function reload() {
  await view("Ask");
  await page.reload();
  await page.click(".resume button");
  await page.waitForSelector(".loaded:has-text('SmolLM2')");
}

async function ask(question) {
  const count = await page.locator(".exchange").count();
  await page.fill("#question", question);
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => document.querySelectorAll(".exchange").length > before, count);
  await page.waitForSelector(".exchange:last-child:not([aria-busy]) .judgement");
}

const answered = (count) =>
  page.waitForFunction((wanted) => document.querySelectorAll(".doubted").length >= wanted, count);
const targets = () =>
  page.$$eval(".target", (all) => all.map(({ dataset }) => dataset.target).filter((target) => target !== "surplus"));
const count = (all, target) => all.filter((one) => one === target).length;
/** How many of each are kept. */
const kept = () =>
  page.evaluate(async () => {
    const database = await new Promise((done) => {
      const request = indexedDB.open("semgrad-teach");
      request.onsuccess = () => done(request.result);
    });
    const places = [...database.objectStoreNames];
    const counts = places.map(
      (place) =>
        new Promise((done) => {
          const request = database.transaction(place).objectStore(place).count();
          request.onsuccess = () => done([place, request.result]);
        }),
    );
    const found = Object.fromEntries(await Promise.all(counts));
    database.close();
    return found;
  });

test("says that a model with a tokenizer comes first", async () => {
  await view("Teach");
  assert.equal(await page.title(), "Teach · semgrad");
  assert.match(await text(".teach"), /Load a model first/);
  assert.ok(!(await page.isVisible("#teach-list")));
  await demo.shots("teach-empty");
  await view("Ask");
  await load("tiny");
  await view("Teach");
  await page.waitForSelector(".teach:has-text('came without what it reads words by')");
  assert.ok(!(await page.isVisible("#teach-list")));
  await view("Ask");
  await page.click("text=Change model");
});

test("reads a list, counts what repeats, and says how many questions it takes", needsReal, async () => {
  await load();
  await view("Teach");
  await page.fill("#teach-list", "1. Who was it?\nWho was it?\n\n{curly?");
  await page.waitForSelector("#teach-list-state:has-text('2 questions; 1 line repeats another one')");
  assert.match(await text("#teach-list-state"), /Too few to learn from: at least 20 are needed/);
  assert.ok(!(await page.isVisible(".teach-ask")));
  const table = join(demo.folder, "list.csv");
  writeFileSync(table, 'n;question\n1;"Who?"\n2;What?');
  await page.setInputFiles("input[data-kind=teach-list]", table);
  await page.waitForSelector("#teach-list-state:has-text('2 questions.')");
  await page.fill("#teach-list", '{"question": "Who?"}\nWhat?');
  await page.waitForSelector("#teach-list-state .form-hint:has-text('Line 2 is not in the form of the others')");
  await demo.shots("teach-faults");
});

test("says before it begins how much memory it takes, and what stays here", needsReal, async () => {
  await press("teach .questions", "Take the example");
  await page.waitForSelector("#teach-list-state:has-text('40 questions.')");
  const said = await text(".before");
  assert.match(said, /known after the first few questions: this model has not been used here yet/);
  assert.match(said, /About \d+ MB of memory besides the model/);
  assert.match(said, /Nothing leaves this machine/);
  assert.match(said, /never from pages that you visit/);
  // Once it wrote something here, its speed is known.
  await view("Ask");
  await ask("What is the capital of Spain?");
  await view("Teach");
  await page.waitForFunction(() => /About \d+ .* to ask and \d+ /.test(document.querySelector(".before").textContent));
  await demo.shots("teach-list");
});

test("asks, is paused, and goes on after a reload without asking anything twice", needsReal, async () => {
  await page.fill("#teach-list", WITH_ANSWERS);
  await page.waitForSelector(".teach-ask .primary:has-text('Ask 20 questions')");
  assert.match(await text("#teach-list-state"), /20 questions\. Right answers are given for 17 of them\./);
  await restAfter(page, ".doubted", 3);
  await press("teach-ask", "Ask 20 questions");
  await answered(3);
  assert.match(await state("teach-ask"), /of 20 asked · .* left/);
  assert.match(await text(".teach-ask"), /its calibration says how likely the answer is right/);
  assert.match(await text(".doubted >> nth=0"), /Of 100 such answers about \d+ are right\./);
  assert.equal(await page.locator(".doubted details").count(), 0, "no further answers are drawn");
  await demo.shots("teach-ask");
  await press("teach-ask", "Pause");
  await page.waitForSelector(".teach-ask .primary:has-text('Go on')");
  assert.match(await state("teach-ask"), /Paused\. What is done is kept/);
  const done = await page.locator(".doubted").count();
  await reload();
  await view("Teach");
  await page.waitForSelector(`.teach-ask .primary:has-text('Go on (${done} of 20 done)')`);
  await counts(page.locator(".doubted"), done);
  const before = (await kept()).answers;
  await press("teach-ask", "Go on");
  await answered(done + 1);
  // The page is not blocked meanwhile: somebody else's question comes in between.
  await view("Ask");
  await ask("What is the capital of Portugal?");
  await view("Teach");
  await page.waitForSelector(".teach-ask > .note:has-text('All questions are asked.')");
  await answered(20);
  assert.ok((await kept()).answers >= before + 20 - done);
});

test("the slider says at once what would be learned, and what has only one side cannot be", needsReal, async () => {
  await page.focus("#refuse");
  const wish = async (key, wanted) => {
    for (let turn = 0; turn < 20 && (await page.inputValue("#refuse")) !== wanted; turn++)
      await page.keyboard.press(key);
    assert.equal(await page.inputValue("#refuse"), wanted);
    await page.waitForSelector(`.refuse output:has-text('${wanted} of 100')`);
  };
  const half = await targets();
  assert.ok(count(half, "refusal") > 0 && count(half, "refusal") === count(half, "own"), half.join());
  assert.match(
    await text("#refuse-sum"),
    /Of the \d+ that can be taught it would refuse \d+ and answer \d+\. It would learn from \d+ of the first/,
  );
  // The most doubtful ones stand first.
  const bars = await page.$$eval(".doubted .share-bar", (all) =>
    all.map((bar) => Number(bar.style.getPropertyValue("--length"))),
  );
  assert.deepEqual(
    bars,
    bars.toSorted((a, b) => b - a),
  );
  await wish("ArrowLeft", "20");
  await page.waitForFunction(
    (before) => document.querySelectorAll("[data-target=refusal]").length !== before,
    count(half, "refusal"),
  );
  await wish("Home", "5");
  await wish("ArrowRight", "50");
  await page.waitForFunction(
    (before) => document.querySelectorAll("[data-target=refusal]").length === before,
    count(half, "refusal"),
  );
  await demo.shots("teach-sorted");
});

test("what is no short question of fact is left out, and it is said why and which", needsReal, async () => {
  const rule = await text("#refuse-sum");
  const [, able, refused] = /Of the (\d+) that can be taught it would refuse (\d+)/.exec(rule);
  assert.ok(Math.abs(Number(refused) - Number(able) / 2) < 1, rule);
  const sum = JSON.stringify({ question: "What is 7 + 15?" });
  await page.fill("#teach-list", `${WITH_ANSWERS}\n${sum}`);
  await press("teach-ask", "Go on (20 of 21 done)");
  await page.waitForSelector(".teach-ask > .note:has-text('All questions are asked.')");
  await answered(21);
  const out = 21 - Number(able);
  const left = await text(".left-out");
  assert.ok(
    left.startsWith(`${out} of 21 questions cannot be taught. 1 is of another kind than short questions`),
    left,
  );
  assert.match(left, /The list marks them\.$/);
  // The slider's share is one of the others.
  assert.equal(await text("#refuse-sum"), rule);
  await page.check(".check:has-text('Show only what cannot be taught') input");
  await counts(page.locator(".doubted"), out);
  assert.match(await text(".doubted:has-text('7 + 15') .target"), /^left out: such questions were not tested/);
  await demo.shots("teach-left-out");
  await page.uncheck(".check:has-text('Show only what cannot be taught') input");
  await page.fill("#teach-list", WITH_ANSWERS);
  await counts(page.locator(".doubted"), 20);
});

/** The numbers of a table of what came of it, by row. */
const outcome = (place) =>
  page.$$eval(`${place} .outcome tbody tr`, (rows) =>
    rows.map((row) => [
      Number.parseInt(row.querySelector("th").textContent, 10),
      [...row.querySelectorAll("td")].map(({ textContent }) => Number(textContent.replace("–", "0"))),
    ]),
  );

test("trains, is paused, and goes on after a reload where it was", needsReal, async () => {
  await press("train", "Teach it");
  await page.waitForSelector(".curve svg");
  assert.match(await state("train"), /Learning, step \d+ of \d+/);
  assert.match(await state("train"), /about \d+ MB of memory/);
  // What it was begun with stays as it is.
  assert.ok(await page.isDisabled("#refuse"));
  assert.equal(await page.$eval("#teach-list", ({ readOnly }) => readOnly), true);
  await press("train", "Pause");
  await page.waitForSelector(".train .primary:has-text('Go on')");
  const [, step, steps] = /step (\d+) of (\d+)/.exec(await text(".train .primary"));
  assert.ok(Number(step) >= 1 && Number(steps) > Number(step));
  await demo.shots("teach-paused");
  await reload();
  await view("Teach");
  await page.waitForSelector(`.train .primary:has-text('Go on (step ${step} of ${steps})')`);
  await press("train", "Go on");
  await page.waitForSelector(".train > .note:has-text('Taught')");
  assert.equal(await page.locator(".problem").count(), 0);
  await page.click(".curve summary");
  await page.waitForSelector(".curve tbody tr");
  // Every step once, those before the reload too.
  const rows = await page.$$eval(".curve tbody th", (all) => all.map(({ textContent }) => Number(textContent)));
  assert.deepEqual(
    rows,
    Array.from({ length: Number(steps) }, (_, index) => index + 1),
  );
  const [, before, now] = /before(\d+) of 20now(\d+) of 20/.exec(await text(".engagement"));
  // It has learned to refuse, and not to refuse everything.
  assert.ok(Number(now) < Number(before) && Number(now) > 2, `${before} ${now}`);
  assert.equal((await kept()).trainings, 0);
  // What became of right and of wrong answers, of those that are judged.
  assert.match(await text(".train .outcome caption"), /^20 questions of the list/);
  const table = await outcome(".train");
  assert.equal(
    table.reduce((sum, [count]) => sum + count, 0),
    20,
  );
  for (const [count, cells] of table)
    assert.equal(
      cells.reduce((sum, cell) => sum + cell, 0),
      count,
    );
  assert.match(await text(".train .outcome tbody"), /\d+ right.*\d+ wrong/);
  assert.equal(
    table.reduce((sum, [, cells]) => sum + cells.at(-1), 0),
    20 - Number(now),
    "refused now",
  );
  assert.match(await text(".adapters > li"), /taught from a list of 20 questions: (\d+) to refuse, \1 to answer/);
  await demo.shots("teach-done");
});

test("the answers before and after stand side by side", needsReal, async () => {
  const both = async () => {
    await page.waitForSelector(".try button:has-text('Ask both')");
    assert.equal(await page.locator(".try .problem").count(), 0);
    return page.$$eval(".answers .said", (all) => all.map(({ textContent }) => textContent));
  };
  await page.click(".chips button >> nth=0");
  const [first, second] = await both();
  assert.ok(first.length > 1 && second.length > 1, `${first} ${second}`);
  // As it was, the model says what it said when it was asked first.
  const question = await page.inputValue("#try-question");
  const before = await text(`.doubted:has-text('${question}') strong + p`);
  assert.equal(first, before);
  await page.fill("#try-question", "Name a color.");
  await page.keyboard.press("Enter");
  await both();
  await demo.shots("teach-try");
  await page.click(".checks-again summary");
  await counts(page.locator(".checks-again tbody tr"), 20);
  for (const answer of [...(await page.locator(".checks-again td").allTextContents()), first, second])
    assert.doesNotMatch(answer, /^\s*(A|Answer):/);
  await demo.shots("teach-checked");
});

test(
  "in use it changes the page's answers, which then have no number, and it stays until it is switched off",
  needsReal,
  async () => {
    await page.check(".adapters [role=switch]");
    await page.waitForSelector(".kept-adapters > .note:has-text('In use.')");
    await view("Ask");
    await page.waitForSelector(".taught:has-text('taught to say “I don\\'t know” from a list of 20 questions: ')");
    await ask("Who was the second woman in space?");
    await counts(page.locator(".exchange:last-child .judgement[data-tone=none]"), 1);
    assert.match(await text(".exchange:last-child .judgement"), /adapter/);
    await demo.shots("teach-in-use");
    await reload();
    await page.waitForSelector(".taught");
    await page.click(".taught button");
    await page.waitForSelector(".taught", { state: "detached" });
    await ask("What is the capital of Spain?");
    await counts(page.locator(".exchange:last-child .judgement-chance"), 1);
  },
);

test("what came of it is there after a reload", needsReal, async () => {
  await view("Teach");
  await page.waitForSelector(".adapters .result[open] .outcome");
  const table = await outcome(".adapters .result[open]");
  assert.equal(
    table.reduce((sum, [count]) => sum + count, 0),
    20,
  );
  await page.click(".checks-again summary");
  await counts(page.locator(".checks-again tbody tr"), 20);
  await demo.shots("teach-again");
});

test("is exported with a warning, as PEFT's two files and as one for llama.cpp", needsReal, async () => {
  await page.click(".export summary");
  assert.match(await text(".export"), /remembers what it was made from/);
  const buttons = await page.locator(".export button").allTextContents();
  assert.deepEqual(buttons.slice(0, 2).toSorted(), ["adapter_config.json", "adapter_model.safetensors"]);
  files = [];
  for (const name of buttons) {
    const download = page.waitForEvent("download");
    await press("export", name);
    files.push(join(demo.folder, name));
    await (await download).saveAs(files.at(-1));
  }
  const config = JSON.parse(
    readFileSync(
      files.find((path) => path.endsWith(".json")),
      "utf8",
    ),
  );
  assert.deepEqual([config.peft_type, config.r, config.lora_alpha], ["LORA", 8, 16]);
  assert.equal(readFileSync(files[2]).subarray(0, 4).toString(), "GGUF");
  await demo.shots("teach-export");
});

test(
  "comes back from its files; what is none of this model is turned away; the last three are kept",
  needsReal,
  async () => {
    const input = "input[data-kind=adapter]";
    const rows = page.locator(".adapters > li");
    await page.setInputFiles(input, files.slice(0, 2));
    await page.waitForFunction(() => document.querySelectorAll(".adapters > li").length === 2);
    await page.setInputFiles(input, files[2]);
    await page.waitForFunction(() => document.querySelectorAll(".adapters > li").length === 3);
    const foreign = join(demo.folder, "foreign.gguf");
    writeFileSync(foreign, "no adapter at all");
    await page.setInputFiles(input, foreign);
    await page.waitForSelector(".kept-adapters .problem");
    assert.match(await text(".kept-adapters .problem"), /unsupported_format|corrupt_weights|bad_input/);
    await counts(rows, 3);
    await page.setInputFiles(input, files[2]);
    await page.waitForSelector(".kept-adapters > .note:has-text('Loaded.')");
    await counts(rows, 3);
    assert.equal((await kept()).adapters, 3);
    // The oldest one, which was taught here, has gone.
    assert.doesNotMatch(await text(".adapters"), /from a list of \d+ questions/);
    await demo.shots("teach-kept");
    await twice(".adapters > li >> nth=0 >> button:has-text('Throw away')");
    await page.waitForFunction(() => document.querySelectorAll(".adapters > li").length === 2);
  },
);

test("storage that is full is said, and what is done stays while the page is open", needsReal, async () => {
  // How soon the browser notices by itself is its own affair.
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    globalThis.restore = () => {
      IDBObjectStore.prototype.put = put;
    };
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await page.fill("#teach-list", [...LIST, "What is the capital of Mauritania?"].join("\n"));
  await press("teach-ask", "Go on (20 of 21 done)");
  await page.waitForSelector(".teach-ask > .note:has-text('All questions are asked.')");
  assert.match(await state("teach-ask"), /There is no room left to keep it/);
  await counts(page.locator(".doubted"), 21);
  await page.evaluate(() => globalThis.restore());
});

test("all of it is listed under This machine, and deleted there", needsReal, async () => {
  await view("This machine");
  await page.waitForSelector(".taught-kept .rows li");
  await counts(page.locator(".taught-kept .rows li"), 2);
  assert.match(await text(".taught-kept"), /\d+ answers to questions that were to be taught/);
  await demo.shots("teach-machine");
  await twice(".taught-kept button:has-text('Delete all')");
  await page.waitForSelector(".taught-kept:has-text('None yet.')");
  assert.deepEqual(await kept(), { adapters: 0, answers: 0, trainings: 0 });
  await view("Teach");
  assert.equal(await page.inputValue("#teach-list"), "");
  assert.equal(await page.locator(".adapters > li").count(), 0);
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
