/** Models named as people name them, from a server that behaves like the hub. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { resolveEngines } from "../dist/engines.js";
import { gather, orForget } from "../dist/files.js";
import { resolveSource } from "../dist/source.js";
import { memoryStore } from "../dist/store/parts.js";
import { resolveAdapter } from "../dist/tune/source.js";
import { choose } from "./support/choose.mjs";
import { hasher, sha256 } from "./support/hasher.mjs";
import { entryOf, startHub } from "./support/hub.mjs";
import { tinyFiles } from "./support/tiny.mjs";

const BODY = randomBytes(300_000);
const OTHER = randomBytes(200_000);

let hub;
let store;
let warnings;
let context;

beforeEach(async () => {
  hub = await startHub({
    "org/one-GGUF": { "README.md": Buffer.from("#"), "one-Q4_K_M.gguf": BODY, "one-Q8_0.gguf": OTHER },
  });
  store = memoryStore(64_000);
  warnings = [];
  context = { store, hasher, choose, onProgress: (event) => event.phase === "warning" && warnings.push(event.message) };
});
afterEach(() => hub.close());

const load = (name, options = {}) => gather(resolveSource(name, { hub: hub.url, ...options }), context);
const named = async (name, options) => (await load(name, options)).files.map((file) => file.name);
const asked = () => hub.requests.splice(0);

const repositoryOf = (name, options = {}) => {
  const source = resolveSource(name, options);
  assert.equal(source.kind, "hub", name);
  return source.repository;
};

const CASES = JSON.parse(readFileSync(new URL("../../tests/reference/hub/names.json", import.meta.url)));

test("a repository is named in many ways", () => {
  for (const { name, hub: mirror, repository } of CASES.filter((one) => one.repository)) {
    assert.deepEqual(repositoryOf(name, mirror ? { hub: mirror } : {}), repository, name);
    // The same as an object, where it is an address.
    if (name.startsWith("http") && !mirror) assert.deepEqual(repositoryOf(new URL(name)), repository, name);
  }
});

test("the page of a file is the address of that file, and nothing else is taken for a repository", () => {
  for (const { name, file } of CASES.filter((one) => one.file)) {
    const found = resolveSource(name, {}).file;
    assert.deepEqual([found.url, found.isOnHub], [file, true], name);
  }
  assert.equal(resolveSource("https://huggingface.co/org/repo/resolve/main/", {}).kind, "folder");
  assert.equal(resolveSource("https://example.com/org/repo", {}).kind, "folder");
  // The address of a file without a server is one below the page.
  const none = CASES.filter((one) => !one.file && !one.repository && !/\.gguf$/.test(one.name));
  assert.ok(none.length > 5);
  for (const { name } of none) assert.throws(() => resolveSource(name, {}), { code: "bad_input" }, name);
  for (const bad of ["ftp://example.com/", 7, "nowhere"])
    assert.throws(() => resolveSource("org/repo", { hub: bad }), { code: "bad_input" }, String(bad));
});

test("a name is resolved once: the second load asks for nothing", async () => {
  const first = await load("org/one-GGUF");
  assert.deepEqual(first.facts, [{ name: "one-Q4_K_M.gguf", size: BODY.length, sha256: sha256(BODY) }]);
  assert.deepEqual(Buffer.from(await first.files[0].read(0, BODY.length)), BODY);
  assert.deepEqual(asked(), [
    "GET /api/models/org/one-GGUF/tree/main?recursive=true",
    "GET /org/one-GGUF/resolve/main/one-Q4_K_M.gguf",
    "cdn GET all",
  ]);
  assert.deepEqual(await named("org/one-GGUF"), ["one-Q4_K_M.gguf"]);
  assert.deepEqual(await named("org/one-GGUF:q4_k_m"), ["one-Q4_K_M.gguf"]);
  assert.deepEqual(asked(), []);
  // Another format of it costs its download only.
  assert.deepEqual(await named("org/one-GGUF:Q8_0"), ["one-Q8_0.gguf"]);
  assert.deepEqual(asked(), ["GET /org/one-GGUF/resolve/main/one-Q8_0.gguf", "cdn GET all"]);
  // Nor does a repository that holds the same file.
  hub.state.repositories["org/copy"] = { "x.gguf": BODY };
  assert.deepEqual(await named("org/copy"), ["x.gguf"]);
  assert.deepEqual(asked(), ["GET /api/models/org/copy/tree/main?recursive=true"]);
});

test("adapters and encoders have names as models have", async () => {
  const folder = { "config.json": Buffer.from("{}"), "tokenizer.json": OTHER, "model.safetensors": BODY };
  Object.assign(hub.state.repositories, {
    "org/lora": { "adapter_config.json": Buffer.from("{}"), "adapter_model.safetensors": OTHER },
    "org/lora-gguf": { "x-lora-f16.gguf": OTHER },
    "org/encoder": { ...folder, "1_Pooling/config.json": Buffer.from("{}"), "onnx/model.onnx": BODY },
  });
  const files = async (source) => (await gather(source, context)).facts.map(({ name }) => name);
  assert.deepEqual(await files(resolveAdapter("org/lora", undefined, hub.url)), [
    "adapter_config.json",
    "adapter_model.safetensors",
  ]);
  assert.deepEqual(await files(resolveAdapter(`${hub.url}org/lora-gguf`, undefined, hub.url)), ["x-lora-f16.gguf"]);
  const { embed } = resolveEngines({ embed: "org/encoder" }, hub.url);
  const names = ["config.json", "tokenizer.json", "1_Pooling/config.json", "model.safetensors"];
  assert.deepEqual(await files(embed.source), names);
  asked();
  assert.deepEqual(await files(resolveEngines({ nli: { source: "org/encoder" } }, hub.url).nli.source), names);
  assert.deepEqual(asked(), []);
  await assert.rejects(files(resolveAdapter("org/encoder", undefined, hub.url)), {
    code: "unsupported_format",
    advice: /adapter_config\.json/,
  });
  await assert.rejects(load("org/lora"), { code: "unsupported_format", message: /an adapter/, advice: /org\/lora/ });
});

test("a list of many pages is read to its end", async () => {
  hub.state.pageSize = 1;
  assert.deepEqual(await named("org/one-GGUF:Q8_0"), ["one-Q8_0.gguf"]);
  assert.equal(asked().filter((line) => line.includes("/api/")).length, 3);
});

test("a folder is asked for what is listed only, and every hash is the hub's", async () => {
  const { "model.safetensors": weights, ...small } = tinyFiles();
  const shards = { "model-00001-of-00002.safetensors": weights, "model-00002-of-00002.safetensors": OTHER };
  const index = { weight_map: { a: "model-00001-of-00002.safetensors", b: "model-00002-of-00002.safetensors" } };
  hub.state.repositories["org/folder"] = {
    ...small,
    ...shards,
    "model.safetensors.index.json": Buffer.from(JSON.stringify(index)),
    "onnx/model.onnx": OTHER,
  };
  const names = ["config.json", "tokenizer.json", "model.safetensors.index.json", ...Object.keys(shards)];
  const first = await load("org/folder@v1");
  assert.deepEqual(
    first.facts.map(({ name }) => name),
    names,
  );
  assert.ok(
    first.facts.every(({ name, sha256: hash }) => name in small || name === names[2] || hash === sha256(shards[name])),
  );
  assert.deepEqual(
    asked().filter((line) => !line.startsWith("cdn")),
    ["GET /api/models/org/folder/tree/v1?recursive=true", ...names.map((name) => `GET /org/folder/resolve/v1/${name}`)],
  );
  assert.deepEqual(await named("org/folder@v1"), names);
  assert.deepEqual(asked(), []);
  hub.state.repositories["org/nested"] = Object.fromEntries(
    Object.entries({ ...small, "model.safetensors": weights }).map(([name, body]) => [`sub/b c/${name}`, body]),
  );
  const nested = await named(`${hub.url}org/nested/tree/main/sub/b%20c`);
  assert.deepEqual(nested, ["config.json", "tokenizer.json", "model.safetensors"]);
});

test("of a split file every part is fetched and hashed, and its progress is that of the whole", async () => {
  const bodies = [BODY, OTHER, randomBytes(1000)];
  const names = bodies.map((_, i) => `m-Q4_K_M-0000${i + 1}-of-00003.gguf`);
  hub.state.repositories["org/split"] = Object.fromEntries(names.map((name, i) => [`Q4_K_M/${name}`, bodies[i]]));
  const progress = [];
  context.onProgress = (event) => event.phase === "download" && progress.push(event);
  const heard = [];
  const onWeights = async (coming) => heard.push(coming.map(({ name }) => name));
  const first = await gather(resolveSource("org/split", { hub: hub.url }), { ...context, onWeights });
  assert.deepEqual(heard, [names]);
  const facts = bodies.map((body, i) => ({ name: names[i], size: body.length, sha256: sha256(body) }));
  assert.deepEqual(first.facts, facts);
  assert.deepEqual(Buffer.from(await first.files[1].read(0, OTHER.length)), OTHER);
  const total = BODY.length + OTHER.length + 1000;
  assert.ok(progress.every((event, i) => event.total === total && event.loaded >= (progress[i - 1]?.loaded ?? 0)));
  assert.equal(progress.at(-1).loaded, total);
  assert.deepEqual([...new Set(progress.map(({ file }) => file))], names);
  const path = (name) => `/org/split/resolve/main/Q4_K_M/${name}`;
  const list = "GET /api/models/org/split/tree/main?recursive=true";
  const requests = names.flatMap((name) => [`GET ${path(name)}`, "cdn GET all"]);
  assert.deepEqual(asked(), [list, ...requests]);
  // Any part's address means the whole, and hashes come before the first byte.
  const address = (name) => `${hub.url}org/split/blob/main/Q4_K_M/${name}?download=true`;
  assert.deepEqual((await load("org/split")).facts, facts);
  assert.deepEqual((await load(address(names[1]))).facts, facts);
  assert.deepEqual(
    asked(),
    names.map((name) => `HEAD ${path(name)}`),
  );
  // Each part has its own hash.
  const hashes = Object.fromEntries(facts.map(({ name, sha256: hash }) => [name, hash]));
  assert.deepEqual((await load(address(names[2]), { integrity: hashes })).facts, facts);
  const wrong = { ...hashes, [names[2]]: sha256(BODY) };
  await assert.rejects(load("org/split", { integrity: wrong }), {
    code: "integrity_mismatch",
    message: /m-Q4_K_M-00003-of-00003\.gguf/,
  });
  await assert.rejects(load("org/split", { integrity: sha256(BODY) }), { code: "bad_input" });
  await store.remove(sha256(OTHER));
  delete hub.state.repositories["org/split"][`Q4_K_M/${names[1]}`];
  await assert.rejects(load(address(names[0])), {
    code: "network",
    message: /m-Q4_K_M-00002-of-00003\.gguf/,
    advice: /split over several files/,
  });
});

test("the address of a file is asked for its hash, not for a list, and that once", async () => {
  const address = `${hub.url}org/one-GGUF/blob/main/one-Q4_K_M.gguf`;
  assert.equal((await load(address)).facts[0].sha256, sha256(BODY));
  const path = "/org/one-GGUF/resolve/main/one-Q4_K_M.gguf";
  assert.deepEqual(asked(), [`HEAD ${path}`, `GET ${path}`, "cdn GET all"]);
  await load(address);
  assert.deepEqual(asked(), []);
  // The cache is that of its hash.
  await load("org/one-GGUF");
  assert.deepEqual(asked(), ["GET /api/models/org/one-GGUF/tree/main?recursive=true"]);
  // A hash of the caller's needs none of the hub's.
  await load(address, { integrity: sha256(BODY) });
  assert.deepEqual(asked(), []);
});

test("a file that is another one by now is refused once, and then the new one is taken", async () => {
  const address = `${hub.url}org/one-GGUF/resolve/main/one-Q8_0.gguf`;
  await load(address);
  await store.remove(sha256(OTHER));
  hub.state.repositories["org/one-GGUF"]["one-Q8_0.gguf"] = BODY.subarray(0, OTHER.length);
  await assert.rejects(load(address), { code: "integrity_mismatch" });
  assert.equal((await load(address)).facts[0].sha256, sha256(BODY.subarray(0, OTHER.length)));
});

test("what came by its address before hashes were asked for is taken as it is", async () => {
  const source = resolveSource(`${hub.url}org/one-GGUF/resolve/main/one-Q8_0.gguf`, {});
  assert.equal(source.file.isOnHub, undefined);
  await gather(source, context);
  asked();
  await load(source.file.url);
  assert.deepEqual(asked(), []);
});

test("a file that came after the list is found", async () => {
  await load("org/one-GGUF");
  asked();
  hub.state.repositories["org/one-GGUF"]["one-Q6_K.gguf"] = OTHER;
  assert.deepEqual(await named("org/one-GGUF:Q6_K"), ["one-Q6_K.gguf"]);
  assert.equal(asked().filter((line) => line.includes("/api/")).length, 1);
  await assert.rejects(load("org/one-GGUF:Q5_K_M"), { code: "bad_input", advice: /Q4_K_M, Q6_K, Q8_0/ });
});

test("a server that says no hash serves the file all the same", async () => {
  hub.state.hashes = false;
  const address = `${hub.url}org/one-GGUF/resolve/main/one-Q4_K_M.gguf`;
  await load(address);
  assert.equal(asked().length, 3);
  await load(address);
  assert.deepEqual(asked(), []);
  // Whose hash is heard of later is found all the same, and goes with it.
  const gathered = await load("org/one-GGUF");
  assert.deepEqual(asked(), ["GET /api/models/org/one-GGUF/tree/main?recursive=true"]);
  assert.equal(gathered.facts[0].sha256, sha256(BODY));
  await gathered.forget();
  assert.deepEqual(
    (await store.list()).map(({ meta }) => meta.name),
    ["the hash of one-Q4_K_M.gguf"],
  );
});

test("another file than the hub lists is refused and not kept", async () => {
  await load("org/one-GGUF:Q8_0");
  const { "one-Q4_K_M.gguf": body } = hub.state.repositories["org/one-GGUF"];
  const served = Buffer.from(body);
  served[7] ^= 1;
  // The list of before says the hash of before, and the one of now that of now.
  hub.state.repositories["org/one-GGUF"]["one-Q4_K_M.gguf"] = served;
  assert.equal((await load("org/one-GGUF")).facts[0].sha256, sha256(served));
  const lists = asked().filter((line) => line.includes("/api/"));
  assert.equal(lists.length, 2);
  await load("org/one-GGUF");
  assert.deepEqual(asked(), []);
  // Its header and its body differ.
  const fresh = memoryStore(64_000);
  const lying = { ...context, store: fresh, fetch: liar };
  await assert.rejects(gather(resolveSource("org/one-GGUF", { hub: hub.url }), lying), { code: "integrity_mismatch" });
  assert.ok((await fresh.list()).every(({ meta }) => meta.name.startsWith("the list")));
  const address = resolveSource(`${hub.url}org/one-GGUF/resolve/main/one-Q8_0.gguf`, { hub: hub.url });
  await assert.rejects(gather(address, { ...lying, store: memoryStore() }), { code: "integrity_mismatch" });

  async function liar(url, how) {
    const response = await fetch(url, how);
    if (!String(url).includes("/resolve/") || how.method === "HEAD") return response;
    const bytes = Buffer.from(await response.arrayBuffer());
    bytes[0] ^= 1;
    return new Response(bytes, { headers: { "content-length": String(bytes.length) } });
  }
});

test("hashes of the caller's must be those that the hub says", async () => {
  await assert.rejects(load("org/one-GGUF", { integrity: sha256(OTHER) }), { code: "integrity_mismatch" });
  assert.deepEqual(asked(), ["GET /api/models/org/one-GGUF/tree/main?recursive=true"]);
  assert.deepEqual(await named("org/one-GGUF", { integrity: sha256(BODY) }), ["one-Q4_K_M.gguf"]);
  const stray = { "one-Q8_0.gguf": sha256(OTHER) };
  await assert.rejects(load("org/one-GGUF", { integrity: stray }), { code: "bad_input" });
  hub.state.repositories["org/folder"] = tinyFiles();
  await assert.rejects(load("org/folder", { integrity: sha256(BODY) }), {
    code: "bad_input",
    message: /one hash for several files/,
  });
  const wrong = { "model.safetensors": sha256(BODY) };
  await assert.rejects(load("org/folder", { integrity: wrong }), { code: "integrity_mismatch" });
});

test("what the hub refuses is said with what to do", async () => {
  const failure = async (name) =>
    load(name).then(
      () => assert.fail(`${name} is there`),
      (error) => error,
    );
  const expect = async (name, message, advice) => {
    const error = await failure(name);
    assert.equal(error.code, "network", name);
    assert.match(error.message, message);
    assert.match(error.advice, advice);
  };
  await expect(
    "org/none",
    /list of files of org\/none: the server answered 401: there is no public repository/,
    /Check owner/,
  );
  await expect("org/one-GGUF@v9", /404: the repository has no such revision/, /branch/);
  await expect(
    `${hub.url}org/one-GGUF/resolve/main/no.gguf`,
    /no\.gguf: the server answered 404: .*no such file/,
    /name the repo/,
  );
  hub.state.gated = ["org/one-GGUF"];
  await expect("org/one-GGUF", /one-Q4_K_M\.gguf: the server answered 401: its owner wants/, /Log in/);
  hub.state.gated = [];
  Object.assign(hub.state, { limited: 99, retryAfter: "240" });
  await expect("org/new", /answered 429/, /Try again in 240 seconds/);
  hub.state.limited = 0;
  await expect("http://127.0.0.1:9/x.gguf", /could not be downloaded/, /connection/);
  hub.state.repositories["org/empty"] = {};
  await assert.rejects(load("org/empty"), { code: "unsupported_format", message: /0 files/ });
});

test("a server that is asked too often is asked again when it says so", async () => {
  hub.state.limited = 2;
  assert.deepEqual(await named("org/one-GGUF"), ["one-Q4_K_M.gguf"]);
  assert.equal(asked().filter((line) => line.includes("/api/")).length, 3);
  // While waiting, an abort is heard.
  Object.assign(hub.state, { limited: 1, retryAfter: "19" });
  const signal = AbortSignal.timeout(50);
  const source = resolveSource("org/other", { hub: hub.url });
  await assert.rejects(gather(source, { ...context, signal }), { code: "aborted" });
});

test("a renamed repository is followed, and its new name told", async () => {
  hub.state.renamed = { "old/name": "org/one-GGUF" };
  assert.equal((await load("old/name")).facts[0].sha256, sha256(BODY));
  assert.deepEqual(warnings, ["old/name has been renamed: it is org/one-GGUF now"]);
  asked();
  await load("old/name");
  const address = `${hub.url}old/name/resolve/main/one-Q8_0.gguf`;
  assert.deepEqual(asked(), []);
  assert.equal((await load(address)).facts[0].sha256, sha256(OTHER));
  const path = "resolve/main/one-Q8_0.gguf";
  assert.deepEqual(asked().slice(0, 2), [`HEAD /old/name/${path}`, `HEAD /org/one-GGUF/${path}`]);
  assert.ok((await store.stat(sha256(OTHER))).meta?.complete);
});

test("a cut download goes on where it stopped, with ranges or without", async () => {
  hub.state.cutAfter = 100_000;
  assert.equal((await load("org/one-GGUF")).facts[0].sha256, sha256(BODY));
  assert.deepEqual(
    asked().filter((line) => line.startsWith("cdn")),
    ["cdn GET all", "cdn GET bytes=100000-"],
  );
  Object.assign(hub.state, { cutAfter: 100_000, ranges: false });
  assert.equal((await load("org/one-GGUF:Q8_0")).facts[0].sha256, sha256(OTHER));
});

test("offline, what was loaded once is there, and what was not is an error", async () => {
  await load("org/one-GGUF");
  const url = hub.url;
  hub.close();
  const offline = (name) => gather(resolveSource(name, { hub: url }), context);
  assert.equal((await offline("org/one-GGUF")).facts[0].sha256, sha256(BODY));
  await assert.rejects(offline("org/one-GGUF:Q8_0"), { code: "network", message: /one-Q8_0\.gguf/ });
  await assert.rejects(offline("org/two"), {
    code: "network",
    message: /list of files of org\/two/,
    advice: /connection/,
  });
  // A list that could not be asked for again is kept.
  assert.equal((await offline("org/one-GGUF")).facts[0].sha256, sha256(BODY));
});

test("what turns out to be no model is forgotten with its list", async () => {
  const gathered = await load("org/one-GGUF");
  const fail = () => Promise.reject({ code: "corrupt_weights", message: "no GGUF", advice: "" });
  await assert.rejects(orForget(gathered, fail), { code: "corrupt_weights" });
  assert.deepEqual(await store.list(), []);
  const file = await load(`${hub.url}org/one-GGUF/resolve/main/one-Q8_0.gguf`);
  await assert.rejects(orForget(file, fail), { code: "corrupt_weights" });
  assert.deepEqual(await store.list(), []);
  // A hash of the caller's proves the file.
  const sure = await load("org/one-GGUF", { integrity: sha256(BODY) });
  await assert.rejects(orForget(sure, fail), { code: "corrupt_weights" });
  assert.deepEqual(
    (await store.list()).map(({ meta }) => meta.name),
    ["one-Q4_K_M.gguf"],
  );
});

test("a list from a server that is no hub is refused", async () => {
  const page = async () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  const endless = async () =>
    new Response("[]", { headers: { link: '<http://elsewhere.example/x?cursor=1>; rel="next"' } });
  const hostile = async () =>
    new Response(
      JSON.stringify([null, 7, { type: "file" }, entryOf(["x-Q4_0.gguf", 5]), { type: "directory", path: "a" }]),
    );
  const from = (answer) =>
    gather(resolveSource("org/one-GGUF", { hub: hub.url }), { ...context, store: memoryStore(), fetch: answer });
  await assert.rejects(from(page), { code: "network", message: /something else/ });
  const places = [];
  const watched = async (url) => {
    places.push(new URL(url).origin);
    return endless();
  };
  await assert.rejects(from(watched), { code: "network", message: /no end/ });
  assert.deepEqual([...new Set(places)], [new URL(hub.url).origin]);
  const outside = async () => new Response(JSON.stringify([entryOf(["other/x-Q4_0.gguf", 5])]));
  const nested = resolveSource(`${hub.url}org/one-GGUF/tree/main/sub`, { hub: hub.url });
  await assert.rejects(gather(nested, { ...context, fetch: outside }), {
    code: "unsupported_format",
    message: /0 files/,
  });
  // What is usable is used: here the size of what comes then is wrong.
  await assert.rejects(from(hostile), { code: "integrity_mismatch", message: /x-Q4_0\.gguf/ });
});

test("in Node a whole model loads by name, is there offline, and is removed by name", async (t) => {
  const { cache, load: loadModel } = await import("../dist/index.js");
  const folder = mkdtempSync(join(tmpdir(), "semgrad-hub-"));
  t.after(() => rmSync(folder, { recursive: true }));
  hub.state.repositories["org/tiny"] = { ...tinyFiles(), "README.md": Buffer.from("#") };
  const options = { hub: hub.url, cacheDir: folder, device: "cpu", profile: null };
  const ask = async () => {
    const model = await loadModel("org/tiny", options);
    try {
      assert.equal(model.info.name, "tiny");
      return (await model.ask("2 + 2 =", { maxTokens: 4, methods: [] })).text;
    } finally {
      model.dispose();
    }
  };
  const first = await ask();
  assert.ok(asked().length > 0);
  assert.equal(await ask(), first);
  assert.deepEqual(asked(), []);
  assert.equal((await cache.list({ cacheDir: folder })).length, 4);
  assert.ok((await cache.remove("org/tiny", { cacheDir: folder })) > 0);
  assert.deepEqual(await cache.list({ cacheDir: folder }), []);
});
