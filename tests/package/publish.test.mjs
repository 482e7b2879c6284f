/** What npm would publish: the right files, sound types and exports, documentation, small scripts. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { ROOT } from "../browser/lib/server.mjs";
import { installExamples, packedFiles } from "./examples/site.mjs";

const run = promisify(execFile);
const PACKAGE = join(ROOT, "pkg");
const own = createRequire(import.meta.url);

/** The program of that name which a package brings. */
function program(name, bin) {
  const manifest = own.resolve(`${name}/package.json`);
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin[bin]);
}

/** A program's output; that it fails is told with what it said. */
async function output(path, argv) {
  return (
    await run(process.execPath, [path, ...argv], { cwd: PACKAGE, env: { ...process.env, NO_COLOR: "1" } }).catch(
      ({ stdout, stderr }) => assert.fail(`${stdout}\n${stderr}`),
    )
  ).stdout;
}

test("the package holds what was compiled, its assets, and nothing else", () => {
  const compiled = readdirSync(join(PACKAGE, "src"), { recursive: true })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .map((path) => path.slice(0, -".ts".length));
  const profiles = readdirSync(PACKAGE).includes("profiles") ? readdirSync(join(PACKAGE, "profiles")) : [];
  const expected = [
    "package.json",
    "README.md",
    "dist/LICENSE-APACHE",
    "dist/LICENSE-MIT",
    "dist/synonyms/LICENSE",
    "dist/synonyms/synonyms.txt",
    ...["index", "imports"].flatMap((name) => [`dist/profiles/${name}.js`, `dist/profiles/${name}.d.ts`]),
    ...profiles.filter((name) => name.endsWith(".json")).map((name) => `dist/profiles/${name}`),
    ...[".js", ".d.ts"].map((end) => `dist/known/models${end}`),
    "dist/wasm/module.d.ts",
    "dist/wasm/semgrad_threaded_bg.wasm",
    ...["scores", "semgrad"].flatMap((name) =>
      [".js", ".d.ts", "_bg.wasm", "_bg.wasm.d.ts"].map((end) => `dist/wasm/${name}${end}`),
    ),
    ...compiled.flatMap((path) => [`dist/${path}.js`, `dist/${path}.d.ts`]),
  ];
  assert.deepEqual(packedFiles().sort(), expected.sort());
});

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: PACKAGE, strict: true });
  // As long as the package ships no profile, their pattern matches nothing.
  const none = !readdirSync(PACKAGE).includes("profiles");
  const isExpected = ({ code, path }) =>
    none && code === "EXPORTS_GLOB_NO_MATCHED_FILES" && path[1].includes("profiles");
  assert.deepEqual(
    messages.filter((message) => !isExpected(message)).map((message) => formatMessage(message, pkg)),
    [],
  );
});

test("every entry's types resolve as its script does", async () => {
  const assets = ["synonyms.txt", "profiles/*.json"];
  const argv = ["--pack", ".", "--profile", "esm-only", "--exclude-entrypoints", ...assets, "--format", "json"];
  const { analysis, problems = {} } = JSON.parse(await output(program("@arethetypeswrong/cli", "attw"), argv));
  const entries = Object.keys(analysis.entrypoints).sort();
  assert.deepEqual(entries, [".", "./edge", "./package.json", "./scores.wasm", "./semgrad.wasm", "./wasm", "./worker"]);
  assert.ok(analysis.types);
  // Node's older resolution and `require` are not offered.
  const ignored = ["NoResolution", "CJSResolvesToESM"];
  assert.deepEqual(
    Object.keys(problems).filter((kind) => !ignored.includes(kind)),
    [],
  );
});

test("every public name is documented", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-docs-"));
  context.after(() => rmSync(folder, { recursive: true }));
  await output(program("typedoc", "typedoc"), ["--out", folder, "--disableSources"]);
  for (const page of ["functions/index.load.html", "interfaces/index.Model.html", "functions/edge.evaluate.html"])
    assert.ok(readFileSync(join(folder, page), "utf8").includes("semgrad"), page);
});

test("the scripts are small", async (context) => {
  const { folder, remove } = installExamples();
  context.after(remove);
  const { build } = createRequire(join(folder, "package.json"))("esbuild");
  const size = async (stdin, splitting = true) => {
    const { outputFiles } = await build({
      stdin: { contents: stdin, resolveDir: folder },
      bundle: true,
      minify: true,
      splitting,
      format: "esm",
      outdir: "out",
      write: false,
      external: ["*.wasm"],
      metafile: true,
    });
    // Chunks that are imported on demand stand after the entry, and are somebody else's.
    const [entry, ...chunks] = outputFiles;
    const text = Buffer.from(entry.contents).toString();
    const needed = chunks.filter(({ path }) => new RegExp(`from *"./${path.split(/[\\\\/]/).pop()}"`).test(text));
    return [entry, ...needed].reduce((sum, { contents }) => sum + brotliCompressSync(contents).length, 0);
  };
  const sizes = {
    page: await size('import { load } from "semgrad"; globalThis.load = load;'),
    worker: await size('import "semgrad/worker";'),
    // One file, as edge workers are.
    edge: await size('import { evaluate } from "semgrad/edge"; globalThis.evaluate = evaluate;', false),
  };
  context.diagnostic(`brotli, minified: ${JSON.stringify(sizes)}`);
  const budget = { page: 22_500, worker: 29_500, edge: 5_000 };
  const larger = Object.entries(budget).filter(([name, most]) => sizes[name] > most);
  assert.deepEqual(
    larger.map(([name, most]) => `${name} has ${sizes[name]} bytes, ${most} are allowed`),
    [],
  );
});

test("the modules are small", (context) => {
  // A page loads one of the first two.
  const budget = { semgrad: 1_985_000, semgrad_threaded: 1_960_000, scores: 420_000 };
  for (const [name, most] of Object.entries(budget)) {
    const module = readFileSync(join(PACKAGE, `dist/wasm/${name}_bg.wasm`));
    // Quality 9 takes seconds and 11 a minute, for some per cent less.
    const size = brotliCompressSync(module, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
    context.diagnostic(`${name}: ${module.length} bytes, ${size} in brotli`);
    assert.ok(size <= most, `${name}: ${size} bytes: does a dependency's registry keep code alive that nothing calls?`);
  }
});

test("the module for threads differs from the usual one in whose memory it has", () => {
  const [usual, threaded] = ["semgrad", "semgrad_threaded"].map(
    (name) => new WebAssembly.Module(readFileSync(join(PACKAGE, `dist/wasm/${name}_bg.wasm`))),
  );
  const beyond = (list, other) =>
    list.map(({ name }) => name).filter((name) => !other.some((one) => one.name === name));
  const { imports, exports } = WebAssembly.Module;
  // The script of the bindings serves both.
  assert.deepEqual(
    [beyond(imports(usual), imports(threaded)), beyond(imports(threaded), imports(usual))],
    [[], ["memory"]],
  );
  assert.deepEqual(beyond(exports(usual), exports(threaded)), []);
  const own = ["__stack_alloc", "__stack_pointer", "__tls_base", "__wbindgen_thread_destroy"];
  assert.deepEqual(beyond(exports(threaded), exports(usual)).sort(), own);
});
