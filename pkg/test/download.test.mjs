import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { obtain, verifyLocal } from "../dist/download.js";
import { memoryStore } from "../dist/store/parts.js";
import { blobSource } from "../dist/store/store.js";
import { hasher, sha256 } from "./support/hasher.mjs";
import { startServer } from "./support/server.mjs";

const BODY = randomBytes(300_000);

let server;
let store;
let progress;
let context;
let file;

beforeEach(async () => {
  server = await startServer(BODY);
  store = memoryStore(64_000);
  progress = [];
  context = { store, hasher, onProgress: (event) => progress.push(event) };
  file = { name: "model.gguf", url: server.url };
});
afterEach(() => server.close());

async function whole(obtained) {
  return Buffer.from(await obtained.source.read(0, obtained.source.size));
}

/** A signal that fires once so many bytes are stored. */
function abortedAfter(bytes) {
  const controller = new AbortController();
  const write = store.write.bind(store);
  store.write = async (...where) => {
    const sink = await write(...where);
    let stored = 0;
    const count = async (chunk) => {
      await sink.write(chunk);
      stored += chunk.length;
      if (stored >= bytes) controller.abort();
    };
    return { write: count, close: () => sink.close() };
  };
  return controller.signal;
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail("did not reject");
}

test("downloads, hashes, reports progress and reads by slices", async () => {
  const obtained = await obtain({ ...file, sha256: sha256(BODY), size: BODY.length }, context);
  assert.equal(obtained.sha256, sha256(BODY));
  assert.deepEqual(await whole(obtained), BODY);
  // Across part borders.
  assert.deepEqual(Buffer.from(await obtained.source.read(63_990, 64_030)), BODY.subarray(63_990, 128_020));
  const last = progress.at(-1);
  assert.equal(last.phase, "download");
  assert.equal(last.loaded, BODY.length);
  assert.equal(last.total, BODY.length);
  assert.ok(last.bytesPerSecond > 0);
});

test("a complete file is used without a request", async () => {
  await obtain(file, context);
  const before = server.requests.length;
  assert.deepEqual(await whole(await obtain(file, context)), BODY);
  assert.equal(server.requests.length, before);
});

test("a cut within one load goes on by itself with a range", async () => {
  server.state.cutAfter = 100_000;
  const obtained = await obtain(file, context);
  assert.deepEqual(await whole(obtained), BODY);
  assert.deepEqual(
    server.requests.map((request) => request.range),
    [null, "bytes=100000-", "bytes=200000-"],
  );
});

test("a server that falls silent is asked for the rest, and given up after a few times without a byte", async () => {
  Object.assign(server.state, { cutAfter: 100_000, stall: true, cuts: 2 });
  const patient = { ...context, silence: 200 };
  assert.deepEqual(await whole(await obtain(file, patient)), BODY);
  const ranges = server.requests.splice(0).map(({ range }) => range);
  assert.deepEqual(ranges, [null, "bytes=100000-", "bytes=200000-"]);

  Object.assign(server.state, { cutAfter: 0, cuts: Number.POSITIVE_INFINITY });
  const error = await failure(obtain({ ...file, url: `${file.url}?other` }, patient));
  assert.equal(error.code, "network");
  assert.match(error.message, /nothing came for 0\.2 s/);
});

test("a later load continues an aborted one and hashes what is there", async () => {
  server.state.cutAfter = 120_000;
  server.state.stall = true;
  const signal = abortedAfter(120_000);
  const error = await failure(obtain(file, { ...context, signal }));
  assert.match(`${error.code} ${error.name}`, /aborted|AbortError/);
  const { meta, bytes } = await store.stat((await store.list())[0].key);
  assert.equal(meta.complete, false);
  assert.equal(bytes, 120_000);

  server.state.cutAfter = null;
  const obtained = await obtain(file, context);
  assert.equal(obtained.sha256, sha256(BODY));
  assert.deepEqual(await whole(obtained), BODY);
  assert.equal(server.requests.at(-1).range, "bytes=120000-");
  assert.ok(progress.some((event) => event.phase === "verify" && event.total === 120_000));
});

