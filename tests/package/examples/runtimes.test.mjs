/** The examples that are programs: Node, Deno, and an edge worker in workerd. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { denoPath } from "../../runtimes/deno.mjs";
import { serveModules } from "../../runtimes/workerd.mjs";
import { installExamples, startSite } from "./site.mjs";

const run = promisify(execFile);

let examples;
let site;
const at = (path) => join(examples.folder, path);
before(async () => {
  examples = installExamples();
  site = await startSite();
});
after(() => {
  site?.close();
  examples?.remove();
});

test("Node asks and prints a score", async () => {
  const env = { ...process.env, XDG_CACHE_HOME: at("cache") };
  const { stdout } = await run(process.execPath, [at("node/ask.mjs"), site.model], { env });
  assert.match(stdout, /\nscore \d[\d.e-]*\nconfidence none: .+\n$/);
  // "Kept for the next time": the second run needs no server.
  const before = site.requests;
  assert.equal((await run(process.execPath, [at("node/ask.mjs"), site.model], { env })).stdout, stdout);
  assert.equal(site.requests, before);
});

test("Deno completes a chat", async () => {
  const rights = [
    "--allow-net=127.0.0.1",
    "--allow-env",
    ...["read", "write"].map((how) => `--allow-${how}=${examples.folder}`),
  ];
  const env = { ...process.env, DENO_DIR: at(".deno"), XDG_CACHE_HOME: at("deno-cache"), NO_COLOR: "1" };
  const whole = /\nconfidence none: .+\nscore \d[\d.e-]* on (webgpu|cpu)\n$/;
  const ask = () => {
    const argv = ["run", "--no-prompt", ...rights, at("deno/ask.ts"), site.model];
    // With a software graphics driver on a busy machine, Deno 2.9 sometimes dies (SIGSEGV, SIGABRT) as it ends, when
    // everything is printed.
    return run(denoPath(), argv, { cwd: examples.folder, env }).catch((error) => {
      if (error.signal && whole.test(error.stdout)) return error;
      throw error;
    });
  };
  const { stdout } = await ask();
  assert.match(stdout, whole);
  const before = site.requests;
  assert.equal((await ask()).stdout, stdout);
  assert.equal(site.requests, before);
});

test("an edge worker scores what it is sent, and carries no model code", async () => {
  const { build } = createRequire(at("package.json"))("esbuild");
  const outdir = at("worker/dist");
  const { metafile } = await build({
    absWorkingDir: at("worker"),
    entryPoints: ["worker.js"],
    outdir,
    bundle: true,
    format: "esm",
    loader: { ".wasm": "copy" },
    metafile: true,
  });
  const bundle = Object.entries(metafile.outputs).find(([path]) => path.endsWith("worker.js"))[1];
  const parts = Object.entries(bundle.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const names = parts.map(([path]) => path.split("/").pop());
  for (const name of ["engine.js", "whole.js", "semgrad.js", "download.js", "remote.js", "opfs.js", "load.js"])
    assert.ok(!names.includes(name), `${name} in ${names}`);
  const files = readdirSync(outdir).map((name) => join("worker/dist", name));
  const modules = files.filter((name) => name.endsWith(".wasm"));
  assert.ok(modules.length === 1 && modules[0].includes("scores_bg"), modules.join());
  const worker = await serveModules(
    examples.folder,
    [...files].sort((a) => (a.endsWith(".js") ? -1 : 1)),
  );
  try {
    const post = (body) => fetch(worker.url, { method: "POST", body });
    const tokens = [-0.5, -1].map((logprob) => ({ logprob, entropy: 1 }));
    const good = await post(JSON.stringify({ tokens }));
    assert.equal(good.status, 200);
    const scores = await good.json();
    assert.ok(Math.abs(scores.gnll.score - 1.5) < 1e-12);
    assert.ok(Math.abs(scores.perplexity.score - Math.exp(0.75)) < 1e-12);
    assert.equal(scores.semantic_entropy.score, null);
    const bad = await post("[");
    assert.equal(bad.status, 400);
    assert.equal((await bad.json()).code, "bad_input");
  } finally {
    await worker.close();
  }
});
