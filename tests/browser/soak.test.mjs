/**
 * Many questions in one tab: answers, judgements, samples, aborts and errors in turn, and neither memory grows with them.
 * `SEMGRAD_SOAK` is how many, 1,000 unless it says otherwise.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { FRONT, heapsOf } from "./lib/heap.mjs";
import { openPage, startServer } from "./lib/server.mjs";

const QUESTIONS = Number(process.env.SEMGRAD_SOAK ?? 1000);
/** What is kept for good (compiled functions, caches) is there after the first fifth. */
const FIRST = QUESTIONS / 5;
/** They come again: the tokenizer keeps the pieces of 10,000 words, and to that of this model a text is one word. */
const TEXTS = 40;
/** What JavaScript's engine learns and compiles about functions on the way is no part of what is measured. */
const STEADY = "--js-flags=--no-lazy-feedback-allocation,--no-flush-bytecode,--no-opt,--no-maglev,--no-sparkplug";
/** Of each memory. */
const GROWTH = 0.02;

const TINY = tinyFiles();
const SCRIPTS = { "/front.js": FRONT, "/watched.js": 'import "/front.js"; import "/pkg/worker.js";' };

let server;
let browser;

before(async () => {
  const extra = (_, response, path) => {
    const body = SCRIPTS[path] ?? TINY[/^\/tiny\/([\w.]+)$/.exec(path)?.[1]];
    if (!body) return false;
    const type = path.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(body);
    return true;
  };
  server = await startServer({ extra });
  browser = await openBrowser({ args: [STEADY] });
});
after(async () => {
  await browser.close();
  server.close();
});

/** In the page: questions `from` to `to`, and how many ended how. */
async function asked([from, to, texts]) {
  const { model } = globalThis;
  const ended = {};
  /** Ten kinds in turn, with texts of many lengths. */
  const one = async (index) => {
    const text = index % texts;
    const question = `What is ${"so ".repeat(text % 23)}${text}?`;
    const short = { maxTokens: 2 + (index % 7), methods: ["semgrad", "gnll"] };
    const kind = index % 10;
    if (kind < 3) return model.ask(question, short);
    if (kind === 3) return model.ask(question, { ...short, methods: ["exgrad", "paragrad", "hybridgrad"] });
    if (kind === 4) return model.score(question, `It is ${text}.`, { methods: ["semgrad"] });
    if (kind === 5) return model.score(question, "It is so.", { examine: true, ownAnswers: 2, methods: [] });
    if (kind === 6) return model.ask(question, { ...short, samples: 2, methods: ["lexical_similarity"], seed: index });
    if (kind === 7) {
      const leaving = new AbortController();
      let tokens = 0;
      const onToken = () => {
        tokens += 1;
        if (tokens === 2) leaving.abort();
      };
      return model.ask(question, { maxTokens: 40, methods: ["semgrad"], signal: leaving.signal, onToken });
    }
    return kind === 8 ? model.ask(" ") : model.ask("long ".repeat(1000));
  };
  for (let index = from; index < to; index += 1) {
    const end = await one(index).then(
      () => "answered",
      ({ code }) => code,
    );
    ended[end] = (ended[end] ?? 0) + 1;
  }
  await model.idle();
  return ended;
}

test(`memory is the same after ${QUESTIONS} questions as after ${FIRST}`, async (context) => {
  const page = await openPage(browser.context, server.origin);
  const heaps = await heapsOf(page);
  await page.evaluate(async () => {
    const worker = new Worker("/watched.js", { type: "module" });
    globalThis.model = await semgrad.load("/tiny/", { worker, device: "cpu", profile: null });
  });
  const began = performance.now();
  const seen = [];
  for (let from = 0; from < QUESTIONS; from += FIRST) {
    const ended = await page.evaluate(asked, [from, from + FIRST, TEXTS]);
    assert.deepEqual(ended, {
      answered: 0.7 * FIRST,
      aborted: 0.1 * FIRST,
      bad_input: 0.1 * FIRST,
      context_exceeded: 0.1 * FIRST,
    });
    seen.push(await heaps());
    context.diagnostic(`${from + FIRST} questions: ${JSON.stringify(seen.at(-1))}`);
  }
  context.diagnostic(`${QUESTIONS} questions took ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const [first, last] = [seen[0], seen.at(-1)];
  for (const [name, bytes] of Object.entries(first)) {
    const growth = last[name] / bytes - 1;
    assert.ok(growth <= GROWTH, `${name} grew by ${(100 * growth).toFixed(1)} %: ${JSON.stringify(seen)}`);
  }
});
