/** The edge worker as `wrangler deploy` would upload it, in workerd, with local KV, R2 and queues. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PATIENCE } from "../../browser/lib/patience.mjs";
import { ROOT } from "../../browser/lib/server.mjs";

const EDGE = join(ROOT, "www/edge");
const { Log, LogLevel, Miniflare } = createRequire(join(EDGE, "package.json"))("miniflare");

/** What `npm run build` in www/edge made; the first module is the entry. */
export function bundle() {
  const folder = join(EDGE, "dist");
  const contents = (name) => readFileSync(join(folder, name));
  const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));
  return [
    { type: "ESModule", path: "worker.js", contents: contents("worker.js").toString() },
    ...wasm.map((path) => ({ type: "CompiledWasm", path, contents: contents(path) })),
  ];
}

/** Lines of JSON that the program wrote, as they come. */
function collect(stream, entries) {
  let rest = "";
  stream.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop();
    for (const line of lines) entries.push(line.startsWith("{") ? JSON.parse(line) : { text: line });
  });
}

/**
 * Starts it. `variables` are its settings, `options` bindings and queues as miniflare takes them. `log` is what it wrote.
 */
export async function startWorker(variables = {}, { modules = bundle(), ...options } = {}) {
  const log = [];
  const miniflare = new Miniflare({
    modules,
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["enable_request_signal"],
    // A slow machine is no reason to end what is not asked to end.
    bindings: { TIME_LIMIT_MS: String(PATIENCE), ...variables },
    // Past miniflare's own proxy, so that a client that goes away is one for the worker too.
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (stdout, stderr) => {
      collect(stdout, log);
      collect(stderr, log);
    },
    ...options,
  });
  await miniflare.ready;
  const url = await miniflare.unsafeGetDirectURL();
  return { name: "workerd", url, log, miniflare, close: () => miniflare.dispose() };
}
