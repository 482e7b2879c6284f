/** What needs no model: which of the two wasm modules does it, in Node. Each case is a process of its own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";

const at = (path) => new URL(path, import.meta.url);
const isBuilt = ["scores", "semgrad"].every((name) => existsSync(at(`../dist/wasm/${name}_bg.wasm`)));
const needsWasm = { skip: !isBuilt && "the wasm modules are not built" };

/** Keeps the memories of all instances by module, and offers what the cases have in common. */
const BEFORE = `
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
const memories = { scores: [], semgrad: [] };
const { instantiate, Instance } = WebAssembly;
// Node has modules of its own.
const note = (imports, exports) => memories[Object.keys(imports ?? {})[0]?.match(/^\\.\\/(\\w+)_bg/)?.[1]]?.push(exports.memory);
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  note(given[1], (made.instance ?? made).exports);
  return made;
};
WebAssembly.Instance = new Proxy(Instance, {
  construct(target, given) {
    const made = new target(...given);
    note(given[1], made.exports);
    return made;
  },
});
const counts = () => [memories.scores.length, memories.semgrad.length];
const overwrite = (name) => new Uint8Array(memories[name].at(-1).buffer).fill(0xff);
const file = (name) => readFile(new URL("${at("../dist/wasm/").href}" + name + "_bg.wasm"));
const { asBlobs, tinyFiles } = await import("${at("support/tiny.mjs").href}");
const semgrad = await import("${at("../dist/index.js").href}");
const edge = await import("${at("../dist/edge.js").href}");
const EVIDENCE = { tokens: [{ logprob: -0.5, entropy: 1 }, { logprob: -1, entropy: 1 }] };
const gnll = async (evaluate, options) => (await evaluate(EVIDENCE, { methods: ["gnll"], ...options })).gnll.score;
`;

async function run(script) {
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", BEFORE + script]).catch(({ stderr }) =>
    assert.fail(stderr),
  );
}

test("the small module does it alone, and a trap ends no more than that one", needsWasm, () =>
  run(`
    assert.equal(await gnll(semgrad.evaluate), 1.5);
    assert.ok((await semgrad.methods()).length > 50);
    assert.deepEqual(counts(), [1, 0]);
    overwrite("scores");
    await assert.rejects(gnll(semgrad.evaluate), { code: "internal", message: /the engine stopped/ });
    assert.equal(await gnll(semgrad.evaluate), 1.5);
    assert.deepEqual(counts(), [2, 0]);
  `),
);

test("where a model runs in this thread, its module does it", needsWasm, () =>
  run(`
    assert.equal(await gnll(semgrad.evaluate), 1.5);
    const model = await semgrad.load(asBlobs(tinyFiles()), { cache: "none" });
    overwrite("scores");
    assert.equal(await gnll(semgrad.evaluate), 1.5);
    model.dispose();
    assert.equal(await gnll(semgrad.evaluate), 1.5);
    assert.deepEqual(counts(), [1, 1]);
    // After a trap it begins again, as it does for a model.
    overwrite("semgrad");
    await assert.rejects(gnll(semgrad.evaluate), { code: "internal" });
    assert.equal(await gnll(semgrad.evaluate), 1.5);
    assert.deepEqual(counts(), [1, 2]);
  `),
);

for (const entry of ["semgrad", "edge"]) {
  test(`${entry}: either module may be handed over, as bytes or compiled`, needsWasm, async () => {
    for (const [name, counts] of [
      ["scores", [1, 0]],
      ["semgrad", [0, 1]],
    ])
      for (const wasm of [`await file("${name}")`, `new WebAssembly.Module(await file("${name}"))`])
        await run(`
          assert.equal(await gnll(${entry}.evaluate, { wasm: ${wasm} }), 1.5);
          assert.deepEqual(counts(), ${JSON.stringify(counts)});
        `);
  });
}

test("a file that cannot do it is named, and the next one is tried", needsWasm, () =>
  run(`
    await assert.rejects(gnll(edge.evaluate), { code: "bad_input", message: /cannot be fetched in this runtime/ });
    await assert.rejects(gnll(edge.evaluate, { wasm: new Uint8Array(8) }), { code: "network", message: /did not start/ });
    const empty = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    await assert.rejects(gnll(edge.evaluate, { wasm: empty }), { code: "bad_input", message: /another one/ });
    const small = new WebAssembly.Module(await file("scores"));
    const load = edge.load(asBlobs(tinyFiles()), { wasm: small });
    await assert.rejects(load, { code: "bad_input", advice: /semgrad\\/semgrad.wasm/ });
    assert.equal(await gnll(edge.evaluate, { wasm: small }), 1.5);
  `),
);

test("both modules compute the same", needsWasm, () =>
  run(`
    const texts = ["It is red.", "It is red, I think.", "Blue!", "It is red."];
    const samples = texts.map((text, i) => ({ text, logprob: [-0.1 * i, -0.7] }));
    const evidence = { ...EVIDENCE, question: "Which color?", answer: texts[0], samples };
    const row = (i) => ({ scores: { gnll: i / 10, lsc: (i * 37 % 100) / 50 }, tokens: 3 + i % 7, right: i * 7 % 100 > i });
    const rows = Array.from({ length: 200 }, (_, i) => row(i % 100));
    const all = async () => {
      const engines = { nli: "lexical", embed: "lexical" };
      const { calibration, report } = await semgrad.calibrate(rows, { date: "2026-01-02" });
      const applied = await semgrad.applyCalibration(calibration, rows);
      return [await semgrad.methods(), await semgrad.evaluate(evidence, { engines }), calibration, report, applied];
    };
    const small = await all();
    (await semgrad.load(asBlobs(tinyFiles()), { cache: "none" })).dispose();
    assert.deepEqual(await all(), small);
    assert.deepEqual(counts(), [1, 1]);
    assert.ok(Object.values(small[1]).filter(({ score }) => score !== null).length > 20);
  `),
);
