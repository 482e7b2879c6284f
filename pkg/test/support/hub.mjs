/**
 * A server that behaves like the hub: lists of files page by page, answers that lead on to a second server for large files and
 * say their hashes, errors with codes, renamed repositories. What it is asked for is written down.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { sha256 } from "./hasher.mjs";

const gitId = (bytes) => createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
const isLarge = (path) => /\.(gguf|safetensors|bin|onnx)$|(^|\/)tokenizer\.json$/.test(path);

/**
 * @param {Record<string, Record<string, Buffer | number>>} repositories files by path, by repository; a number is the size of a file
 *   that is listed and never served
 * @returns settings may be changed between requests: `renamed` (old name to new), `gated` (names), `limited` (how many requests
 *   are answered 429), `retryAfter`, `pageSize`, `ranges`, `hashes` (whether headers say them), `cutAfter`
 */
export async function startHub(repositories) {
  const state = {
    repositories,
    renamed: {},
    gated: [],
    limited: 0,
    retryAfter: "0",
    pageSize: 1000,
    ranges: true,
    hashes: true,
    cutAfter: null,
  };
  const requests = [];
  const blobs = new Map();

  const cdn = await listen((request, response) => {
    requests.push(`cdn ${request.method} ${request.headers.range ?? "all"}`);
    const body = blobs.get(request.url.slice(1));
    const from = state.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    const rest = body.subarray(from);
    const range = from > 0 ? { "content-range": `bytes ${from}-${body.length - 1}/${body.length}` } : {};
    // Its own mark, which is no hash of the file.
    response.writeHead(from > 0 ? 206 : 200, { "content-length": rest.length, etag: '"0a1b-2"', ...range });
    if (state.cutAfter === null) return response.end(rest);
    const end = state.cutAfter;
    state.cutAfter = null;
    return response.write(rest.subarray(0, end), () => setTimeout(() => response.destroy(), 20));
  });

  const hub = await listen((request, response) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    requests.push(`${request.method} ${decodeURIComponent(url.pathname)}${url.search}`);
    const refuse = (status, code, headers = {}) =>
      response.writeHead(status, { ...(code && { "x-error-code": code }), ...headers }).end();
    if (state.limited > 0) {
      state.limited -= 1;
      return refuse(429, null, { "retry-after": state.retryAfter });
    }
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/([^/]+)\/?(.*)$/.exec(url.pathname);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.*)$/.exec(url.pathname);
    const [, id, revision, rest] = api ?? file ?? [];
    if (id === undefined) return refuse(404, null);
    const path = decodeURIComponent(rest);
    if (state.renamed[id]) {
      return refuse(307, null, { location: url.pathname.replace(id, state.renamed[id]) + url.search });
    }
    const files = state.repositories[id];
    // Whether there is none of that name or a private one is not told.
    if (!files) return refuse(401, "RepoNotFound");
    if (decodeURIComponent(revision) !== "main" && revision !== "v1") return refuse(404, "RevisionNotFound");
    if (api) return list(files, path);
    if (state.gated.includes(id)) return refuse(401, "GatedRepo");
    const body = files[path];
    if (!Buffer.isBuffer(body)) return refuse(404, "EntryNotFound");
    if (!isLarge(path)) {
      return response.writeHead(200, { "content-length": body.length, etag: `"${gitId(body)}"` }).end(body);
    }
    const hash = sha256(body);
    blobs.set(hash, body);
    const linked = state.hashes ? { "x-linked-etag": `"${hash}"`, "x-linked-size": body.length } : {};
    return response
      .writeHead(302, { location: `${cdn.origin}/${hash}`, "x-repo-commit": "f".repeat(40), ...linked })
      .end();

    function list(all, folder) {
      const entries = Object.entries(all).filter(([name]) => folder === "" || name.startsWith(`${folder}/`));
      if (entries.length === 0 && folder !== "") return refuse(404, "EntryNotFound");
      const start = Number(url.searchParams.get("cursor") ?? 0);
      const page = entries.slice(start, start + state.pageSize).map(entryOf);
      const next = new URL(url);
      next.searchParams.set("cursor", start + state.pageSize);
      const link = start + state.pageSize < entries.length ? { link: `<${next}>; rel="next"` } : {};
      return response.writeHead(200, { "content-type": "application/json", ...link }).end(JSON.stringify(page));
    }
  });

  return {
    url: `${hub.origin}/`,
    state,
    requests,
    close: () => {
      hub.close();
      cdn.close();
    },
  };
}

/** A file as the hub lists it. */
export function entryOf([path, body]) {
  const size = typeof body === "number" ? body : body.length;
  const bytes = typeof body === "number" ? Buffer.from(path) : body;
  const lfs = { oid: sha256(bytes), size, pointerSize: 135 };
  const large = isLarge(path) ? { lfs, xetHash: sha256(Buffer.from(lfs.oid)) } : {};
  return { type: "file", oid: gitId(bytes), size, path, ...large };
}

async function listen(answer) {
  const server = createServer((request, response) => {
    // Pages of other origins may read what it says, but for answers that lead on.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader(
      "access-control-expose-headers",
      "X-Error-Code, ETag, Link, Content-Range, X-Linked-Size, X-Linked-ETag",
    );
    return answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
