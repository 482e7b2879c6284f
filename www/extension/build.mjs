/**
 * Builds `dist/unpacked` (to load unpacked) and `dist/semgrad-extension.zip` (the same, packed).
 *
 * Three kinds of script: pages are modules; the service worker and the scripts that go into pages are one plain file each,
 * because neither may import anything at run time.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { build } from "vite";
import { MANIFEST } from "./manifest.mjs";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(ROOT, "dist");
const OUT = join(DIST, "unpacked");

const common = {
  configFile: false,
  root: ROOT,
  base: "./",
  logLevel: "error",
  // What lies in www/shared finds the package here: there is none beside it.
  resolve: { dedupe: ["semgrad"] },
};

/** What all three share: readable in a review of the extension, whatever the size. */
const output = { outDir: OUT, emptyOutDir: false, target: "es2022", reportCompressedSize: false, minify: false };

function pages() {
  const names = ["panel", "options", "offscreen"];
  return build({
    ...common,
    worker: { format: "es" },
    build: {
      ...output,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: Object.fromEntries(names.map((name) => [name, join(ROOT, `${name}.html`)])) },
    },
  });
}

function plainScript(name, entry) {
  return build({
    ...common,
    publicDir: false,
    build: {
      ...output,
      rolldownOptions: { input: join(ROOT, entry), output: { format: "iife", entryFileNames: `${name}.js` } },
    },
  });
}

/** The same bytes for the same files. */
async function pack() {
  const entries = await readdir(OUT, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = {};
  for (const path of paths.sort()) {
    const name = relative(OUT, path).split(sep).join("/");
    files[name] = [await readFile(path), { mtime: new Date(2020, 0, 1), level: 9 }];
  }
  return zipSync(files);
}

await rm(DIST, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await pages();
await plainScript("background", "src/background/main.ts");
await plainScript("page", "src/page/main.ts");
await plainScript("selection", "src/page/selection.ts");
await writeFile(join(OUT, "manifest.json"), `${JSON.stringify(MANIFEST, null, 2)}\n`);
await writeFile(join(DIST, "semgrad-extension.zip"), await pack());
