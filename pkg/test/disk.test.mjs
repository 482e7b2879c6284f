/** The store on a disk, and paths: what is kept where, what two processes do to each other, what is said when it fails. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { openStore } from "../dist/cache.js";
import { cacheFolder, disk, fileError, fileSource } from "../dist/disk.js";
import { obtain } from "../dist/download.js";
import { resolveEngines, resolveSynonyms } from "../dist/engines.js";
import { cache } from "../dist/index.js";
import { cachedName, KNOWN_MODELS } from "../dist/models.js";
import { resolveSource } from "../dist/source.js";
import { openDisk } from "../dist/store/disk.js";
import { hasher, sha256 } from "./support/hasher.mjs";
import { startServer } from "./support/server.mjs";

const BODY = randomBytes(300_000);
const HASH = sha256(BODY);

let folder;
let server;
let file;
let warnings;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "semgrad-disk-"));
  server = await startServer(BODY);
  file = { name: "model.gguf", url: server.url, sha256: HASH };
  warnings = [];
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a process of its own would have it. */
async function context(more = {}) {
  const onProgress = (event) => event.phase === "warning" && warnings.push(event.message);
  return { store: await openDisk(folder), hasher, onProgress, ...more };
}

async function whole({ source }) {
  return Buffer.from(await source.read(0, source.size));
}

const kept = () => readdirSync(folder).sort();
const ranges = () => server.requests.map(({ range }) => range);

/** A download that stops after so many bytes, in order (its parts are closed) or as if the process had been killed. */
async function cut(bytes, { killed = false } = {}) {
  Object.assign(server.state, { cutAfter: bytes, stall: true });
  const controller = new AbortController();
  const store = await openDisk(folder);
  const write = store.write.bind(store);
  store.write = async (...where) => {
    const sink = await write(...where);
    let stored = 0;
    const count = async (chunk) => {
      await sink.write(chunk);
      stored += chunk.length;
      if (stored >= bytes) controller.abort();
    };
    return { write: count, close: async () => killed || sink.close() };
  };
  await assert.rejects(obtain(file, await context({ store, signal: controller.signal })));
  Object.assign(server.state, { cutAfter: null, stall: false });
}

test("a file is kept under its key, and used again without a request", async () => {
  const obtained = await obtain(file, await context());
  assert.deepEqual(await whole(obtained), BODY);
  assert.deepEqual(kept(), [HASH, `${HASH}.json`]);
  assert.deepEqual(readFileSync(join(folder, HASH)), BODY);
  const again = await obtain(file, await context());
  assert.deepEqual(await whole(again), BODY);
  assert.deepEqual(Buffer.from(await again.source.read(1000, 5)), BODY.subarray(1000, 1005));
  assert.deepEqual(ranges(), [null]);
});

test("a cut download goes on where it stopped, in order or not", async () => {
  await cut(100_000);
  assert.match(kept()[0], new RegExp(`^${HASH}\\.[0-9a-f]{8}\\.part$`));
  const [entry] = await cache.list({ cacheDir: folder });
  assert.deepEqual([entry.cache, entry.bytes, entry.complete], ["disk", 100_000, false]);
  assert.deepEqual(await whole(await obtain(file, await context())), BODY);
  assert.deepEqual(ranges(), [null, "bytes=100000-"]);
  assert.deepEqual(kept(), [HASH, `${HASH}.json`]);

  await cache.remove("*", { cacheDir: folder });
  assert.deepEqual(kept(), []);
  await cut(120_000, { killed: true });
  // Nobody has written into it for a while.
  for (const name of kept()) utimesSync(join(folder, name), 1, 1);
  assert.deepEqual(await whole(await obtain(file, await context())), BODY);
  assert.equal(ranges().at(-1), "bytes=120000-");
  assert.deepEqual(kept(), [HASH, `${HASH}.json`]);
  assert.deepEqual(warnings, []);
});

