/** workerd, the runtime of Cloudflare's edge workers, with the built package: one thread, the CPU, no files. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import workerd from "workerd";
import { ROOT } from "../browser/lib/server.mjs";
import { spawnListener, startProcess } from "./process.mjs";

const MAIN = "tests/runtimes/inside/workerd.js";
const COMPATIBILITY_DATE = "2026-04-01";

/** What the worker imports; the first one is its entry. */
function moduleFiles() {
  const inside = readdirSync(join(ROOT, "tests/runtimes/inside")).map((name) => `tests/runtimes/inside/${name}`);
  const dist = readdirSync(join(ROOT, "pkg/dist"), { recursive: true }).map((name) => `pkg/dist/${name}`);
  const files = [...inside, ...dist].map((name) => name.replaceAll("\\", "/"));
  return [MAIN, ...files.filter((name) => /\.(js|wasm)$/.test(name) && name !== MAIN)];
}

/** `files` as the system names them below the import path; the first one is the entry. */
function configuration(files) {
  const modules = files.map((name) => {
    const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = ${JSON.stringify(name)}, ${kind} = embed ${JSON.stringify(`/${name}`)})`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "${COMPATIBILITY_DATE}",
  modules = [
    ${modules.join(",\n    ")},
  ],
);
`;
}

/** Runs `work` with the command line for those modules below `root`. */
async function withConfiguration(root, files, work) {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-workerd-"));
  const file = join(folder, "config.capnp");
  writeFileSync(file, configuration(files));
  try {
    // Read once, at the start. Absolute names in it are looked up below the import path.
    return await work(["serve", file, `--import-path=${root}`, "--control-fd=3"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `browser.mjs`. */
export function startWorkerd() {
  return withConfiguration(ROOT, moduleFiles(), (argv) => startProcess("workerd", workerd.default, argv, 3));
}

/** Serves a worker of its own: `files` below `root`, the first one is the entry. */
export function serveModules(root, files) {
  return withConfiguration(root, files, async (argv) => {
    const { port, close } = await spawnListener("workerd", workerd.default, argv, 3);
    return { url: `http://127.0.0.1:${port}/`, close };
  });
}
