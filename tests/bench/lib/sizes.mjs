/** Sizes of what a page has to fetch, raw and compressed with one codec for everybody. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { ROOT } from "../../browser/lib/server.mjs";

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** Brotli's best takes a minute for the largest file, so results are kept by hash. */
async function compressed(bytes, quality, cache) {
  const key = `${createHash("sha256").update(bytes).digest("hex")}-q${quality}`;
  const note = cache && join(cache, `${key}.json`);
  if (note && existsSync(note)) return JSON.parse(readFileSync(note, "utf8"));
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: quality,
    [BROTLI_PARAM_LGWIN]: 24,
    [BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const [small, smaller] = await Promise.all([gzip(bytes, { level: 9 }), brotli(bytes, { params })]);
  const sizes = { raw: bytes.length, gzip: small.length, brotli: smaller.length };
  if (note) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(note, JSON.stringify(sizes));
  }
  return sizes;
}

/** What a page with a model may fetch: every script of the package and the module; and what one that only scores does. */
function ourFiles() {
  const dist = join(ROOT, "pkg/dist");
  const names = readdirSync(dist, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
  const files = names.filter((name) => /\.(js|wasm)$/.test(name));
  const isSmall = (name) => name.startsWith("wasm/scores");
  const at = (names) => names.map((name) => join(dist, name));
  return { semgrad: at(files.filter((name) => !isSmall(name))), "semgrad, only scores": at(files.filter(isSmall)) };
}

/** What a page that uses the peer fetches: one script, and what that loads for one thread on CPU or WebGPU. */
function peerFiles(peers) {
  const at = (...names) => names.map((name) => join(peers, "node_modules", name));
  const ort = "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify";
  return {
    wllama: at("@wllama/wllama/esm/index.min.js", "@wllama/wllama/esm/wasm/wllama.wasm"),
    "transformers.js": at(
      "@huggingface/transformers/dist/transformers.web.min.js",
      "onnxruntime-web/dist/ort.webgpu.bundle.min.mjs",
      `${ort}.mjs`,
      `${ort}.wasm`,
    ),
  };
}

/** `{ system: { files, raw, gzip, brotli } }`, with the quality beside. */
export async function packageSizes(notebook, peers, quality) {
  const out = { quality };
  const cache = peers && join(peers, "sizes");
  for (const [system, files] of Object.entries({ ...ourFiles(), ...(peers ? peerFiles(peers) : {}) })) {
    const absent = files.filter((file) => !existsSync(file));
    if (absent.length > 0) {
      notebook.miss(`size of ${system}`, `${absent[0]} is missing`);
      continue;
    }
    const parts = await Promise.all(files.map((file) => compressed(readFileSync(file), quality, cache)));
    const total = (field) => parts.reduce((sum, part) => sum + part[field], 0);
    out[system] = { files: files.length, raw: total("raw"), gzip: total("gzip"), brotli: total("brotli") };
  }
  return out;
}
