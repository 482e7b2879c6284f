/**
 * The runtimes that the built package is tested, scored and measured in, behind one interface (`deno.mjs` and
 * `workerd.mjs` have it as well): `load(model, options, engines)` takes the path of a model, the options of the package's
 * `load`, and engines by kind as `engines.mjs` reads them, and gives `{ info, warnings, ms, run(request), memory(),
 * close() }`. `run` gives `{ record, wall }` or throws a `RemoteError`; times are in milliseconds, memory in bytes at its
 * peak.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { openPage, ROOT, startServer } from "../browser/lib/server.mjs";
import { engineOptions, serveEngines } from "./engines.mjs";
import { RemoteError } from "./process.mjs";

/** Puts scripts of `inside/` in front of the package's worker; gives the `extra` of a server. */
function inFront(names) {
  const worker = () => readFileSync(join(ROOT, "pkg/dist/worker.js"), "utf8");
  const scripts = Object.fromEntries(
    names.map((name) => [`/${name}.js`, () => readFileSync(join(ROOT, `tests/runtimes/inside/${name}.js`))]),
  );
  scripts["/pkg/worker.js"] = () => [...names.map((name) => `import "/${name}.js";`), worker()].join("\n");
  return (_request, response, path) => {
    if (!Object.hasOwn(scripts, path)) return false;
    response.writeHead(200, { "content-type": "text/javascript" }).end(scripts[path]());
    return true;
  };
}

/** Puts the memory counter in front of the package's worker; to be used as `extra` of a server. */
export const countMemory = inFront(["memory"]);

/** Memory of a page and its workers, in bytes. */
export async function pageMemory(page) {
  const read = () => globalThis.benchMemory?.() ?? { wasm: 0, gpu: 0 };
  const parts = await Promise.all([page, ...page.workers()].map((part) => part.evaluate(read)));
  return { wasm: parts.reduce((sum, part) => sum + part.wasm, 0), gpu: parts.reduce((sum, part) => sum + part.gpu, 0) };
}

/** Throws what the page caught. */
function unwrap({ error, ...value }) {
  if (error) throw new RemoteError(error);
  return value;
}

/** Loads a model in a page that has the package. */
export async function loadInPage(page, url, options) {
  const loaded = await page.evaluate(
    async ([source, settings]) => {
      const warnings = [];
      const onProgress = (progress) => progress.phase === "warning" && warnings.push(progress.message);
      const began = performance.now();
      try {
        globalThis.model = await semgrad.load(source, { ...settings, onProgress });
        return { info: globalThis.model.info, warnings, ms: performance.now() - began };
      } catch (error) {
        return { error: error.toJSON() };
      }
    },
    [url, options],
  );
  return unwrap(loaded);
}

/** One request to the model of a page. */
export async function runInPage(page, request) {
  const answered = await page.evaluate(async (line) => {
    const began = performance.now();
    try {
      const record = await globalThis.model.run(line);
      return { record, wall: performance.now() - began };
    } catch (error) {
      return { error: error.toJSON() };
    }
  }, request);
  return unwrap(answered);
}

/** Starts Chromium; `webgpu` allows software adapters, `inside` are scripts of that folder for the worker. */
export async function startBrowser({ webgpu = false, inside = [] } = {}) {
  const browser = await openBrowser({ webgpu });
  const front = inFront(["memory", ...inside]);
  return {
    async load(model, options = {}, engines = {}) {
      const serve = serveEngines(engines);
      const server = await startServer({ model, extra: (...call) => front(...call) || serve(...call) });
      const page = await openPage(browser.context, server.origin);
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) console.error(`browser: ${message.text()}`);
      });
      const close = async () => {
        await page.close();
        server.close();
      };
      try {
        const settings = { ...options, ...engineOptions(engines, server.origin) };
        const loaded = await loadInPage(page, server.modelUrl, settings);
        return { ...loaded, run: (request) => runInPage(page, request), memory: () => pageMemory(page), close };
      } catch (error) {
        await close();
        throw error;
      }
    },
    close: () => browser.close(),
  };
}
