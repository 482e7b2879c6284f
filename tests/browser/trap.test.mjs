/** The engine dies in Chromium: by a trap in a worker and without one, and with its worker. Every promise settles. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/chromium.mjs";
import { golden, tinyFolder } from "./lib/reference.mjs";
import { openPage, startServer } from "./lib/server.mjs";

const MODEL = "llama_tied";
const { prompt_ids: PROMPT } = golden(MODEL);

/** In front of the package: keeps the module's memory, and overwrites it when it is told to. */
const FRONT = `
const { instantiateStreaming } = WebAssembly;
let memory;
WebAssembly.instantiateStreaming = async (...given) => {
  const made = await instantiateStreaming.apply(WebAssembly, given);
  memory = made.instance.exports.memory;
  return made;
};
globalThis.overwrite = () => new Uint8Array(memory.buffer).fill(0xff);
if (globalThis.postMessage && !globalThis.document) {
  const post = globalThis.postMessage.bind(globalThis);
  globalThis.postMessage = (message) => {
    post(message);
    if (message.type === "event" && message.event.type === "token") globalThis.overwrite();
  };
}`;
const SCRIPTS = {
  "/front.js": FRONT,
  "/spoiled.js": 'import "/front.js"; import "/pkg/worker.js";',
};

let browser;
let server;
let page;
const complaints = [];

before(async () => {
  const extra = (_, response, path) => {
    const script = SCRIPTS[path];
    if (script) response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    return script !== undefined;
  };
  server = await startServer({ model: tinyFolder(MODEL), extra });
  browser = await openBrowser();
  page = await openPage(browser.context, server.origin);
  page.on("pageerror", (error) => complaints.push(error.message));
});
after(async () => {
  await browser.close();
  server.close();
});

/** What becomes of two calls, of one that comes later, and of the model. */
const fate = async (model, request, end) => {
  const code = (thrown) => thrown.code ?? String(thrown);
  const calls = [model.run(request, { onEvent: ({ type }) => type === "token" && end() }), model.run(request)];
  const settled = await Promise.all(calls.map((call) => call.then(() => "answered", code)));
  return [...settled, await model.run(request).then(() => "answered", code), model.stopped?.code];
};
const settings = { request: { prompt_ids: PROMPT, max_tokens: 4, semantic_position: "-1" }, fate: fate.toString() };
const DEAD = Array(4).fill("internal");

test("a trap in the worker", async () => {
  const outcome = await page.evaluate(
    async ([url, { request, fate }]) => {
      const worker = new Worker("/spoiled.js", { type: "module" });
      const model = await semgrad.load(url, { worker, device: "cpu" });
      // biome-ignore lint/security/noGlobalEval: the test's own function, sent to the page as text
      return globalThis.eval(`(${fate})`)(model, request, () => {});
    },
    [server.modelUrl, settings],
  );
  assert.deepEqual(outcome, DEAD);
});

test("a trap in the page's own thread, which can load again", async () => {
  const [outcome, next] = await page.evaluate(
    async ([url, { request, fate }]) => {
      await import("/front.js");
      const options = { worker: false, device: "cpu" };
      const model = await semgrad.load(url, options);
      // biome-ignore lint/security/noGlobalEval: the test's own function, sent to the page as text
      const outcome = await globalThis.eval(`(${fate})`)(model, request, globalThis.overwrite);
      const again = await semgrad.load(url, options);
      return [outcome, (await again.run(request)).response_ids.length];
    },
    [server.modelUrl, settings],
  );
  assert.deepEqual(outcome, DEAD);
  assert.equal(next, 4);
});

test("a worker that its owner terminates", async () => {
  const outcome = await page.evaluate(
    async ([url, { request, fate }]) => {
      const worker = new Worker("/pkg/worker.js", { type: "module" });
      const model = await semgrad.load(url, { worker, device: "cpu" });
      // biome-ignore lint/security/noGlobalEval: the test's own function, sent to the page as text
      return globalThis.eval(`(${fate})`)(model, request, () => worker.terminate());
    },
    [server.modelUrl, settings],
  );
  assert.deepEqual(outcome, DEAD);
});

test("a message that cannot be sent", async () => {
  const code = await page.evaluate(
    async ([url, { request }]) => {
      const model = await semgrad.load(url, { device: "cpu" });
      const thrown = await model.run({ ...request, id: () => "a function" }).catch((error) => error);
      await model.run(request);
      model.dispose();
      return thrown.code;
    },
    [server.modelUrl, settings],
  );
  assert.equal(code, "bad_input");
});

test("the page complained about nothing", () => {
  assert.deepEqual(complaints, []);
});
