/** A loopback server for the built package, a blank page that loads it, and one model. */
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const PAGE = `<!doctype html><meta charset="utf-8"><title>semgrad</title><link rel="icon" href="data:,">
<script type="module">
import * as semgrad from "/pkg/index.js";
/** Waits until so many bytes of what comes from that address are kept. */
globalThis.stored = async (url, bytes) => {
  const kept = async () => (await semgrad.cache.list()).find((entry) => entry.url === url)?.bytes ?? 0;
  while ((await kept()) < bytes) await new Promise((resolve) => setTimeout(resolve, 20));
};
globalThis.semgrad = semgrad;
</script>`;

/**
 * Serves `/` (the page), `/pkg/` and, if given, `/model/`: the folder itself, or the folder of the GGUF file.
 *
 * @param {{ model?: string, extra?: (request, response, path: string) => boolean, isolated?: boolean }} options `extra` may
 *   answer first; an isolated page may share memory with its workers
 */
export async function startServer({ model, extra, isolated = false } = {}) {
  if (!existsSync(`${ROOT}pkg/dist/wasm/semgrad_bg.wasm`)) {
    throw new Error("the package is not built: run `cargo xtask build` first");
  }
  const isFolder = model !== undefined && statSync(model).isDirectory();
  const pkg = sirv(`${ROOT}pkg/dist`, { dev: true, etag: true });
  const models = model === undefined ? null : sirv(isFolder ? model : dirname(model), { dev: true, etag: true });
  const requests = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    requests.push({ path, range: request.headers.range ?? null });
    const notFound = () => response.writeHead(404).end();
    if (isolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    if (extra?.(request, response, path)) return;
    if (path === "/") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PAGE);
    } else if (path.startsWith("/pkg/")) {
      request.url = request.url.slice("/pkg".length);
      pkg(request, response, notFound);
    } else if (models && path.startsWith("/model/")) {
      request.url = request.url.slice("/model".length);
      models(request, response, notFound);
    } else {
      notFound();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    requests,
    modelUrl: isFolder ? `${origin}/model/` : `${origin}/model/${encodeURIComponent(basename(model ?? ""))}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A page with the package's exports in `globalThis.semgrad`. */
export async function openPage(context, origin) {
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => globalThis.semgrad !== undefined);
  return page;
}
