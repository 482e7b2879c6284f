/** Builds the page to `dist/`: static files that work from any folder of any server. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { defineConfig } from "vite";
import { CONTENT_SECURITY_POLICY } from "./csp.mjs";

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

/** Writes the list of built files into the service worker, named after their content. */
function offlineWorker() {
  let outDir;
  return {
    name: "offline-worker",
    apply: "build",
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile() && entry.name !== "sw.js")
        .map((entry) =>
          relative(outDir, join(entry.parentPath ?? entry.path, entry.name))
            .split(sep)
            .join("/"),
        )
        .sort();
      const hash = createHash("sha256");
      for (const file of files) hash.update(file).update(await readFile(join(outDir, file)));
      const source = await readFile(new URL("./src/sw.js", import.meta.url), "utf8");
      const filled = source
        .replace('"__VERSION__"', JSON.stringify(hash.digest("hex").slice(0, 12)))
        .replace('["__FILES__"]', JSON.stringify(files));
      await writeFile(join(outDir, "sw.js"), filled);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [contentSecurityPolicy(), offlineWorker()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // Small pictures as data addresses are fine; scripts never are.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
