/** From what a caller names as engines to what is loaded; nothing is fetched here. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { resolveEngines, resolveSynonyms } from "../dist/engines.js";
import { KNOWN_ENGINES } from "../dist/models.js";
import { ENCODER_FILES } from "../dist/source.js";

const HASH = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
const refused = (error) => error.name === "SemgradError" && error.code === "bad_input" && error.advice.length > 0;
const folder = () => ({ "config.json": new Blob(["{}"]), "model.safetensors": new Blob(["x"]) });

test("words need no files", () => {
  assert.deepEqual(resolveEngines(undefined), {});
  assert.deepEqual(resolveEngines({ embed: "lexical", nli: "judge" }), { embed: "lexical", nli: "judge" });
  assert.deepEqual(resolveEngines({ nli: undefined }), {});
});

test("a known engine is pinned by its revision and hashes, wherever it is served", () => {
  for (const { name, engine, baseUrl, files } of KNOWN_ENGINES) {
    assert.match(baseUrl, /^https:\/\/huggingface\.co\/[\w-]+\/[\w.-]+\/resolve\/[0-9a-f]{40}\/$/, name);
    const { source } = resolveEngines({ [engine]: name.toUpperCase() })[engine];
    assert.equal(source.url, baseUrl);
    assert.deepEqual([...source.small, "model.safetensors"].sort(), Object.keys(files).sort());
    assert.match(source.integrity["model.safetensors"], /^[0-9a-f]{64}$/);
    const moved = resolveEngines({ [engine]: { source: name, baseUrl: "https://example.com/e" } })[engine];
    assert.equal(moved.source.url, "https://example.com/e/");
    assert.deepEqual(moved.source.integrity, source.integrity);
  }
});

test("the known engines are those that the command line names", () => {
  const source = readFileSync(new URL("../../crate/semgrad/src/engines/mod.rs", import.meta.url), "utf8");
  const named = [...source.matchAll(/engine: "(\w+)", repository: "([^"]+)", licence: "([^"]+)"/g)];
  assert.deepEqual(
    KNOWN_ENGINES.map(({ engine, baseUrl, license }) => [engine, baseUrl.split("/").slice(3, 5).join("/"), license]),
    named.map(([, ...fields]) => fields),
  );
});

test("an address is a folder, with its own hashes", () => {
  const { nli } = resolveEngines({ nli: "https://example.com/owner/nli" });
  assert.deepEqual(nli.source, {
    kind: "folder",
    name: "nli",
    url: "https://example.com/owner/nli/",
    small: ENCODER_FILES,
    integrity: {},
  });
  const url = new URL("https://example.com/nli");
  const known = (hash) => ({ nli: { source: "nli-deberta-v3-xsmall", integrity: { "model.safetensors": hash } } });
  const pinned = resolveEngines({ nli: "nli-deberta-v3-xsmall" }).nli;
  assert.equal(resolveEngines(known(pinned.source.integrity["model.safetensors"])).nli.key, pinned.key);
  assert.throws(() => resolveEngines(known(HASH)), { code: "integrity_mismatch" });
  // One that only the revision pins is compared with the caller's.
  const small = { source: "nli-deberta-v3-xsmall", integrity: { "tokenizer_config.json": HASH } };
  const { integrity } = resolveEngines({ nli: small }).nli.source;
  assert.deepEqual(integrity, { ...pinned.source.integrity, "tokenizer_config.json": HASH });
  const hashed = resolveEngines({ nli: { source: url, integrity: { "model.safetensors": HASH.toUpperCase() } } });
  assert.deepEqual(hashed.nli.source.integrity, { "model.safetensors": HASH });
  assert.notEqual(hashed.nli.key, resolveEngines({ nli: url }).nli.key);
  assert.equal(resolveEngines({ nli: url }).nli.key, resolveEngines({ nli: url.href }).nli.key);
});

test("the same files are the same engine, others are not", () => {
  const files = folder();
  const first = resolveEngines({ embed: files }).embed;
  assert.deepEqual(
    first.source.files.map(({ name }) => name),
    ["config.json", "model.safetensors"],
  );
  assert.equal(resolveEngines({ embed: { source: { ...files } } }).embed.key, first.key);
  assert.notEqual(resolveEngines({ embed: folder() }).embed.key, first.key);
  const chosen = ["m/config.json", "m/1_Pooling/config.json", "m/README.md"].map((path) =>
    Object.defineProperty(new File(["x"], path.split("/").pop()), "webkitRelativePath", { value: path }),
  );
  assert.deepEqual(
    resolveEngines({ embed: chosen }).embed.source.files.map(({ name }) => name),
    ["config.json", "1_Pooling/config.json"],
  );
});

test("what is no engine is refused", () => {
  const [embed, nli] = ["embed", "nli"].map((kind) => KNOWN_ENGINES.find(({ engine }) => engine === kind).name);
  for (const engines of [
    7,
    { rerank: "lexical" },
    { embed: "judge" },
    { embed: nli },
    { nli: embed },
    { nli: "owner/repo/more" },
    { nli: "https://example.com/model.onnx" },
    { nli: "ftp://example.com/model/" },
    { nli: new Blob([]) },
    { nli: {} },
    { nli: { "config.json": 7 } },
    { nli: { source: "https://example.com/e", integrity: { "config.json": "md5" } } },
    { nli: null },
  ]) {
    assert.throws(() => resolveEngines(engines), refused, JSON.stringify(engines));
  }
});

test("synonyms are a text, a file or an address", async () => {
  assert.equal(resolveSynonyms(undefined), undefined);
  assert.equal(await resolveSynonyms("big large\n").files[0].blob.text(), "big large\n");
  assert.equal(resolveSynonyms(new File(["x"], "mine.txt")).files[0].blob.size, 1);
  assert.equal(resolveSynonyms("https://example.com/s.txt").file.url, "https://example.com/s.txt");
  assert.throws(() => resolveSynonyms("big large"), refused);
});
