/**
 * Keeps the page's own files, so that it opens without a network; puts the policy on the page and the model's worker,
 * with the hosts that the user allowed, and the headers that isolate them, wherever the page is served; and tells the page
 * what its worker asks for. Models are not its business: their requests pass by it, and the package caches them. The three
 * constants are filled in by the build.
 */
const VERSION = "__VERSION__";
const FILES = "__FILES__";
const HEADERS = "__HEADERS__";

const PREFIX = "semgrad-page-";
const NAME = PREFIX + VERSION;
/** What outlives a version: the list of models as last seen, and the hosts that the user allowed. */
const KEPT = "semgrad-kept";

const POLICY = HEADERS["Content-Security-Policy"];
/** What isolates the page, so that a model has threads: not where its address says so (see `isolate.ts`). */
const ISOLATING = ["Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"];
const isAlone = (address) => new URL(address).searchParams.get("isolate") === "off";
/** Where the policy stands in the page. */
const META = /content="default-src [^"]*"/;
const scope = new URL("./", globalThis.location.href);
const own = new Set(FILES.map((file) => new URL(file, scope).href));
const page = new URL("index.html", scope).href;
const modelList = new URL("models/index.json", scope).href;
const hostList = new URL("hosts.json", scope).href;

addEventListener("install", (event) => {
  event.waitUntil(keepFiles());
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== NAME))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => globalThis.clients.claim()),
  );
});

// A new version waits until the user reloads: an open page keeps the files that it was made with.
addEventListener("message", (event) => {
  if (event.data === "activate") globalThis.skipWaiting();
});

/** A module of WebAssembly's name without what says its content: a page needs one of two, with threads or without. */
const kindOf = (url) => /\/([^/]*)-[\w-]{8}\.wasm$/.exec(url)?.[1];

/**
 * All files or none; those whose name says their content are taken over from the version before. Only the module that was
 * used before, if any: the page's first model asks for one, which is kept then.
 */
async function keepFiles() {
  const cache = await caches.open(NAME);
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const before = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  const used = new Set(before.flat().map((request) => kindOf(request.url)));
  const wanted = [...own].filter((url) => !kindOf(url) || used.has(kindOf(url)));
  await Promise.all(
    wanted.map(async (url) => {
      const before = url.includes("/assets/") ? await caches.match(url) : undefined;
      if (before) return cache.put(url, before);
      const response = await fetch(new Request(url, { cache: "reload" }));
      if (!response.ok) throw new Error(`${url}: ${response.status}`);
      return cache.put(url, response);
    }),
  );
}

async function allowedHosts() {
  const kept = await caches.match(hostList, { cacheName: KEPT });
  const hosts = await kept?.json().catch(() => null);
  // Origins only: anything else would end the directive, and the policy with it.
  const isOrigin = (host) => /^https?:\/\/[\w.-]+(:\d+)?$/.test(host);
  return Array.isArray(hosts) ? hosts.filter(isOrigin) : [];
}

/** A file of the cache; one that is not there is fetched, and is from then on. */
async function fromCache(url, event) {
  const kept = await caches.match(url, { cacheName: NAME });
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok) {
    const copy = response.clone();
    // A full disk keeps nothing, and answers all the same.
    event.waitUntil(
      caches
        .open(NAME)
        .then((cache) => cache.put(url, copy))
        .catch(() => {}),
    );
  }
  return response;
}

/** A kept file with the policy as it is now, in its header and, for the page, in its text. */
async function keptFile(url, event) {
  const found = await fromCache(url, event);
  if (!found.ok) return found;
  const hosts = await allowedHosts();
  const policy = POLICY.replace("connect-src 'self'", ["connect-src 'self'", ...hosts].join(" "));
  const headers = new Headers({ ...HEADERS, "Content-Security-Policy": policy });
  for (const name of ["Content-Type", "Content-Length"]) {
    const value = found.headers.get(name);
    // A rewritten page has another length, and what was compressed has another one than its header says.
    if (value && (name === "Content-Type" || !found.headers.has("Content-Encoding"))) headers.set(name, value);
  }
  if (url !== page) return new Response(found.body, { headers });
  headers.delete("Content-Length");
  if (isAlone(event.request.url)) for (const name of ISOLATING) headers.delete(name);
  return new Response(
    (await found.text()).replace(META, () => `content="${policy}"`),
    { headers },
  );
}

/** The list of models from the server while there is one, otherwise as last seen. */
async function freshest(request) {
  const cache = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(modelList, response.clone());
    return response;
  } catch (error) {
    const seen = await cache.match(modelList);
    if (seen) return seen;
    throw error;
  }
}

/** Windows see their own requests; a worker's are told to them, and whether the file `own` was here already. */
async function tell(event, own) {
  const at = Date.now();
  const kept = Boolean(own && (await caches.match(own, { cacheName: NAME })));
  const client = await globalThis.clients.get(event.clientId);
  if (!client || client.type === "window") return;
  const windows = await globalThis.clients.matchAll({ type: "window" });
  for (const window of windows) window.postMessage({ type: "request", url: event.request.url, kept, at });
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.search = "";
  url.hash = "";
  const wanted = url.href === scope.href ? page : url.href;
  const isOwn = event.request.method === "GET" && own.has(wanted);
  event.waitUntil(tell(event, isOwn && wanted));
  if (isOwn) event.respondWith(keptFile(wanted, event));
  else if (url.href === modelList) event.respondWith(freshest(event.request));
});
