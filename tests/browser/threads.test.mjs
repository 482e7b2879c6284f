/** Models on several threads: the same numbers, where memory may be shared, and one thread elsewhere. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "./lib/chromium.mjs";
import { realModel, SMOLLM2 } from "./lib/reference.mjs";
import { openPage, startServer } from "./lib/server.mjs";

const MODEL = realModel(SMOLLM2);
const QUESTION = "Who discovered penicillin?";

/** Asks once on each of these numbers of threads; null is the package's own choice. */
async function ask(page, url, numbers) {
  return page.evaluate(
    async ({ url, numbers, question }) => {
      const results = [];
      for (const threads of numbers) {
        const warnings = [];
        const onProgress = (progress) => progress.phase === "warning" && warnings.push(progress.message);
        const model = await semgrad.load(url, { device: "cpu", onProgress, ...(threads && { threads }) });
        const options = { methods: ["semgrad", "hybridgrad", "gnll"], maxTokens: 12, samples: 2, seed: 7 };
        const { text, scores, samples, confidence } = await model.ask(question, options);
        results.push({ threads: model.info.threads, warnings, told: { text, scores, samples, confidence } });
        model.dispose();
      }
      return results;
    },
    { url, numbers, question: QUESTION },
  );
}

/** How many workers the page has, helpers among them. */
async function workers(page) {
  const session = await page.context().newCDPSession(page);
  const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "worker" }] });
  await session.detach();
  return targetInfos.length;
}

test("an isolated page has threads, any number of which tells the same", async (context) => {
  const server = await startServer({ model: MODEL, isolated: true });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const page = await openPage(browser.context, server.origin);
  const [one, two, three, chosen] = await ask(page, server.modelUrl, [1, 2, 3, null]);
  assert.deepEqual([one.threads, two.threads, three.threads], [1, 2, 3]);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  assert.ok(chosen.threads >= 1 && chosen.threads <= Math.min(cores, 8), `${chosen.threads} of ${cores}`);
  assert.ok(one.told.text.length > 10 && Number.isFinite(one.told.scores.semgrad.score));
  for (const many of [two, three, chosen]) assert.deepEqual(untimed(many.told), untimed(one.told));
  assert.deepEqual(one.warnings.concat(two.warnings, three.warnings), []);
  const files = new Set(server.requests.map(({ path }) => path).filter((path) => path.endsWith(".wasm")));
  assert.deepEqual([...files].sort(), ["/pkg/wasm/semgrad_bg.wasm", "/pkg/wasm/semgrad_threaded_bg.wasm"]);
});

test("a page that shares no memory has one thread, and is told so where it wants more", async (context) => {
  const server = await startServer({ model: MODEL });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const page = await openPage(browser.context, server.origin);
  const [chosen, two] = await ask(page, server.modelUrl, [null, 2]);
  assert.deepEqual([chosen.threads, two.threads], [1, 1]);
  assert.deepEqual(chosen.warnings, []);
  assert.match(two.warnings.join(), /one thread instead of 2: .*Cross-Origin-Opener-Policy/);
  assert.deepEqual(untimed(two.told), untimed(chosen.told));
  const files = server.requests.map(({ path }) => path).filter((path) => path.endsWith(".wasm"));
  assert.ok(!files.includes("/pkg/wasm/semgrad_threaded_bg.wasm"));
  const wrong = await page.evaluate(
    (url) => semgrad.load(url, { threads: 0.5 }).catch(({ code }) => code),
    server.modelUrl,
  );
  assert.equal(wrong, "bad_input");
});

test("where the file for threads is not served, there is one thread", async (context) => {
  const extra = (_, response, path) => path.includes("threaded") && response.writeHead(404).end();
  const server = await startServer({ model: MODEL, isolated: true, extra });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const page = await openPage(browser.context, server.origin);
  const [two] = await ask(page, server.modelUrl, [2]);
  assert.equal(two.threads, 1);
  assert.match(two.warnings.join(" "), /semgrad_threaded_bg\.wasm could not be used.*one thread instead of 2/);
});

