/** Profiles: those that the package ships, those of the caller, and which weights each belongs to. Made up for the test. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { load, PROFILES } from "../dist/index.js";
import { Model } from "../dist/model.js";
import { KNOWN_MODELS } from "../dist/models.js";
import { profileJson } from "../dist/options.js";
import { checkProfile, chooseProfile, withCalibration } from "../dist/profile.js";
import { imported } from "../dist/profiles/imports.js";
import { connect, serve } from "../dist/remote.js";
import { writeProfiles } from "../profiles.mjs";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const [KNOWN] = KNOWN_MODELS;
const HASH = KNOWN.sha256;
const PREFIX = "Q: ";
const JSON_TEXT = JSON.stringify({
  key: { weights: HASH, template: null, prefix: PREFIX },
  calibrations: [{ answers: "given" }],
});
const isBuilt = existsSync(new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url));

const hasher = () => {
  const hash = createHash("sha256");
  return { update: (chunk) => void hash.update(chunk), hex: () => hash.copy().digest("hex"), free: () => {} };
};

/** What `chooseProfile` is given for one weight file, and the warnings that it gave. */
function setting({ sha256 = null, size = KNOWN.size, read, profile = async () => JSON_TEXT } = {}) {
  const warnings = [];
  const onProgress = (event) => event.phase === "warning" && warnings.push(event.message);
  const file = { name: "m.gguf", size, read };
  const gathered = { files: [file], facts: [{ name: "m.gguf", size, sha256 }] };
  const assets = { profiles: [{ name: "m", weights: HASH, prefix: PREFIX, answers: ["given"] }], profile };
  const choose = (option) => chooseProfile(option, gathered, assets, { hasher, onProgress });
  return { choose, warnings };
}

test("the profile of the package is the one for these weights", async () => {
  const { choose, warnings } = setting({ sha256: HASH });
  const chosen = await choose(undefined);
  assert.equal(chosen.json, JSON_TEXT);
  assert.deepEqual(chosen.facts, {
    origin: "package",
    prefix: PREFIX,
    maxTokens: null,
    answers: ["given"],
    adapter: null,
  });
  assert.equal(await choose(null), null);
  assert.equal((await choose(JSON_TEXT)).facts.origin, "caller");
  assert.deepEqual(warnings, []);
  const other = setting({ sha256: "00".repeat(32) });
  assert.equal(await other.choose(undefined), null);
  assert.equal(await other.choose(JSON_TEXT), null);
  assert.match(other.warnings[0], /other weights/);
});

test("a file is read for its hash only if its size is that of a model with a profile", async () => {
  let reads = 0;
  const read = async (_, length) => {
    reads += 1;
    return new Uint8Array(length);
  };
  assert.equal(await setting({ size: 5, read }).choose(undefined), null);
  assert.equal(reads, 0);
  assert.equal(await setting({ read }).choose(undefined), null);
  assert.ok(reads > 0);
});

test("a profile that cannot be fetched is a warning", async () => {
  const profile = async () => {
    throw new Error("gone");
  };
  const { choose, warnings } = setting({ sha256: HASH, profile });
  assert.equal(await choose(undefined), null);
  assert.match(warnings[0], /no confidence: gone/);
});

test("a profile is an object, a text, or none", () => {
  assert.equal(profileJson(null), null);
  assert.equal(profileJson("none"), null);
  assert.equal(profileJson({ key: {} }), '{"key":{}}');
  assert.throws(() => profileJson(7), { code: "bad_input" });
  assert.throws(() => profileJson(undefined), { code: "bad_input" });
});

test("a profile that is put into use must fit", async () => {
  const hash = async () => HASH;
  assert.equal((await checkProfile(JSON_TEXT, hash)).facts.prefix, PREFIX);
  await assert.rejects(
    checkProfile(JSON_TEXT, async () => null),
    { code: "bad_input" },
  );
  for (const text of ["{", "7", "null", "[]"]) {
    await assert.rejects(checkProfile(text, hash), { code: "bad_input" }, text);
  }
});

test("each shipped profile can be imported, and is of a model whose size is known", async () => {
  for (const { name, weights } of PROFILES) {
    const file = new URL(`../dist/profiles/${name}.json`, import.meta.url);
    assert.deepEqual(JSON.parse(await imported(weights)), JSON.parse(readFileSync(file, "utf8")));
    // Else a file of the caller's would not be hashed, and the profile not be found.
    assert.ok(
      KNOWN_MODELS.some(({ sha256 }) => sha256 === weights),
      name,
    );
  }
  assert.ok(PROFILES.length > 0);
});

