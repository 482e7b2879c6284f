/** The module itself traps, in Node, in the middle of an answer: its memory is overwritten while it waits for its turn. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { load, methods, withPart } from "../dist/index.js";
import { ENDING } from "./support/teach.mjs";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const WASM = new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url);
const needsWasm = { skip: !existsSync(WASM) && "the wasm module is not built" };

/** Memory of every instance, the last one last. */
const memories = [];
const { instantiate, Instance } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  memories.push((made.instance ?? made).exports.memory);
  return made;
};
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memories.push(this.exports.memory);
  }
};
const overwrite = () => new Uint8Array(memories.at(-1).buffer).fill(0xff);

const open = () => load(asBlobs(tinyFiles()), { cache: "none" });
const REQUEST = { question: "Why?", max_tokens: 6, methods: ["semgrad", "gnll"] };
const stopped = { name: "SemgradError", code: "internal", message: /the engine stopped/ };

test(
  "every promise settles, the process lives, and a model that is loaded again answers as before",
  needsWasm,
  async () => {
    const faults = [];
    const note = (fault) => faults.push(fault);
    process.on("uncaughtException", note).on("unhandledRejection", note);
    try {
      const [first, other] = [await open(), await open()];
      const want = await first.run(REQUEST);
      assert.equal(first.stopped, null);
      let loading;
      const onEvent = ({ type }) => {
        if (type !== "token") return;
        loading ??= open();
        overwrite();
      };
      // At work, in the queue behind it, and at work in the same module. Whichever comes to a token first breaks it: were
      // that always the same one, another could be through before. None is through by the time that its first token is heard of.
      const long = { ...REQUEST, max_tokens: 24 };
      const runs = [first, first, other].map((model) => model.run(long, { onEvent }));
      await Promise.all(runs.map((run) => assert.rejects(run, stopped)));
      // It began in the broken instance, or just after.
      await loading.then(
        (model) => model.dispose(),
        (error) => assert.equal(error.code, "internal"),
      );
      for (const model of [first, other]) {
        await assert.rejects(model.ask("Why?"), stopped);
        await assert.rejects(model.useProfile(null), stopped);
        assert.equal(model.stopped.code, "internal");
        model.dispose();
      }
      const again = await open();
      const got = await again.run(REQUEST);
      assert.deepEqual([got.response_ids, got.scores.semgrad.score], [want.response_ids, want.scores.semgrad.score]);
      assert.ok((await methods()).length > 0);
      again.dispose();
      // What the broken instance was waiting for comes to an end, too.
      for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(faults, []);
    } finally {
      process.off("uncaughtException", note).off("unhandledRejection", note);
    }
  },
);

test("a function of the host that throws in the middle is no other case", needsWasm, async () => {
  const model = await open();
  const { now } = performance;
  const run = model.run(REQUEST, {
    onEvent: ({ type }) => {
      if (type !== "token") return;
      performance.now = () => {
        throw new Error("no clock");
      };
    },
  });
  await assert.rejects(
    run.finally(() => (performance.now = now)),
    /no clock/,
  );
  await assert.rejects(model.run(REQUEST), stopped);
  const again = await open();
  assert.equal((await again.run(REQUEST)).response_ids.length, 6);
  again.dispose();
});

test("a training that a trap ends goes on in another instance, from what was kept", needsWasm, async () => {
  const questions = ["Who?", "What?", "When?", "Where?", "Why?", "How?"];
  const options = {
    teacher: "none",
    maxTokens: 6,
    ordinary: [],
    checks: 1,
    training: { rank: 2, batch: 2, epochs: 5 },
  };
  const begin = () => load(asBlobs(tinyFiles(ENDING)), { cache: "none", profile: null });
  const model = await begin();
  const { adapter, steps } = await model.tune(questions, options);
  assert.ok(steps.length > 3, String(steps.length));
  let kept;
  const onKeep = (part) => {
    kept = withPart(kept, part);
    if (kept.steps.length === 2) overwrite();
  };
  await assert.rejects(model.tune(questions, { ...options, onKeep }), stopped);
  assert.equal(model.stopped.code, "internal");
  await assert.rejects(model.useAdapter(adapter), stopped);
  model.dispose();
  // What was trained before is plain data and outlives its instance.
  const again = await begin();
  const rest = await again.tune(questions, { ...options, kept });
  assert.deepEqual([rest.adapter.hash, rest.steps.length], [adapter.hash, steps.length]);
  await again.useAdapter(adapter);
  assert.equal(again.info.adapter.hash, adapter.hash);
  again.dispose();
});
