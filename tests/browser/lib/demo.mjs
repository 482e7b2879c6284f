/** The demo page as a user meets it: served by its own server, with some models, in a browser of its own. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../../../www/demo/serve.mjs";
import { openBrowser } from "./chromium.mjs";
import { ROOT } from "./server.mjs";

const SHOTS = join(ROOT, "tests/browser/screenshots");

/**
 * @param {{ models?: Record<string, string>, webgpu?: boolean, widths?: Record<string, number> }} options `models`: name
 *   as the page lists it → path
 */
export async function openDemo({ models = {}, webgpu = false, widths = { desktop: 1100, phone: 360 } } = {}) {
  mkdirSync(SHOTS, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "semgrad-models-"));
  for (const [name, path] of Object.entries(models)) symlinkSync(path, join(folder, name));
  const { server, port } = await serve({ root: join(ROOT, "www/demo/dist"), models: folder, port: 0 });
  const origin = `http://localhost:${port}/`;
  const browser = await openBrowser({ webgpu, context: { viewport: { width: 1100, height: 900 } } });
  /** Requests to other hosts, and what the page complained about. */
  const foreign = [];
  const complaints = [];
  browser.context.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin)) foreign.push(request.url());
  });
  browser.context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const page = await browser.context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.setDefaultTimeout(120_000);
  await page.goto(origin);
  await page.waitForSelector(".choice");

  const shot = (name, fullPage = true) => page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage });

  /** Light and dark, desktop and phone. */
  async function shots(name) {
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const [size, width] of Object.entries(widths)) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${name} is ${overflow} px wider than a ${size}`);
        await shot(`${name}-${size}-${scheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1100, height: 900 });
  }

  const stopServer = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    browser,
    page,
    origin,
    folder,
    foreign,
    complaints,
    shot,
    shots,
    stopServer,
    async close() {
      await browser.close();
      stopServer();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