test("the model says which profile it uses, through the worker as well", async () => {
  const used = [];
  const backend = {
    info: { name: "fake", profile: null },
    run: async () => {},
    async useProfile(json) {
      used.push(json);
      return json && (await checkProfile(json, async () => HASH)).facts;
    },
    dispose() {},
  };
  const { port1, port2 } = new MessageChannel();
  serve(port2, async () => backend);
  for (const port of [port1, port2]) port.start();
  const remote = { port: port1, terminate: () => port1.close(), onCrash: () => {} };
  const far = await connect(remote, {}, {}, { onProgress: () => {} });
  for (const model of [new Model(backend), new Model(far)]) {
    await model.useProfile(JSON.parse(JSON_TEXT));
    assert.deepEqual(model.info.profile, {
      origin: "caller",
      prefix: PREFIX,
      maxTokens: null,
      answers: ["given"],
      adapter: null,
    });
    await assert.rejects(model.useProfile("{"), { code: "bad_input" });
    await model.useProfile(null);
    assert.equal(model.info.profile, null);
    await assert.rejects(model.useProfile(7), { code: "bad_input" });
    model.dispose();
    await assert.rejects(model.useProfile(null), { code: "aborted" });
  }
  assert.deepEqual(used, [JSON_TEXT, "{", null, JSON_TEXT, "{", null]);
});

test("the build lists profiles with their addresses, and refuses what is none", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-profiles-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [from, to] = ["from", "to"].map((name) => join(folder, name));
  const index = (version) => import(`${pathToFileURL(join(to, "index.js"))}?${version}`);
  writeProfiles(from, to);
  assert.deepEqual((await index(1)).PROFILES, []);
  mkdirSync(from);
  writeFileSync(join(from, "m.json"), JSON_TEXT);
  writeProfiles(from, to);
  const { PROFILES, addressOf } = await index(2);
  assert.deepEqual(PROFILES, [
    { name: "m", weights: HASH, prefix: PREFIX, answers: ["given"], fitted: null, judgesOthers: null },
  ]);
  assert.equal(readFileSync(new URL(addressOf(HASH).pathname, "file:"), "utf8"), JSON_TEXT);
  assert.match(readFileSync(join(to, "index.js"), "utf8"), /new URL\("\.\/m\.json", import\.meta\.url\)/);
  // For bundles without addresses.
  const { imported } = await import(pathToFileURL(join(to, "imports.js")));
  assert.deepEqual(JSON.parse(await imported(HASH)), JSON.parse(JSON_TEXT));
  writeFileSync(join(from, "n.json"), JSON_TEXT);
  assert.throws(() => writeProfiles(from, to), /another one/);
  writeFileSync(join(from, "n.json"), "{}");
  assert.throws(() => writeProfiles(from, to), /names no weights/);
  const own = { answers: "own", fitted: { questions: 50, right: 20, judge: "containment" } };
  writeFileSync(join(from, "n.json"), JSON.stringify({ key: { weights: "b".repeat(64) }, calibrations: [own] }));
  writeProfiles(from, to);
  const [, other] = (await index(3)).PROFILES;
  assert.deepEqual(other.fitted, { questions: 50, right: 20, share: 0.4 });
});

test("a model without a profile says so", { skip: !isBuilt && "the wasm module is not built" }, async () => {
  const model = await load(asBlobs(tinyFiles()), { cache: "none", profile: null });
  assert.equal(model.info.profile, null);
  const { confidence, confidenceReason } = await model.ask("Why?", { maxTokens: 2 });
  assert.equal(confidence, null);
  assert.ok(confidenceReason.length > 0);
  model.dispose();
});

test("a calibration belongs to the adapter that was in use", () => {
  const calibration = (answers) => JSON.stringify({ answers, fitted: {} });
  const key = { weights: HASH, template: null, prefix: "" };
  const bare = withCalibration(calibration("own"), { ...key, adapter: null }, undefined);
  assert.deepEqual(JSON.parse(bare).key, key);
  const worn = withCalibration(calibration("own"), { ...key, adapter: "a" }, bare);
  assert.deepEqual(JSON.parse(worn).key, { ...key, adapter: "a" });
  // What was fitted with the same one stays beside it, and nothing else does.
  const answers = (json) => JSON.parse(json).calibrations.map((one) => one.answers);
  assert.deepEqual(answers(withCalibration(calibration("given"), { ...key, adapter: "a" }, worn)), ["own", "given"]);
  assert.deepEqual(answers(withCalibration(calibration("given"), { ...key, adapter: "b" }, worn)), ["given"]);
  assert.deepEqual(answers(withCalibration(calibration("given"), { ...key, adapter: null }, worn)), ["given"]);
});
