/** The service in Deno, as its entry starts it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PATIENCE } from "../../browser/lib/patience.mjs";
import { ROOT } from "../../browser/lib/server.mjs";
import { denoPath } from "../../runtimes/deno.mjs";

/** Starts it on a free port. `variables` are its settings. `log` is what it wrote. */
export async function startDeno(variables = {}) {
  const folder = join(ROOT, "www/edge");
  const rights = ["--no-prompt", "--allow-net", "--allow-read", "--allow-env"];
  const argv = ["run", "--no-lock", "--no-remote", "--no-npm", ...rights, join(folder, "src/deno.ts")];
  // A slow machine is no reason to end what is not asked to end.
  const env = { ...process.env, PORT: "0", TIME_LIMIT_MS: String(PATIENCE), ...variables };
  const child = spawn(denoPath(), argv, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const gone = new Promise((resolve) => child.once("close", resolve));
  const log = [];
  const port = await new Promise((resolve, reject) => {
    child.once("exit", (status) => reject(new Error(`Deno ended (${status}): ${JSON.stringify(log)}`)));
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on("line", (line) => {
        const entry = line.startsWith("{") ? JSON.parse(line) : { text: line };
        if (entry.event === "listening") resolve(entry.port);
        else log.push(entry);
      });
    }
  });
  return {
    name: "deno",
    url: new URL(`http://127.0.0.1:${port}`),
    log,
    async close() {
      process.off("exit", kill);
      kill();
      await gone;
    },
  };
}
