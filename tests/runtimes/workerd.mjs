/** workerd, the runtime of Cloudflare's edge workers, with the built package: one thread, the CPU, no files. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import workerd from "workerd";
import { ROOT } from "../browser/lib/server.mjs";
import { startProcess } from "./process.mjs";

const MAIN = "tests/runtimes/inside/workerd.js";
const COMPATIBILITY_DATE = "2026-04-01";

/** What the worker imports; the first one is its entry. */
function moduleFiles() {
  const inside = readdirSync(join(ROOT, "tests/runtimes/inside")).map((name) => `tests/runtimes/inside/${name}`);
  const dist = readdirSync(join(ROOT, "pkg/dist"), { recursive: true }).map((name) => `pkg/dist/${name}`);
  const files = [...inside, ...dist].map((name) => name.replaceAll("\\", "/"));
  return [MAIN, ...files.filter((name) => /\.(js|wasm)$/.test(name) && name !== MAIN)];
}

function configuration() {
  const modules = moduleFiles().map((name) => {
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

/** As `browser.mjs`. */
export async function startWorkerd() {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-workerd-"));
  const file = join(folder, "config.capnp");
  writeFileSync(file, configuration());
  try {
    // Read once, at the start. Absolute names in it are looked up below the import path.
    return await startProcess(
      "workerd",
      workerd.default,
      ["serve", file, `--import-path=${ROOT}`, "--control-fd=3"],
      3,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
