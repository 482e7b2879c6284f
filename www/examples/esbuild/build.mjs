/** Bundles page and worker to `dist/`. */
import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  absWorkingDir: at("."),
  entryPoints: { main: "./main.js", worker: "semgrad/worker" },
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  loader: { ".wasm": "file" },
});
await copyFile(at("index.html"), at("dist/index.html"));
