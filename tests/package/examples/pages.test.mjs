/** The examples that are pages, in Chromium: from a content delivery network, with Vite, with esbuild. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openBrowser } from "../../browser/lib/chromium.mjs";
import { installExamples, startSite } from "./site.mjs";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };
/** As the package's README has them. */
const POLICIES = {
  page:
    "default-src 'none'; img-src data:; script-src 'unsafe-inline' 'wasm-unsafe-eval' https://cdn.jsdelivr.net; " +
    "connect-src 'self' https://cdn.jsdelivr.net; worker-src blob: https://cdn.jsdelivr.net",
  vite: "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  esbuild: "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
};

let site;
let browser;
let examples;
/** A place in the copy. */
const at = (path) => join(examples.folder, path);
before(async () => {
  examples = installExamples();
  const folders = { page: at("page"), vite: at("vite/dist"), esbuild: at("esbuild/dist") };
  site = await startSite(folders, POLICIES);
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
  examples?.remove();
});

/** What the page says once it has a score; complaints fail the test. */
async function outcome(url) {
  const page = await browser.context.newPage();
  const complaints = [];
  const workers = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("worker", (worker) => workers.push(worker.url()));
  await page.goto(`${url}?model=${encodeURIComponent(site.model)}`);
  await page
    .waitForFunction(() => /\nscore|^error/.test(document.querySelector("#output").textContent))
    .catch((error) => assert.fail(`${error.message}: ${complaints.join("; ")}`));
  const text = await page.textContent("#output");
  await page.close();
  assert.deepEqual(complaints, [], url);
  assert.match(text, /\nscore \d+(\.\d+)?(e-\d+)?(\n|$)/, text);
  return { text, workers };
}

test("a plain page takes the package from another origin, worker and all", async () => {
  const { version } = JSON.parse(await readFile(at("node_modules/semgrad/package.json"), "utf8"));
  const prefix = `https://cdn.jsdelivr.net/npm/semgrad@${version}/`;
  const asked = [];
  await browser.context.route(`${prefix}**`, async (route) => {
    const path = route.request().url().slice(prefix.length);
    asked.push(path);
    const headers = { "access-control-allow-origin": "*", "content-type": TYPES[extname(path)] };
    await route.fulfill({ headers, body: await readFile(at(`node_modules/semgrad/${path}`)) });
  });
  const { text, workers } = await outcome(`${site.origin}/page/`);
  assert.match(text, /confidence none: /);
  assert.equal(workers.length, 1);
  assert.match(workers[0], /^blob:/);
  assert.ok(asked.includes("dist/wasm/semgrad_bg.wasm") && asked.includes("dist/worker.js"), asked.join());
});

test("Vite bundles it without settings, and serves it while one develops", async () => {
  const vite = createRequire(at("package.json")).resolve("vite");
  const { build, createServer } = await import(pathToFileURL(vite).href);
  const common = { root: at("vite"), base: "./", logLevel: "error" };
  await build(common);
  const built = await outcome(`${site.origin}/vite/`);
  assert.equal(built.workers.length, 1);
  const server = await createServer({ ...common, server: { port: 0, host: "127.0.0.1" } });
  try {
    await server.listen();
    const served = await outcome(server.resolvedUrls.local[0]);
    assert.equal(served.text, built.text);
  } finally {
    await server.close();
  }
});

test("esbuild bundles it with its worker and the wasm module", async () => {
  execFileSync(process.execPath, [at("esbuild/build.mjs")], { stdio: "inherit" });
  const { text, workers } = await outcome(`${site.origin}/esbuild/`);
  assert.match(text, /^Lyon\./);
  assert.deepEqual(workers, [`${site.origin}/esbuild/worker.js`]);
});
