/**
 * The graphics card goes away: a driver that is updated, a laptop that changes cards, a browser that is short of memory. Whatever
 * the model does then ends with an error that says so, and a model that is loaded next works.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ENDING } from "../../pkg/test/support/teach.mjs";
import { tinyFiles } from "../../pkg/test/support/tiny.mjs";
import { openBrowser } from "./lib/chromium.mjs";
import { openPage, startServer } from "./lib/server.mjs";

const FOLDERS = { tiny: tinyFiles(), ending: tinyFiles(ENDING) };

/** In front of the package, in a page or a worker: keeps the device, and loses it when it is told to. */
const FRONT = `
const { requestDevice } = GPUAdapter.prototype;
let device;
GPUAdapter.prototype.requestDevice = async function (...given) {
  device = await requestDevice.apply(this, given);
  return device;
};
globalThis.lose = () => device.destroy();
if (!globalThis.document) {
  const post = globalThis.postMessage.bind(globalThis);
  globalThis.postMessage = (message) => {
    post(message);
    if (message.type === "event" && message.event.type === "token") globalThis.lose();
  };
}`;
const SCRIPTS = { "/front.js": FRONT, "/lossy.js": 'import "/front.js"; import "/pkg/worker.js";' };

let server;
let browser;
let page;
const complaints = [];

before(async () => {
  const extra = (_, response, path) => {
    const [, folder, name] = /^\/(\w+)\/([\w.]+)$/.exec(path) ?? [];
    const body = SCRIPTS[path] ?? FOLDERS[folder]?.[name];
    if (!body) return false;
    const type = path.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(body);
    return true;
  };
  server = await startServer({ extra });
  browser = await openBrowser({ webgpu: true });
  page = await openPage(browser.context, server.origin);
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.evaluate(() => import("/front.js"));
});
after(async () => {
  await browser.close();
  server.close();
});

/** In the page: what becomes of the work that loses its device, of the call after it, and of the next model's. */
async function fate(phase) {
  const folder = phase === "training" ? "/ending/" : "/tiny/";
  const load = (more = {}) =>
    semgrad.load(folder, { device: "webgpu", worker: false, cache: "none", profile: null, ...more });
  const told = ({ code, message, advice }) => ({ code, message, advice });
  const ask = (model, more = {}) => model.ask("Why?", { maxTokens: 6, methods: ["semgrad"], ...more });
  const lost = (work) => work.then(() => "done", told);
  if (phase === "load") {
    let isLost = false;
    const onProgress = (progress) => {
      if (progress.phase !== "load" || isLost) return;
      isLost = true;
      globalThis.lose();
    };
    return [await lost(load({ onProgress }).then((model) => ask(model))), null, await (await load()).info.device];
  }
  const model = await load();
  const works = {
    between() {
      globalThis.lose();
      return ask(model);
    },
    prefill: () => ask(model, { onProgress: (progress) => progress.phase === "prefill" && globalThis.lose() }),
    decode() {
      let tokens = 0;
      const onToken = () => {
        tokens += 1;
        if (tokens === 2) globalThis.lose();
      };
      return ask(model, { onToken });
    },
    // Scoring begins: gradients are what is left to do.
    backward: () => ask(model, { onProgress: (progress) => progress.phase === "score" && globalThis.lose() }),
    training: () =>
      model.tune(["Who?", "Why?"], {
        teacher: "none",
        maxTokens: 4,
        ordinary: [],
        checks: 1,
        rest: false,
        training: { epochs: 4, rank: 2 },
        onProgress: (event) => event.stage === "train" && event.done === 1 && globalThis.lose(),
      }),
  };
  const first = await lost(works[phase]());
  const second = await lost(ask(model));
  model.dispose();
  const again = await load();
  const { text } = await ask(again);
  const other = await load({ device: "cpu" });
  const same = (await ask(other)).text === text;
  other.dispose();
  again.dispose();
  return [first, second, same];
}

/**
 * Known and open: where the device goes away within a call to it, a library below may end the engine by a trap before anybody is
 * told of the loss. Seen once in some seventy losses, in `decode`: one is let pass, and two in one run are not.
 */
let traps = 0;

for (const phase of ["between", "load", "prefill", "decode", "backward", "training"]) {
  test(`the device is lost: ${phase}`, async (context) => {
    const [first, second, next] = await page.evaluate(fate, phase);
    context.diagnostic(JSON.stringify([first, second, next]));
    if (first.code === "internal") traps += 1;
    assert.ok(first.code === "device_lost" || (first.code === "internal" && traps <= 1), JSON.stringify(first));
    assert.match(first.advice, /Load the model again/);
    // Whatever it was called, nothing else comes after it.
    if (second) assert.equal(second.code, first.code, JSON.stringify(second));
    assert.ok(next);
  });
}

test("the device is lost in a worker", async () => {
  const outcome = await page.evaluate(async () => {
    const options = { device: "webgpu", cache: "none", profile: null };
    const worker = new Worker("/lossy.js", { type: "module" });
    const model = await semgrad.load("/tiny/", { ...options, worker });
    const ask = (asked) => asked.ask("Why?", { maxTokens: 6, methods: ["semgrad"] });
    const code = () =>
      ask(model).then(
        () => "done",
        (error) => error.code,
      );
    const codes = [await code(), await code(), model.stopped?.code];
    const again = await semgrad.load("/tiny/", options);
    const { text } = await ask(again);
    again.dispose();
    return [codes, text.length > 0];
  });
  assert.deepEqual(outcome, [Array(3).fill("device_lost"), true]);
});

test("a model on the CPU does not mind", async () => {
  const answered = await page.evaluate(async () => {
    const options = { worker: false, cache: "none", profile: null };
    const spare = await semgrad.load("/tiny/", { ...options, device: "webgpu" });
    const model = await semgrad.load("/tiny/", { ...options, device: "cpu" });
    globalThis.lose();
    const { text } = await model.ask("Why?", { maxTokens: 6 });
    spare.dispose();
    model.dispose();
    return text.length > 0;
  });
  assert.ok(answered);
});

test("the page complained about nothing", () => {
  assert.deepEqual(complaints, []);
});
