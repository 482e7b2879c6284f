import assert from "node:assert/strict";
import { test } from "node:test";
import { normalizeSha256 } from "../dist/integrity.js";
import { KNOWN_MODELS } from "../dist/models.js";
import { fitting } from "../dist/profile.js";
import { FOLDER_FILES, fetchable, resolveSource, shardNames } from "../dist/source.js";

const HASH = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
const code = (name) => (error) => error.name === "SemgradError" && error.code === name && error.advice.length > 0;

test("a known name pins size and hash, and baseUrl moves it", () => {
  const { file } = resolveSource("smollm2-135m-instruct", {});
  assert.equal(file.size, 98_362_432);
  assert.equal(file.sha256, HASH);
  assert.match(file.url, /^https:\/\/huggingface\.co\/.*\/SmolLM2-135M-Instruct\.Q4_1\.gguf$/);
  const moved = resolveSource("SmolLM2-135M-Instruct", { baseUrl: "https://example.com/models" });
  assert.equal(moved.file.url, "https://example.com/models/SmolLM2-135M-Instruct.Q4_1.gguf");
});

test("a known name without address asks for one", () => {
  assert.throws(() => resolveSource("gemma-3-270m", {}), code("bad_input"));
  assert.equal(resolveSource("gemma-3-270m", { baseUrl: "https://example.com/" }).kind, "url");
});

test("a .gguf address is a file, anything else a folder", () => {
  const file = resolveSource("https://example.com/a/b%20c.gguf", { integrity: HASH.toUpperCase() });
  assert.deepEqual(file, {
    kind: "url",
    name: "b c.gguf",
    file: { name: "b c.gguf", url: "https://example.com/a/b%20c.gguf", sha256: HASH },
  });
  const folder = resolveSource(new URL("https://example.com/a/model"), { integrity: { "config.json": HASH } });
  assert.deepEqual(folder, {
    kind: "folder",
    name: "model",
    url: "https://example.com/a/model/",
    small: FOLDER_FILES,
    integrity: { "config.json": HASH },
  });
});

test("hub pages lead to the files behind them", () => {
  const page = resolveSource("https://huggingface.co/owner/repo/blob/main/sub/x.gguf", {});
  assert.equal(page.file.url, "https://huggingface.co/owner/repo/resolve/main/sub/x.gguf");
  const folder = "https://huggingface.co/owner/repo/resolve/main/";
  for (const address of [folder, "https://huggingface.co/owner/repo", "https://hf.co/owner/repo/tree/main"])
    assert.equal(fetchable(address).href.replace(/\/?$/, "/"), folder);
  assert.equal(
    resolveSource("https://huggingface.co/owner/repo/resolve/v1/x.gguf", {}).file.url,
    "https://huggingface.co/owner/repo/resolve/v1/x.gguf",
  );
});

test("files: a folder's useful ones, one GGUF, or a lone file of any name", () => {
  const names = (files) => resolveSource(files, {}).files.map((file) => file.name);
  const make = (name) => new File(["x"], name);
  assert.deepEqual(names([make("config.json"), make("model.safetensors"), make("README.md")]), [
    "config.json",
    "model.safetensors",
  ]);
  assert.deepEqual(names({ "config.json": new Blob([]), "a.safetensors": new Blob([]) }), [
    "config.json",
    "a.safetensors",
  ]);
  assert.deepEqual(names([make("x.gguf"), make("config.json")]), ["x.gguf"]);
  // A chosen folder's own name stands before every path; files deeper inside are not the model's.
  const inFolder = (path) => Object.defineProperty(make(path.split("/").pop()), "webkitRelativePath", { value: path });
  assert.deepEqual(names(["m/config.json", "m/model.safetensors", "m/onnx/config.json"].map(inFolder)), [
    "config.json",
    "model.safetensors",
  ]);
  assert.deepEqual(names(make("weights.bin")), ["weights.bin"]);
  assert.deepEqual(names(new Blob([])), ["model.gguf"]);
  assert.throws(() => names([make("a.txt"), make("b.txt")]), code("bad_input"));
  assert.throws(() => names([make("a.gguf"), make("b.gguf")]), code("bad_input"));
});