test("a changed file is fetched from the start", async () => {
  server.state.cutAfter = 100_000;
  server.state.stall = true;
  const signal = abortedAfter(100_000);
  await failure(obtain(file, { ...context, signal }));
  const other = randomBytes(BODY.length);
  Object.assign(server.state, { body: other, etag: '"two"', cutAfter: null, stall: false });
  assert.deepEqual(await whole(await obtain(file, context)), other);
});

test("a server without ranges starts again", async () => {
  server.state.cutAfter = 100_000;
  server.state.ranges = false;
  server.state.cuts = 1;
  const obtained = await obtain(file, context);
  assert.equal(obtained.sha256, sha256(BODY));
});

test("a resumed file with the wrong start is fetched once more, then accepted", async () => {
  const key = sha256(BODY);
  const meta = { name: "x", url: server.url, size: BODY.length, etag: null, sha256: null, complete: false };
  const sink = await store.write(key, meta, 0);
  await sink.write(randomBytes(50_000));
  await sink.close();
  const obtained = await obtain({ ...file, sha256: sha256(BODY) }, context);
  assert.deepEqual(await whole(obtained), BODY);
  assert.deepEqual(
    server.requests.map((request) => request.range),
    ["bytes=50000-", null],
  );
});

test("the wrong hash is an integrity error and nothing is kept", async () => {
  const error = await failure(obtain({ ...file, sha256: sha256("other") }, context));
  assert.equal(error.code, "integrity_mismatch");
  assert.match(error.message, /SHA-256/);
  assert.deepEqual(await store.list(), []);
});

test("the wrong size is noticed before the download", async () => {
  const error = await failure(obtain({ ...file, size: 5 }, context));
  assert.equal(error.code, "integrity_mismatch");
  assert.deepEqual(await store.list(), []);
});

test("the length may be unknown", async () => {
  server.state.hideLength = true;
  assert.deepEqual(await whole(await obtain(file, context)), BODY);
  assert.equal(progress.at(-1).total, null);
});

test("status codes are network errors with advice", async () => {
  server.state.status = 403;
  const error = await failure(obtain(file, context));
  assert.equal(error.code, "network");
  assert.match(error.message, /403/);
  assert.match(error.advice, /login/);
});

test("an address that does not answer is a network error at once", async () => {
  const error = await failure(obtain({ ...file, url: "http://127.0.0.1:9/model.gguf" }, context));
  assert.equal(error.code, "network");
});

test("an optional file may be missing, and is not asked for again", async () => {
  server.state.status = 404;
  const optional = { ...file, optional: true };
  assert.equal(await obtain(optional, context), null);
  assert.equal(await obtain(optional, context), null);
  assert.equal(server.requests.length, 1);
});

test("a full store says how much was needed", async () => {
  const full = {
    ...store,
    kind: "none",
    free: async () => null,
    stat: (key) => store.stat(key),
    write: async () => ({
      write: async () => {
        throw new DOMException("no room", "QuotaExceededError");
      },
      close: async () => {},
    }),
  };
  const error = await failure(obtain(file, { ...context, store: full }));
  assert.equal(error.code, "quota_exceeded");
  assert.match(error.message, /300 kB/);
});

test("a store that has no room says so before anything is asked for twice", async () => {
  const small = Object.assign(Object.create(store), { kind: "disk", free: async () => 1000 });
  const error = await failure(obtain(file, { ...context, store: small }));
  assert.equal(error.code, "quota_exceeded");
  assert.match(error.message, /needs 300 kB, the disk has 1\.0 kB/);
  assert.match(error.advice, /cacheDir/);
  assert.equal(server.requests.length, 1);
});

test("local files are verified too", async () => {
  const source = blobSource(new Blob([BODY]));
  await verifyLocal("model.gguf", source, sha256(BODY), context);
  const error = await failure(verifyLocal("model.gguf", source, sha256("other"), context));
  assert.equal(error.code, "integrity_mismatch");
});
