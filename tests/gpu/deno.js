/**
 * Deno's half of the check of a graphics card: asks the built package what the native half asked the program, of the same
 * files, `deno run deno.js FOLDER`. It reads `native.json` there and writes `deno.json`.
 */
import { summary } from "../../www/shared/measure/figures.js";
import { FORGET } from "../../www/shared/measure/requests.js";

const [folder] = Deno.args;
const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const native = JSON.parse(Deno.readTextFileSync(`${folder}/native.json`));
const { workload, adapter, models } = native;
// A software adapter is there to rehearse what a card does: it passes for one.
if (adapter.software) await import("../runtimes/inside/graphics.js");
const semgrad = await import("../../pkg/dist/index.js");

/** So many tokens that say nothing, as in the native half. */
const ids = (count, vocab) => Array.from({ length: count }, (_, i) => 1 + ((i * 7919) % (vocab - 1)));

/** What is asked, by what it measures. */
function requests(vocab) {
  const { prompt, question, answer, samples, semantic } = workload;
  const of = (count, tokens) => ({
    prompt_ids: ids(count, vocab),
    max_tokens: tokens,
    methods: [],
    semantic_position: semantic,
  });
  return {
    prefill: of(prompt, 1),
    decode: of(prompt, answer),
    scores: { ...of(question, answer), methods: ["semgrad", "hybridgrad"] },
    samples: { ...of(question, answer), samples },
  };
}

async function measured({ name, file }) {
  const found = { name, error: null, reason: null, load: null, runs: [] };
  const start = performance.now();
  let model;
  try {
    // Less than the native half needs: nothing is compared with the CPU, and no kernel is timed alone.
    if (seconds() > 0.6 * workload.seconds) throw new Error("left out: there was no time left");
    model = await semgrad.load(`${folder}/${file}`, { device: "webgpu", worker: false, cache: "none", profile: null });
    found.load = (performance.now() - start) / 1000;
    const { gpu, vocab, device, deviceReason } = model.info;
    if (device !== "webgpu") found.reason = deviceReason;
    found.adapter = gpu;
    // The first time, pipelines are compiled.
    for (let repetition = 0; repetition <= workload.repetitions; repetition++) {
      for (const [asked, request] of Object.entries(requests(vocab))) {
        await model.run(FORGET);
        const record = await model.run(request);
        if (repetition > 0) found.runs.push({ asked, ...summary(record) });
      }
    }
  } catch (thrown) {
    found.error = thrown.message ?? String(thrown);
  } finally {
    model?.dispose();
  }
  return found;
}

const found = [];
for (const model of models) {
  console.error(`${model.name} in Deno …`);
  found.push(await measured(model));
  // Each time, so that what was measured is there whatever happens to the next one.
  const names = [...new Set(found.map(({ adapter }) => adapter).filter(Boolean))];
  const report = { adapter: names.join(", ") || "none", models: found, seconds: seconds() };
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(report, null, 1));
}
