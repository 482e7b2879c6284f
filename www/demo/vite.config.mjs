/** Builds the page to `dist/`: static files that work from any folder of any server. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { defineConfig } from "vite";
import { CONTENT_SECURITY_POLICY, HEADERS } from "./csp.mjs";

/** Not kept for offline use: the worker itself, and what only servers read. */
const NOT_KEPT = new Set(["sw.js", "_headers"]);

/** Puts the policy into the page. */
function contentSecurityPolicy() {
  return {
    name: "content-security-policy",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** Writes the list of built files into the service worker, named after their content, and headers for static hosts. */
function offlineWorker() {
  let outDir;
  return {
    name: "offline-worker",
    apply: "build",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile() && !NOT_KEPT.has(entry.name))
        .map((entry) =>
          relative(outDir, join(entry.parentPath ?? entry.path, entry.name))
            .split(sep)
            .join("/"),
        )
        .sort();
      const source = await readFile(new URL("./src/sw.js", import.meta.url), "utf8");
      const hash = createHash("sha256").update(source).update(JSON.stringify(HEADERS));
      for (const file of files) hash.update(file).update(await readFile(join(outDir, file)));
      const constants = { VERSION: hash.digest("hex").slice(0, 12), FILES: files, HEADERS };
      const filled = Object.entries(constants).reduce(
        (text, [name, value]) => text.replace(`"__${name}__"`, () => JSON.stringify(value)),
        source,
      );
      await writeFile(join(outDir, "sw.js"), filled);
      const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
      // Their names change with their content.
      const lasting = "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n";
      await writeFile(join(outDir, "_headers"), `/*\n${lines.join("")}${lasting}`);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [contentSecurityPolicy(), offlineWorker()],
  worker: { format: "es" },
  // What lies in www/shared finds the package here: there is none beside it.
  resolve: { dedupe: ["semgrad"] },
  build: {
    target: "es2022",
    // Small pictures as data addresses are fine; scripts never are.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
