/** The demo page as a user meets it: served by its own server, with some models, in a browser of its own. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { serve } from "../../../www/demo/serve.mjs";
import { openBrowser } from "./chromium.mjs";
import { ROOT } from "./server.mjs";

const SHOTS = join(ROOT, "tests/browser/screenshots");
const NETWORK_LOG = "network.json";

/** Goes to a view by its name, and waits until it stands: a click is answered once the address has changed, which comes later. */
export async function go(page, name) {
  await page.click(`nav a:text-is('${name}')`);
  await page.waitForSelector(`nav a[aria-current=page]:text-is('${name}')`);
}

/**
 * @param {{ models?: Record<string, string>, webgpu?: boolean, widths?: Record<string, number>, networkLog?: boolean,
 *   root?: string, headers?: boolean, query?: string, context?: object, before?: (given: { page, network }) => void }} options
 *   `models`: name as the page lists it → path; `networkLog`: let the browser write down all its traffic;
 *   `root`: another place of the built page; `headers`: false for a host that sends none of the page's;
 *   `query`, of its address; `context`: more settings of the browser; `before`: called before the page is opened
 */
export async function openDemo({
  models = {},
  webgpu = false,
  widths = { desktop: 1100, phone: 390 },
  networkLog = false,
  root = join(ROOT, "www/demo/dist"),
  headers = true,
  query = "",
  context = {},
  before = () => {},
} = {}) {
  mkdirSync(SHOTS, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "semgrad-models-"));
  const logFile = join(folder, NETWORK_LOG);
  for (const [name, path] of Object.entries(models)) symlinkSync(path, join(folder, name));
  const { server, port } = await serve({ root, models: folder, port: 0, ...(headers ? {} : { headers: {} }) });
  const network = loseable(server);
  const origin = `http://localhost:${port}/`;
  const args = networkLog ? [`--log-net-log=${logFile}`] : [];
  const browser = await openBrowser({ webgpu, args, context: { viewport: { width: 1100, height: 900 }, ...context } });
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
  before({ page, network });
  await page.goto(origin + query);
  await page.waitForSelector(".choice");

  const shot = (name, fullPage = true) => page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage });

  /** What axe finds wrong with what is shown. */
  async function violations() {
    // By the debugger, which the page's policy does not bind.
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      globalThis.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      }),
    );
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${any[0]?.message} ${html}`));
  }

  /** Light and dark, desktop and phone: a picture of each, nothing that is too wide or that axe minds. */
  async function shots(name) {
    // In a picture of the whole page it would hide what is behind it.
    await page.$$eval(".composer", ([composer]) => composer?.style.setProperty("position", "static"));
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      for (const [size, width] of Object.entries(widths)) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${name} is ${overflow} px wider than a ${size}`);
        assert.deepEqual(await violations(), [], `${name}, ${size}, ${scheme}`);
        await shot(`${name}-${size}-${scheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1100, height: 900 });
    await page.$$eval(".composer", ([composer]) => composer?.style.removeProperty("position"));
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
    network,
    shot,
    shots,
    stopServer,
    /** Addresses that the browser fetched after a time (in ms since 1970), by its own log; it is closed first. */
    async fetchedAfter(time) {
      await browser.close();
      return fetched(JSON.parse(readFileSync(logFile, "utf8")), time);
    },
    async close() {
      await browser.close();
      stopServer();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A server whose network can be cut or slow, with what was asked of it. */
function loseable(server) {
  const requests = [];
  const sockets = new Set();
  let lost = false;
  let pace = Number.POSITIVE_INFINITY;
  let held = null;
  const emit = server.emit.bind(server);
  server.emit = (name, ...given) => {
    if (name !== "request" || !held?.path.test(given[0].url)) return emit(name, ...given);
    void held.until.then(() => emit(name, ...given));
    return true;
  };
  server.prependListener("request", ({ url, headers }, response) => {
    requests.push({ url, range: headers.range ?? null });
    if (pace === Number.POSITIVE_INFINITY) return;
    const write = response.write.bind(response);
    response.write = (chunk) => {
      setTimeout(() => write(chunk) && response.emit("drain"), (chunk.length * 1000) / pace);
      return false;
    };
  });
  server.on("connection", (socket) => {
    if (lost) socket.destroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return {
    requests,
    lose() {
      lost = true;
      for (const socket of sockets) socket.destroy();
    },
    regain() {
      lost = false;
    },
    /** Answers no requests of that kind until what it gives is called. */
    hold(path) {
      let release;
      const until = new Promise((resolve) => {
        release = resolve;
      });
      held = { path, until };
      return () => {
        held = null;
        release();
      };
    },
    /** Bytes a second of answers from now on. */
    slow(bytesPerSecond) {
      pace = bytesPerSecond;
    },
  };
}

/** Requests that a Chromium network log holds after a time; those that pages make, not the browser for itself. */
function fetched({ constants, events }, time) {
  const { URL_REQUEST_START_JOB: start } = constants.logEventTypes;
  assert.ok(start !== undefined && events.length > 0, "the browser's network log is empty");
  return events
    .filter(({ type, params }) => type === start && params?.url && params.initiator !== "not an origin")
    .filter((event) => Number(event.time) + constants.timeTickOffset > time)
    .map(({ params }) => params.url);
}