test("the parts of a split GGUF are one model", () => {
  const names = ["m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"];
  const part = resolveSource("https://example.com/a%20b/m-00002-of-00003.gguf?x=1", {});
  assert.equal(part.name, names[0]);
  assert.deepEqual(
    [part.file, ...part.others].map(({ name, url }) => ({ name, url })),
    names.map((name) => ({ name, url: `https://example.com/a%20b/${name}?x=1` })),
  );
  const hashed = resolveSource("https://example.com/m-00001-of-00003.gguf", { integrity: { [names[1]]: HASH } });
  assert.deepEqual(
    [hashed.file, ...hashed.others].map(({ sha256 }) => sha256),
    [undefined, HASH, undefined],
  );
  assert.throws(
    () => resolveSource("https://example.com/m-00001-of-00003.gguf", { integrity: HASH }),
    code("bad_input"),
  );
  const make = (name) => new File(["x"], name);
  const chosen = resolveSource([make(names[2]), make(names[0]), make(names[1]), make("README.md")], {});
  assert.deepEqual(chosen.files.map(({ name }) => name).sort(), names);
  assert.notEqual(chosen.name, "folder");
  for (const other of ["n-00001-of-00003.gguf", "m-00001-of-00002.gguf", "m.gguf"])
    assert.throws(() => resolveSource([make(names[0]), make(other)], {}), code("bad_input"), other);
  for (const whole of ["m-00004-of-00003.gguf", "m-1-of-3.gguf", "m-00000-of-00000.gguf"])
    assert.equal(resolveSource(`https://example.com/${whole}`, {}).others, undefined, whole);
});

test("what is not a model is refused", () => {
  for (const value of [
    "",
    "no-such-model",
    "owner/repo/more",
    "ftp://example.com/x.gguf",
    7,
    null,
    undefined,
    { a: 1 },
  ]) {
    assert.throws(() => resolveSource(value, {}), code("bad_input"), String(value));
  }
  assert.throws(() => resolveSource("https://example.com/folder", { integrity: HASH }), code("bad_input"));
  // No page to resolve it against here.
  assert.throws(() => resolveSource("./x.gguf", {}), code("bad_input"));
});

test("a hash that the caller gives is never ignored", () => {
  const [known] = KNOWN_MODELS;
  const of = (source, integrity) => resolveSource(source, { integrity });
  // A known name has hashes of its own: yours must be the same.
  for (const same of [known.sha256, known.sha256.toUpperCase(), { [known.file]: known.sha256 }])
    assert.equal(of(known.name, same).file.sha256, known.sha256);
  const foreign = "a".repeat(64);
  for (const other of [foreign, { [known.file]: foreign }])
    assert.throws(() => of(known.name, other), code("integrity_mismatch"));
  // One of no file would not be compared with anything.
  const files = { "config.json": new Blob([]), "model.safetensors": new Blob([]) };
  for (const source of [known.name, "https://example.com/a.gguf", files])
    assert.throws(() => of(source, { "modle.safetensors": HASH }), code("bad_input"), String(source));
  assert.throws(() => of(files, HASH), code("bad_input"));
  assert.equal(of(files, { "config.json": HASH }).files[0].sha256, HASH);
});

test("hashes in hex or as subresource integrity", () => {
  const base64 = Buffer.from(HASH, "hex").toString("base64");
  assert.equal(normalizeSha256(`sha256-${base64}`), HASH);
  assert.throws(() => normalizeSha256("md5-abc"), code("bad_input"));
});

test("a weight index leads to files beside it only", () => {
  const index = (map) => JSON.stringify({ weight_map: map });
  assert.deepEqual(shardNames(index({ a: "m-1.safetensors", b: "m-2.safetensors", c: "m-1.safetensors" })), [
    "m-1.safetensors",
    "m-2.safetensors",
  ]);
  for (const bad of [
    "not json",
    "null",
    "{}",
    index({}),
    index({ a: "../x.safetensors" }),
    index({ a: "https://example.com/x.safetensors" }),
    index({ a: 1 }),
  ]) {
    assert.throws(() => shardNames(bad), code("corrupt_weights"), bad);
  }
});

test("a profile is used for the weights that it names only", async () => {
  const gathered = { files: [{ name: "m.gguf" }], facts: [{ name: "m.gguf", size: 1, sha256: HASH }] };
  const warnings = [];
  const context = { onProgress: (event) => warnings.push(event.phase) };
  const fits = JSON.stringify({ key: { weights: HASH } });
  assert.equal(await fitting("profile", fits, gathered, context), fits);
  assert.equal(await fitting("profile", undefined, gathered, context), undefined);
  assert.deepEqual(warnings, []);
  const other = JSON.stringify({ key: { weights: "00" } });
  assert.equal(await fitting("probes", other, gathered, context), undefined);
  assert.deepEqual(warnings, ["warning"]);
  await assert.rejects(fitting("profile", "{", gathered, context), code("bad_input"));
});
