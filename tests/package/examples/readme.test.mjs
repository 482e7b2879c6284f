/**
 * The first example of the package's README, as it stands there, with a tiny model in place of the default one. The one of the
 * project's README is the same, which a test of `cargo xtask` checks.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { installExamples, startSite } from "./site.mjs";

test("a newcomer needs five lines to print a confidence", async (context) => {
  const { folder, remove } = installExamples();
  context.after(remove);
  const readme = readFileSync(join(folder, "node_modules/semgrad/README.md"), "utf8");
  const code = /```js\n(.+?)```/s.exec(readme)[1];
  const lines = code.split("\n").filter((line) => line.trim());
  assert.ok(lines.length <= 5, `${lines.length} lines`);
  assert.match(code, /console\.log\(.*answer\.explanation/);
  const site = await startSite();
  context.after(() => site.close());
  const script = join(folder, "readme.mjs");
  writeFileSync(script, code.replace("SmolLM2-135M-Instruct", site.model));
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  // The tiny model has no profile, which is what it says in place of a number.
  assert.match(stdout, / No judgment How often this model is right was never tested\. .*\n$/);
});