test("helpers end with their model", async (context) => {
  const server = await startServer({ model: MODEL, isolated: true });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const page = await openPage(browser.context, server.origin);
  const load = async (url) => {
    globalThis.model = await semgrad.load(url, { device: "cpu", threads: 3 });
    return globalThis.model.info.threads;
  };
  assert.equal(await page.evaluate(load, server.modelUrl), 3);
  assert.equal(await workers(page), 3);
  await page.evaluate(() => model.dispose());
  await waitFor(async () => (await workers(page)) === 0);
});

/** In front of the package: a helper cannot do what it is told. */
const FRONT = `
if (globalThis.name === "semgrad-helper") {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (...given) {
    const runPiece = () => { throw new Error("spoiled"); };
    return { exports: { ...new Instance(...given).exports, runPiece } };
  };
}`;
const SCRIPTS = { "/front.js": FRONT, "/spoiled.js": 'import "/front.js"; import "/pkg/worker.js";' };

test("a helper that fails ends the model with an error, and no number is wrong", async (context) => {
  const extra = (_, response, path) => {
    if (!SCRIPTS[path]) return false;
    response.writeHead(200, { "content-type": "text/javascript" }).end(SCRIPTS[path]);
    return true;
  };
  const server = await startServer({ model: MODEL, isolated: true, extra });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const page = await openPage(browser.context, server.origin);
  const outcome = await page.evaluate(async (url) => {
    const worker = () => new Worker("/spoiled.js", { type: "module" });
    const model = await semgrad.load(url, { device: "cpu", threads: 2, worker: worker() });
    const error = await model.ask("Who discovered penicillin?", { maxTokens: 8 }).catch((thrown) => thrown);
    return { threads: model.info.threads, code: error.code, message: error.message };
  }, server.modelUrl);
  assert.deepEqual([outcome.threads, outcome.code], [2, "internal"]);
});

/** In front of the package: tells the page which addresses of blobs are made. */
const TELLING = `
const { createObjectURL } = URL;
const told = new BroadcastChannel("blobs");
URL.createObjectURL = (blob) => {
  const address = createObjectURL(blob);
  told.postMessage(address);
  return address;
};`;
/** The same, where helpers start, where the browser refuses them, and where their script is missing. */
const STARTS = {
  "/start.js": TELLING,
  "/refuse.js": `${TELLING} globalThis.Worker = class { constructor() { throw new Error("refused"); } };`,
  "/miss.js": `${TELLING} const Own = Worker;
globalThis.Worker = class { constructor(_, options) { return new Own("/missing.js", options); } };`,
};

test("the address of a helper's script is given back, whether it started or not", async (context) => {
  const extra = (_, response, path) => {
    if (!STARTS[path]) return false;
    response.writeHead(200, { "content-type": "text/javascript" }).end(STARTS[path]);
    return true;
  };
  const server = await startServer({ model: MODEL, isolated: true, extra });
  context.after(server.close);
  const browser = await openBrowser();
  context.after(browser.close);
  const page = await openPage(browser.context, server.origin);
  const outcomes = await page.evaluate(
    async ({ url, fronts }) => {
      const addresses = [];
      new BroadcastChannel("blobs").onmessage = ({ data }) => addresses.push(data);
      // Only a worker whose script came from another origin makes its helpers of blobs: it is one itself.
      const started = (front) => {
        const script = `import "${location.origin}${front}"; import "${location.origin}/pkg/worker.js";`;
        const blob = new Blob([script], { type: "text/javascript" });
        return new Worker(URL.createObjectURL(blob), { type: "module" });
      };
      const outcomes = [];
      for (const front of fronts) {
        addresses.length = 0;
        const model = await semgrad.load(url, { device: "cpu", threads: 3, worker: started(front) });
        const readable = await Promise.all(
          addresses.map((address) =>
            fetch(address).then(
              () => true,
              () => false,
            ),
          ),
        );
        outcomes.push({ threads: model.info.threads, readable });
        model.dispose();
      }
      return outcomes;
    },
    { url: server.modelUrl, fronts: Object.keys(STARTS) },
  );
  const gone = [false, false];
  assert.deepEqual(outcomes, [
    { threads: 3, readable: gone },
    { threads: 1, readable: gone },
    { threads: 1, readable: gone },
  ]);
});

/** Times differ. */
const untimed = (told) => JSON.parse(JSON.stringify(told, (key, value) => (key === "ms" ? undefined : value)));

async function waitFor(holds) {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it never held");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