test("a server that breaks off, ignores ranges, or has another file by now", async () => {
  server.state.cutAfter = 100_000;
  assert.deepEqual(await whole(await obtain(file, await context())), BODY);
  assert.deepEqual(ranges(), [null, "bytes=100000-", "bytes=200000-"]);

  await cache.remove(HASH, { cacheDir: folder });
  await cut(50_000);
  server.state.ranges = false;
  assert.deepEqual(await whole(await obtain(file, await context())), BODY);

  await cache.remove(HASH, { cacheDir: folder });
  await cut(50_000);
  server.state.body = randomBytes(BODY.length);
  const wrong = await obtain(file, await context()).catch((error) => error);
  assert.equal(wrong.code, "integrity_mismatch");
  assert.match(wrong.advice, /Nothing of it was kept/);
  assert.deepEqual(kept(), []);
});

test("a file that another program put there is used once its hash is right", async () => {
  const [known] = KNOWN_MODELS;
  assert.equal(cachedName(known.sha256), "SmolLM2-135M-Instruct.Q4_1.gguf");
  writeFileSync(join(folder, HASH), BODY);
  assert.deepEqual(await whole(await obtain(file, await context())), BODY);
  assert.deepEqual(ranges(), []);
  // From now on it is known by size and time; a file that was exchanged is looked at again.
  const sheet = JSON.parse(readFileSync(join(folder, `${HASH}.json`), "utf8"));
  assert.deepEqual(
    [sheet.complete, sheet.sha256, sheet.modified],
    [true, HASH, Math.floor(statSync(join(folder, HASH)).mtimeMs)],
  );
  writeFileSync(join(folder, HASH), randomBytes(BODY.length));
  utimesSync(join(folder, HASH), 1, 1);
  assert.deepEqual(await whole(await obtain(file, await context())), BODY);
  assert.deepEqual(ranges(), [null]);
  assert.deepEqual(readFileSync(join(folder, HASH)), BODY);
});

test("who comes second waits for who came first, and takes over from who stopped", async () => {
  Object.assign(server.state, { cutAfter: 100_000, stall: true });
  const first = obtain(file, await context());
  while (kept().filter((name) => name.endsWith(".part")).length === 0) await new Promise((go) => setTimeout(go, 5));
  const second = obtain(file, await context());
  while (warnings.length === 0) await new Promise((go) => setTimeout(go, 5));
  assert.match(warnings[0], /another program downloads model\.gguf/);
  assert.equal(server.requests.length, 1);
  // The first one's connection dies; it goes on by itself and both have the file.
  Object.assign(server.state, { cutAfter: null, stall: false });
  server.drop();
  for (const obtained of await Promise.all([first, second])) assert.deepEqual(await whole(obtained), BODY);
  assert.deepEqual(kept(), [HASH, `${HASH}.json`]);
});

test("processes that start at the same moment do each other no harm", async () => {
  const script = `
    import { createHash } from "node:crypto";
    import { obtain } from "${new URL("../dist/download.js", import.meta.url)}";
    import { openDisk } from "${new URL("../dist/store/disk.js", import.meta.url)}";
    const hasher = () => {
      const hash = createHash("sha256");
      return { update: (chunk) => void hash.update(chunk), hex: () => hash.copy().digest("hex"), free: () => {} };
    };
    const store = await openDisk(process.argv[1]);
    const file = { name: "model.gguf", url: process.argv[2], sha256: process.argv[3] };
    const { source } = await obtain(file, { store, hasher, onProgress() {} });
    process.stdout.write(createHash("sha256").update(await source.read(0, source.size)).digest("hex"));
  `;
  const run = promisify(execFile);
  const argv = ["--input-type=module", "--eval", script, folder, server.url, HASH];
  const results = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, argv)));
  for (const { stdout, stderr } of results) assert.equal(stdout, HASH, stderr);
  assert.deepEqual(kept(), [HASH, `${HASH}.json`]);
});

