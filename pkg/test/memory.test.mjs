/** Too little memory for a training, in Node: it is seen before the first step, and nothing that was asked is lost. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { load, withPart } from "../dist/index.js";
import { ENDING } from "./support/teach.mjs";
import { asBlobs, tinyFiles } from "./support/tiny.mjs";

const WASM = new URL("../dist/wasm/semgrad_bg.wasm", import.meta.url);

/** Pages of wasm memory, of 64 KiB: all that there may be, and what is left. */
const [ALL, LEFT] = [65_536, 64];
const SHORT = ["Who?", "What?", "When?", "Where?", "Why?", "How?", "Which?", "Whose?", "How many?", "Since when?"];
/** Its training takes some 40 MB, the others' some hundred KB. */
const LONG = "Why? ".repeat(700);
const HOW = {
  teacher: "exact_spread",
  samples: 4,
  maxTokens: 8,
  ordinary: ["Hello!"],
  checks: 1,
  rest: false,
  training: { rank: 2, layers: [0, 3], epochs: 1 },
};

/** The memory of the module, once it was started. */
let memory;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  ({ memory } = (made.instance ?? made).exports);
  return made;
};

test("a training that has no room is refused, and one of fewer questions goes on from what was kept", {
  skip: !existsSync(WASM) && "the wasm module is not built",
}, async () => {
  const model = await load(asBlobs(tinyFiles(ENDING)), { cache: "none", profile: null });
  let kept;
  const heard = [];
  const run = (questions) =>
    model.tune(questions, {
      ...HOW,
      ...(kept && { kept }),
      onKeep: (part) => {
        kept = withPart(kept, part);
        // All is asked, and from here on there is next to no memory.
        if ("ordinary" in part) memory.grow(ALL - LEFT - memory.buffer.byteLength / 2 ** 16);
      },
      onProgress: ({ stage, done }) => heard.push(`${stage} ${done}`),
    });
  const before = await model.ask("And now?", { maxTokens: 4, methods: ["gnll"] });

  const refused = await run([...SHORT, LONG]).catch((error) => error);
  assert.deepEqual([refused.name, refused.code], ["SemgradError", "out_of_memory"]);
  assert.match(refused.message, /training takes about \d\d MB more, which are not there/);
  assert.match(refused.advice, /fewer layers|shorter|close other tabs/);
  assert.equal(heard.at(-1), "ordinary 1");
  assert.deepEqual([kept.asked.length, kept.ordinary.length, kept.training], [SHORT.length + 1, 1, null]);

  // The model works on.
  assert.equal(model.stopped, null);
  const after = await model.ask("And now?", { maxTokens: 4, methods: ["gnll"] });
  assert.deepEqual([after.text, after.scores.gnll.score], [before.text, before.scores.gnll.score]);

  heard.length = 0;
  const { adapter, steps, planned } = await run(SHORT);
  assert.match(adapter.hash, /^[0-9a-f]{64}$/);
  assert.ok(planned > 0 && steps.length === planned);
  // Nothing is asked twice.
  assert.deepEqual(heard.slice(0, 3), [`ask ${SHORT.length}`, "ordinary 1", "train 0"]);
  assert.equal(kept.asked.length, SHORT.length + 1);
  model.dispose();
});
