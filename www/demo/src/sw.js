/**
 * Keeps the page's own files, so that it opens without a network. Models are not its business: the package caches them.
 * The two constants are filled in by the build.
 */
const VERSION = "__VERSION__";
const FILES = ["__FILES__"];
const PREFIX = "semgrad-page-";
const NAME = PREFIX + VERSION;

const scope = new URL("./", globalThis.location.href);
const own = new Set(FILES.map((file) => new URL(file, scope).href));
const page = new URL("index.html", scope).href;
const modelList = new URL("models/index.json", scope).href;

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll([...own]))
      .then(() => globalThis.skipWaiting()),
  );
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

/** The list of models from the server while there is one, otherwise as last seen. */
async function freshest(request) {
  const cache = await caches.open(NAME);
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

addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const url = new URL(event.request.url);
  url.search = "";
  url.hash = "";
  if (url.href === modelList) {
    event.respondWith(freshest(event.request));
    return;
  }
  const wanted = url.href === scope.href ? page : url.href;
  if (!own.has(wanted)) return;
  event.respondWith(caches.match(wanted).then((found) => found ?? fetch(event.request)));
});