test("a full disk and a folder that is none are errors with advice", async () => {
  const full = fileError(Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }), "x");
  assert.deepEqual([full.code, full.message], ["quota_exceeded", "x: the disk is full"]);
  assert.match(full.advice, /cacheDir/);
  const { open } = fs.promises;
  fs.promises.open = async (...given) => {
    const opened = await open(...given);
    let room = 50_000;
    opened.write = async (chunk) => {
      room -= chunk.length;
      if (room < 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      return { bytesWritten: chunk.length };
    };
    return opened;
  };
  try {
    const error = await obtain(file, await context()).catch((thrown) => thrown);
    assert.deepEqual([error.name, error.code], ["SemgradError", "quota_exceeded"]);
    assert.match(error.message, new RegExp(`${HASH}.*the disk is full`));
    assert.equal(server.requests.length, 1);
  } finally {
    fs.promises.open = open;
  }
  writeFileSync(join(folder, "file"), "");
  const none = await openStore(
    { kind: "url" },
    { cache: "disk", cacheDir: join(folder, "file", "below") },
    () => {},
  ).catch((e) => e);
  assert.equal(none.code, "bad_input");
  assert.match(none.message, /cannot keep models/);
});

test("a folder that cannot be made is an error within a moment", async (context) => {
  if (process.platform !== "linux") return context.skip("only Linux has a /proc");
  for (const cacheDir of ["/proc/x", "/proc/x/y/z"]) {
    const opening = openStore({ kind: "url" }, { cache: "disk", cacheDir }, () => {});
    await assert.rejects(opening, { code: "bad_input", message: new RegExp(`^${cacheDir} cannot keep models`) });
  }
});

test("nothing but its own is listed or removed", async () => {
  await obtain(file, await context());
  writeFileSync(join(folder, "notes.json"), "{}");
  writeFileSync(join(folder, "my.gguf"), "x");
  assert.deepEqual(
    (await cache.list({ cacheDir: folder })).map(({ key, complete, size }) => [key, complete, size]),
    [[HASH, true, BODY.length]],
  );
  assert.equal(await cache.remove("*", { cacheDir: folder }), BODY.length);
  assert.deepEqual(kept(), ["my.gguf", "notes.json"]);
  assert.deepEqual(await cache.list({ cacheDir: join(folder, "not there") }), []);
});

test("the folder for caches is the platform's, or the one that is named", () => {
  const { path } = disk();
  const folderOf = (platform, variables) =>
    cacheFolder({ path, platform, variable: (name) => variables[name] ?? null })?.replaceAll("\\", "/");
  assert.equal(folderOf("linux", { HOME: "/home/me" }), "/home/me/.cache/semgrad/models");
  assert.equal(folderOf("linux", { HOME: "/home/me", XDG_CACHE_HOME: "/c" }), "/c/semgrad/models");
  assert.equal(folderOf("linux", { HOME: "/home/me", XDG_CACHE_HOME: "c" }), "/home/me/.cache/semgrad/models");
  assert.equal(folderOf("darwin", { HOME: "/Users/me" }), "/Users/me/Library/Caches/semgrad/models");
  assert.equal(folderOf("win32", { LOCALAPPDATA: "/local", USERPROFILE: "/me" }), "/local/semgrad/models");
  assert.equal(folderOf("linux", {}), undefined);
});

test("known models lie there under the names of the command line's own", () => {
  const source = readFileSync(new URL("../../crate/xtask/src/models.rs", import.meta.url), "utf8");
  const files = [...source.matchAll(/file: "([^"]+\.gguf)",\s+size: ([\d_]+),\s+sha256: "(\w+)"/g)];
  const fetched = Object.fromEntries(
    files.map(([, name, size, hash]) => [hash, [name, Number(size.replaceAll("_", ""))]]),
  );
  for (const { name, cached, size, sha256 } of KNOWN_MODELS) assert.deepEqual(fetched[sha256], [cached, size], name);
});

