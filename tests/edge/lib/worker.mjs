/** The edge worker as `wrangler deploy` would upload it, in workerd, with local KV, R2 and queues. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PATIENCE } from "../../browser/lib/patience.mjs";
import { ROOT } from "../../browser/lib/server.mjs";

const EDGE = join(ROOT, "www/edge");
const { Log, LogLevel, Miniflare } = createRequire(join(EDGE, "package.json"))("miniflare");

/** The two workers that `npm run build` in www/edge makes, by the folder, and the entry of each. */
const ENTRIES = { scores: "worker.js", "with-model": "with-model.js" };

const folderOf = (kind) => join(EDGE, "dist", kind);

/** Modules of one of them; the first one is the entry, under the name `worker.js`. */
export function bundle(kind) {
  const contents = (name) => readFileSync(join(folderOf(kind), name));
  const wasm = readdirSync(folderOf(kind)).filter((name) => name.endsWith(".wasm"));
  return [
    { type: "ESModule", path: "worker.js", contents: contents(ENTRIES[kind]).toString() },
    ...wasm.map((path) => ({ type: "CompiledWasm", path, contents: contents(path) })),
  ];
}

/** Names of the sources of which there is something in its script. */
export function sources(kind) {
  const { outputs } = JSON.parse(readFileSync(join(folderOf(kind), "bundle-meta.json"), "utf8"));
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path.replaceAll("\\", "/"));
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

/** Whether these settings want a language model. */
const wantsModel = ({ MODEL, MODEL_MANIFEST }) => MODEL !== undefined || MODEL_MANIFEST !== undefined;

/**
 * Starts one. `variables` are its settings, `options` bindings and queues as miniflare takes them; without `modules`, the
 * settings say which of the workers. `log` is what it wrote.
 */
export async function startWorker(variables = {}, { modules, ...options } = {}) {
  modules ??= bundle(wantsModel(variables) ? "with-model" : "scores");
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
