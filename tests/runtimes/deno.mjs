/** Deno with the built package. Its WebGPU runs on the system's Vulkan driver, a software one if there is no other. */
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../browser/lib/server.mjs";
import { startProcess } from "./process.mjs";

/** The program inside the npm package, which is put in its place by a script where npm runs such. */
export function denoPath() {
  return process.env.DENO ?? createRequire(import.meta.url)("deno/install_api.cjs").runInstall();
}

/** Nothing is granted but this machine's ports and the package's own files. */
const RIGHTS = ["--no-prompt", "--allow-net=127.0.0.1", `--allow-read=${join(ROOT, "pkg/dist")}`];

/** As `browser.mjs`; `folder`, where given, holds its caches. */
export function startDeno({ folder } = {}) {
  const environment = {
    // A driver that looks for a display complains about a missing folder, which does no harm.
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
    ...(folder ? { DENO_DIR: folder } : {}),
  };
  const argv = ["run", "--no-config", "--no-lock", "--no-remote", "--no-npm", ...RIGHTS];
  const script = join(ROOT, "tests/runtimes/inside/deno.js");
  return startProcess("deno", denoPath(), [...argv, script], 1, environment);
}
