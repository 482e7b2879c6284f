/** Models named as people name them, from a server that behaves like the hub. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { gather, orForget } from "../dist/files.js";
import { choose } from "../dist/hub/choose.js";
import { resolveSource } from "../dist/source.js";
import { memoryStore } from "../dist/store/parts.js";
import { hasher, sha256 } from "./support/hasher.mjs";
import { entryOf, startHub } from "./support/hub.mjs";
import { REPOSITORIES } from "./support/repositories.mjs";
import { tinyFiles } from "./support/tiny.mjs";

const BODY = randomBytes(300_000);
const OTHER = randomBytes(200_000);
const HUB = "https://huggingface.co/";

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
  context = { store, hasher, onProgress: (event) => event.phase === "warning" && warnings.push(event.message) };
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

test("a repository is named in many ways", () => {
  const whole = { hub: HUB, id: "org/re.po-1", revision: "main", folder: "", tag: null };
  for (const name of [
    "org/re.po-1",
    " org/re.po-1/ ",
    "org/re.po-1:latest",
    "hf.co/org/re.po-1",
    "huggingface.co/org/re.po-1",
    "https://hf.co/org/re.po-1",
    "https://huggingface.co/org/re.po-1",
    "https://huggingface.co/org/re.po-1/tree/main?library=x#files",
    "huggingface.co/org/re.po-1/tree/main/",
    new URL("https://www.huggingface.co/org/re.po-1/"),
  ]) {
    assert.deepEqual(repositoryOf(name), whole, String(name));
  }
  const also = (name, fields) => assert.deepEqual(repositoryOf(name), { ...whole, ...fields }, name);
  also("org/re.po-1:Q4_K_M", { tag: "Q4_K_M" });
  also("hf.co/org/re.po-1:sub/x-q8_0.gguf", { tag: "sub/x-q8_0.gguf" });
  also("https://hf.co/org/re.po-1:Q8_0", { tag: "Q8_0" });
  also("org/re.po-1@refs/pr/1:Q8_0", { revision: "refs/pr/1", tag: "Q8_0" });
  also("org/re.po-1:Q8_0@v1", { revision: "v1", tag: "Q8_0" });
  also("https://huggingface.co/org/re.po-1/tree/refs%2Fpr%2F1/a/b%20c", { revision: "refs/pr/1", folder: "a/b c" });
  const mirror = { hub: "https://mirror.example/hf" };
  assert.equal(repositoryOf("org/re.po-1", mirror).hub, "https://mirror.example/hf/");
  assert.equal(repositoryOf("https://mirror.example/hf/org/re.po-1/tree/main", mirror).id, "org/re.po-1");
  // An address says itself where it is.
  assert.equal(repositoryOf("https://huggingface.co/org/re.po-1", mirror).hub, HUB);
});

test("the page of a file is the address of that file, and nothing else is taken for a repository", () => {
  const at = (name) => resolveSource(name, {}).file;
  const url = "https://huggingface.co/org/repo/resolve/v1/sub/x%20y.gguf";
  for (const page of ["blob/v1/sub/x%20y.gguf?show_file_info=x%20y.gguf", "resolve/v1/sub/x%20y.gguf"])
    assert.deepEqual(at(`https://huggingface.co/org/repo/${page}`), { name: "x y.gguf", url, isOnHub: true }, page);
  assert.equal(
    at("https://hf.co/org/repo/blob/main/x.gguf").url,
    "https://huggingface.co/org/repo/resolve/main/x.gguf",
  );
  assert.equal(resolveSource("https://huggingface.co/org/repo/resolve/main/", {}).kind, "folder");
  assert.equal(resolveSource("https://example.com/org/repo", {}).kind, "folder");
  for (const name of [
    "repo",
    "a/b/c",
    "org/",
    "/org",
    "org/re po",
    "org/repo:",
    "org/x.gguf:",
    "spaces/in it",
    "api",
  ]) {
    assert.throws(() => resolveSource(name, {}), { code: "bad_input" }, name);
  }
  for (const bad of ["ftp://example.com/", 7, "nowhere"])
    assert.throws(() => resolveSource("org/repo", { hub: bad }), { code: "bad_input" }, String(bad));
});

for (const [id, { files, takes, fails, says }] of Object.entries(REPOSITORIES)) {
  test(`${id}: ${takes ?? fails}`, () => {
    const listed = Object.entries(files).map(([path, size]) => ({ path, size }));
    const pick = (fits) => choose(listed, repositoryOf(id), fits);
    if (fails) {
      assert.throws(
        () => pick(3e9),
        (error) => error.code === fails && says.test(error.message) && error.advice !== "",
      );
      return;
    }
    const choice = pick(3e9);
    assert.equal(choice.kind === "file" ? choice.parts[0].path : "folder", takes);
    assert.throws(() => pick(1e6), { code: "out_of_memory" });
  });
}

test("a format is found by its name, in any case, and what fits less is left", () => {
  const of = (id, tag, fits = 3e9) => {
    const listed = Object.entries(REPOSITORIES[id].files).map(([path, size]) => ({ path, size }));
    const { kind, parts } = choose(listed, repositoryOf(tag ? `${id}:${tag}` : id), fits);
    return kind === "file" ? parts[0].path : kind;
  };
  const mixed = "unsloth/Qwen3-1.7B-GGUF";
  assert.equal(of(mixed, "q8_0"), "Qwen3-1.7B-Q8_0.gguf");
  assert.equal(of(mixed, "ud-q4_k_xl"), "Qwen3-1.7B-UD-Q4_K_XL.gguf");
  assert.equal(of(mixed, "Q6_K_XL"), "Qwen3-1.7B-UD-Q6_K_XL.gguf");
  assert.equal(of(mixed, "Qwen3-1.7B-Q5_K_S"), "Qwen3-1.7B-Q5_K_S.gguf");
  assert.equal(of("Qwen/Qwen2.5-0.5B-Instruct-GGUF", "F16"), "qwen2.5-0.5b-instruct-fp16.gguf");
  assert.equal(of("microsoft/Phi-3-mini-4k-instruct-gguf", "Q4"), "Phi-3-mini-4k-instruct-q4.gguf");
  // Who names one takes the risk.
  assert.equal(of("ggml-org/gemma-3-4b-it-GGUF", "f16"), "gemma-3-4b-it-f16.gguf");
  assert.equal(of(mixed, null, 1.08e9), "Qwen3-1.7B-Q4_K_S.gguf");
  assert.equal(of(mixed, null, 0.8e9), "Qwen3-1.7B-Q2_K.gguf");
  assert.equal(of(mixed, "Q2_K"), "Qwen3-1.7B-Q2_K.gguf");
  assert.throws(() => of(mixed, "UD-IQ1_M"), {
    code: "unsupported_format",
    message: /^UD-IQ1_M cannot be read/,
    advice: /Q4_K_M/,
  });
  assert.throws(() => of(mixed, "Q7_K"), { code: "bad_input", message: /has no Q7_K/, advice: /UD-Q4_K_XL/ });
  assert.throws(() => of("HuggingFaceTB/SmolLM2-360M-Instruct", "Q8_0"), {
    code: "bad_input",
    advice: /leave ":Q8_0" out/,
  });
});

test("all parts of a split file are taken in their order, whichever is named", () => {
  const of = (id, tag, fits = 3e9) => {
    const listed = Object.entries(REPOSITORIES[id].files).map(([path, size]) => ({ path, size }));
    return choose(listed, repositoryOf(`${id}:${tag}`), fits).parts.map(({ path }) => path);
  };
  const sharded = "Felladrin/gguf-sharded-Qwen3-0.6B";
  const stem = "Qwen3-0.6B.Q4_K_M.shard";
  const all = [1, 2, 3].map((number) => `${stem}-0000${number}-of-00003.gguf`);
  for (const tag of ["Q4_K_M", stem, all[0], all[2]]) assert.deepEqual(of(sharded, tag), all, tag);
  const inFolder = "Q4_K_M/gemma-3-270m-it-Q4_K_M";
  const two = [1, 2].map((number) => `${inFolder}-0000${number}-of-00002.gguf`);
  for (const tag of ["q4_k_m", inFolder, "gemma-3-270m-it-Q4_K_M", two[1]])
    assert.deepEqual(of("unsloth/gemma-3-270m-it-GGUF", tag), two, tag);
  assert.deepEqual(of("Qwen/Qwen2.5-3B-Instruct-GGUF", "Q4_K_M"), ["qwen2.5-3b-instruct-q4_k_m.gguf"]);
  const parts = "qwen2.5-3b-instruct-q4_k_m-00002-of-00002.gguf";
  assert.equal(of("Qwen/Qwen2.5-3B-Instruct-GGUF", parts).length, 2);
  assert.throws(() => of(sharded, "Q8_0"), {
    code: "bad_input",
    message: /Qwen3-0\.6B\.Q8_0\.shard-00002-of-00002\.gguf is missing/,
    advice: /^Take one of IQ4_XS, Q4_K_M\.$/,
  });
});

test("of two models in one repository neither is guessed", () => {
  const listed = ["a-Q4_K_M.gguf", "b-Q4_K_M.gguf", "b-Q8_0.gguf"].map((path) => ({ path, size: 1 }));
  const of = (name) => choose(listed, repositoryOf(name), 1e9).parts[0].path;
  assert.throws(() => of("o/r"), {
    code: "bad_input",
    message: /a-Q4_K_M\.gguf, b-Q4_K_M\.gguf/,
    advice: /o\/r:a-Q4_K_M\.gguf/,
  });
  assert.throws(() => of("o/r:q4_k_m"), { code: "bad_input" });
  assert.equal(of("o/r:b-Q4_K_M.gguf"), "b-Q4_K_M.gguf");
  assert.equal(of("o/r:Q8_0"), "b-Q8_0.gguf");
});

test("of one format, mixes of single layers come last, and few bits after all others", () => {
  const first = (...labels) => {
    const listed = labels.map((label) => ({ path: `x-${label}.gguf`, size: 1 }));
    return choose(listed, repositoryOf("o/r"), 2).parts[0].path;
  };
  assert.equal(first("UD-Q4_K_M", "Q4_K_L"), "x-Q4_K_L.gguf");
  assert.equal(first("UD-Q4_K_XL", "Q5_K_M"), "x-UD-Q4_K_XL.gguf");
  assert.equal(first("IQ4_XS", "Q3_K_M", "F32"), "x-IQ4_XS.gguf");
  assert.equal(first("Q3_K_M", "Q2_K", "F32"), "x-F32.gguf");
  assert.equal(first("Q2_K", "Q3_K_S", "IQ3_M"), "x-Q3_K_S.gguf");
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