test("a path is a GGUF file or a folder, however it is written", async () => {
  mkdirSync(join(folder, "m"));
  for (const name of ["config.json", "model.safetensors", "README.md"]) writeFileSync(join(folder, "m", name), name);
  writeFileSync(join(folder, "x.gguf"), "GGUF");
  const path = join(folder, "x.gguf");
  const expected = { kind: "files", name: "x.gguf", files: [{ name: "x.gguf", path }] };
  assert.deepEqual(resolveSource(path, {}), expected);
  assert.deepEqual(resolveSource(pathToFileURL(path), {}), expected);
  assert.deepEqual(resolveSource(pathToFileURL(path).href, {}), expected);
  assert.equal(resolveSource(path, { integrity: HASH }).files[0].sha256, HASH);
  const whole = resolveSource(join(folder, "m"), {});
  assert.equal(whole.name, "m");
  assert.deepEqual(whole.files.map(({ name }) => name).sort(), ["config.json", "model.safetensors"]);
  const here = process.cwd();
  const home = process.env.HOME;
  try {
    process.chdir(folder);
    for (const relative of ["x.gguf", "./x.gguf", "m/../x.gguf"])
      assert.equal(resolveSource(relative, {}).files[0].path, join(process.cwd(), "x.gguf"), relative);
    process.env.HOME = folder;
    assert.equal(resolveSource("~/x.gguf", {}).files[0].path, path);
  } finally {
    process.chdir(here);
    if (home === undefined) delete process.env.HOME;
    else process.env.HOME = home;
  }
  assert.ok(homedir().length > 0);
  // What is here comes before what the hub has.
  writeFileSync(join(folder, "m", "y"), "GGUF");
  try {
    process.chdir(folder);
    assert.equal(resolveSource("m/y", {}).kind, "files");
    assert.equal(resolveSource("m/z", {}).kind, "hub");
  } finally {
    process.chdir(here);
  }
  // A known name is one though a file may be called so, and an address is no path.
  assert.equal(resolveSource("SmolLM2-135M-Instruct", {}).kind, "url");
  assert.equal(resolveSource("https://example.com/x.gguf", {}).kind, "url");
});

test("a path that leads nowhere says what can be named instead", () => {
  const error = (source) => {
    try {
      resolveSource(source, {});
    } catch (thrown) {
      return thrown;
    }
    return assert.fail(`${source} is accepted`);
  };
  assert.match(error("no-such-model").message, /no such file or folder/);
  assert.match(error("no-such-model").advice, /SmolLM2-135M-Instruct/);
  assert.match(error("./owner/repo").advice, /owner\/name, as on Hugging Face/);
  assert.equal(error("file://other-machine/x.gguf").code, "bad_input");
  mkdirSync(join(folder, "empty"));
  assert.match(error(join(folder, "empty")).message, /none of the 0 files/);
});

test("engines and synonyms have paths too", () => {
  const at = join(folder, "e");
  mkdirSync(join(at, "1_Pooling"), { recursive: true });
  for (const name of ["config.json", "model.safetensors", "1_Pooling/config.json"]) writeFileSync(join(at, name), "x");
  const { embed } = resolveEngines({ embed: at });
  assert.deepEqual(embed.source.files.map(({ name }) => name).sort(), [
    "1_Pooling/config.json",
    "config.json",
    "model.safetensors",
  ]);
  assert.equal(resolveEngines({ embed: pathToFileURL(at) }).embed.key, embed.key);
  assert.throws(() => resolveEngines({ nli: join(at, "config.json") }), { code: "bad_input", message: /folder/ });
  const list = join(folder, "list.txt");
  writeFileSync(list, "big large\n");
  assert.deepEqual(resolveSynonyms(list).files, [{ name: "synonyms.txt", path: list }]);
  assert.throws(() => resolveSynonyms(at), { code: "bad_input" });
});

test("a file on the disk is read by slices, and a shorter one than before is not taken for zeros", async () => {
  const path = join(folder, "x.gguf");
  writeFileSync(path, BODY);
  const source = await fileSource(disk(), path);
  assert.deepEqual(Buffer.from(await source.read(5, 10)), BODY.subarray(5, 15));
  writeFileSync(path, BODY.subarray(0, 100));
  await assert.rejects(source.read(50, 100), { code: "bad_input", message: /shorter/ });
  rmSync(path);
  await assert.rejects(source.read(0, 1), { code: "bad_input", message: /cannot be read/ });
});
