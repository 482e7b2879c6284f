/** Starts a real Chromium with a profile of its own that is gone afterwards. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { PATIENCE } from "./patience.mjs";

const QUIET = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser named by the environment, or the first one found where systems put it. */
export function chromiumPath() {
  const places = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  const found = places.find((place) => place && existsSync(place));
  if (!found) throw new Error("no Chromium found: install it, or set CHROMIUM to its path");
  return found;
}

/**
 * Opens a browser. A private window would have no lasting storage, hence the profile folder.
 *
 * @param {{ webgpu?: boolean, args?: string[], context?: object }} options `webgpu` allows software adapters; without it
 *   there is none on a machine without a graphics card
 */
export async function openBrowser({ webgpu = false, args = [], context: settings = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "semgrad-chromium-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    headless: true,
    timeout: PATIENCE,
    args: [...QUIET, ...(webgpu ? ["--enable-unsafe-webgpu"] : []), ...args],
    ...settings,
  });
  // A load or an answer takes as long as it takes.
  context.setDefaultTimeout(PATIENCE);
  let open = true;
  return {
    context,
    async close() {
      if (!open) return;
      open = false;
      await context.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
