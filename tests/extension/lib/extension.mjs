/**
 * The extension, loaded unpacked into a browser of its own.
 *
 * A test cannot press "Allow" in the browser's own window. So it loads a copy whose manifest asks for all sites, and takes
 * them away and gives them back as chrome://extensions does; the extension is told of it as of any permission.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser } from "../../browser/lib/chromium.mjs";
import { ROOT } from "../../browser/lib/server.mjs";

const BUILT = join(ROOT, "www/extension/dist/unpacked");

/** A copy that may be allowed any site, and is allowed none at first. */
function grantable() {
  if (!existsSync(join(BUILT, "manifest.json"))) throw new Error("the extension is not built: cargo xtask build");
  const folder = mkdtempSync(join(tmpdir(), "semgrad-extension-"));
  cpSync(BUILT, folder, { recursive: true });
  const path = join(folder, "manifest.json");
  const { optional_host_permissions, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, host_permissions: optional_host_permissions }));
  return folder;
}

export async function openExtension({ args = [] } = {}) {
  const folder = grantable();
  const browser = await openBrowser({
    args: [`--disable-extensions-except=${folder}`, `--load-extension=${folder}`, ...args],
    context: { viewport: { width: 1000, height: 800 } },
  });
  const { context } = browser;
  const worker = () => context.serviceWorkers().find((found) => found.url().endsWith("/background.js"));
  if (!worker()) await context.waitForEvent("serviceworker");
  const id = new URL(worker().url()).host;
  const complaints = [];
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });

  const admin = await context.newPage();
  await admin.goto("chrome://extensions");
  const permit = (name, host) =>
    admin.evaluate(([method, ...rest]) => chrome.developerPrivate[method](...rest), [name, id, host]);
  await admin.evaluate(
    (extensionId) =>
      chrome.developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess: "ON_SPECIFIC_SITES" }),
    id,
  );

  const own = async (name, settings = {}) => {
    const page = await context.newPage();
    if (settings.width) await page.setViewportSize({ width: settings.width, height: 800 });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`chrome-extension://${id}/${name}.html`);
    return page;
  };

  return {
    browser,
    context,
    id,
    complaints,
    /** The service worker, started if it was stopped. */
    async worker() {
      const running = worker();
      if (running) return running;
      const started = context.waitForEvent("serviceworker");
      const page = await own("options");
      await started;
      await page.close();
      return worker();
    },
    allow: (host) => permit("addHostPermission", host),
    disallow: (host) => permit("removeHostPermission", host),
    open: own,
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
