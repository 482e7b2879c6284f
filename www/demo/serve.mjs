#!/usr/bin/env node
/**
 * Serves the built page on this machine only, with models beside it.
 *
 *   node serve.mjs [--port 8080] [--root DIR] [--models DIR]
 *
 * `--models` makes the GGUF files and Hugging Face folders of a directory available under `models/`, listed in
 * `models/index.json`, from which the page offers them.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sirv from "sirv";
import { HEADERS } from "./csp.mjs";

/** Text encoders: they compare answers and give none. */
const ENCODERS = new Set(["bert", "roberta", "xlm-roberta", "deberta", "deberta-v2"]);

/**
 * What a folder offers: `{ file, size }` for a GGUF, `{ folder, size }` for a Hugging Face folder, with
 * `encoder: "embed" | "nli"` where it compares answers.
 */
export async function listModels(folder) {
  const models = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (/\.gguf$/i.test(entry.name)) {
      models.push({ file: entry.name, size: (await stat(path)).size });
    } else if (existsSync(join(path, "config.json"))) {
      const weights = (await readdir(path)).filter((name) => name.endsWith(".safetensors"));
      const sizes = await Promise.all(weights.map(async (name) => (await stat(join(path, name))).size));
      if (weights.length === 0) continue;
      const size = sizes.reduce((sum, size) => sum + size, 0);
      models.push({ folder: entry.name, size, ...(await encoderKind(join(path, "config.json"))) });
    }
  }
  return models.sort((a, b) => a.size - b.size);
}

/** `{ encoder }` for the configuration of a text encoder; what cannot be read is for the page to complain about. */
async function encoderKind(path) {
  try {
    const { model_type: type, id2label } = JSON.parse(await readFile(path, "utf8"));
    if (!ENCODERS.has(type)) return {};
    return { encoder: /contradict|entail/i.test(JSON.stringify(id2label ?? {})) ? "nli" : "embed" };
  } catch {
    return {};
  }
}

function staticFiles(folder) {
  // `dev` looks at the disk for every request: a model that finishes downloading is there at once.
  return sirv(folder, { dev: true, etag: true });
}

/** The request handler; `models` may be undefined. Without `headers` it is like hosts that send none. */
export function handler({ root, models, headers = HEADERS }) {
  const page = staticFiles(root);
  const weights = models === undefined ? null : staticFiles(models);
  return async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const notFound = () => {
      response.statusCode = 404;
      response.end();
    };
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (!path.startsWith("/models/")) return page(request, response, notFound);
    if (weights === null) return notFound();
    if (path === "/models/index.json") {
      response.setHeader("Content-Type", "application/json");
      response.setHeader("Cache-Control", "no-store");
      return response.end(JSON.stringify({ models: await listModels(models) }));
    }
    request.url = request.url.slice("/models".length);
    return weights(request, response, notFound);
  };
}

/** Listens on the loopback address; port 0 takes a free one. */
export async function serve({ root, models, port, headers }) {
  const handle = handler({ root, models, headers });
  const server = createServer((request, response) => {
    handle(request, response).catch?.((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  });
  return { server, port: server.address().port };
}

async function main() {
  const { values } = parseArgs({
    options: { port: { type: "string" }, root: { type: "string" }, models: { type: "string" } },
  });
  const root = resolve(values.root ?? fileURLToPath(new URL("./dist", import.meta.url)));
  const port = Number(values.port ?? 8080);
  if (!existsSync(join(root, "index.html"))) throw new Error(`no page in ${root}: run npm run build first`);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`not a port: ${values.port}`);
  const models = values.models === undefined ? undefined : resolve(values.models);
  if (models !== undefined && !existsSync(models)) throw new Error(`no such folder: ${models}`);
  const started = await serve({ root, models, port });
  console.log(`http://localhost:${started.port}/`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
