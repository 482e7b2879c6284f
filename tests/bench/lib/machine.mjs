/** Where the numbers were measured. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { openBrowser } from "../../browser/lib/chromium.mjs";
import { openPage, ROOT, startServer } from "../../browser/lib/server.mjs";

function git(...words) {
  try {
    return execFileSync("git", words, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

async function browserFacts() {
  const server = await startServer();
  const browser = await openBrowser({ webgpu: true });
  try {
    const page = await openPage(browser.context, server.origin);
    const session = await browser.context.newCDPSession(page);
    const { product } = await session.send("Browser.getVersion");
    const adapter = await page.evaluate(async () => {
      const info = (await navigator.gpu?.requestAdapter())?.info;
      return info ? [info.vendor, info.architecture, info.description].filter(Boolean).join(" ") : null;
    });
    return { browser: product, adapter };
  } finally {
    await browser.close();
    server.close();
  }
}

function denoVersion() {
  return JSON.parse(readFileSync(new URL("../../node_modules/deno/package.json", import.meta.url), "utf8")).version;
}

export async function machine() {
  return {
    date: new Date().toISOString(),
    commit: git("rev-parse", "--short", "HEAD"),
    changed: Boolean(git("status", "--porcelain", "--untracked-files=no")),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memory: totalmem(),
    load: loadavg(),
    system: `${type()} ${release()}`,
    node: process.version,
    deno: denoVersion(),
    ...(await browserFacts()),
  };
}

/** Whether a GGUF file has an output matrix of its own; its tensor list stands in front. */
export function isTied(path) {
  const file = openSync(path, "r");
  const head = Buffer.alloc(16 << 20);
  try {
    const length = readSync(file, head, 0, head.length, 0);
    const name = Buffer.from("output.weight");
    // A GGUF string is its length in eight bytes, then its bytes.
    return !head.subarray(0, length).includes(Buffer.concat([Buffer.of(name.length, 0, 0, 0, 0, 0, 0, 0), name]));
  } finally {
    closeSync(file);
  }
}
