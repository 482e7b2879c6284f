// What llama.cpp makes of a model, with or without an adapter: the probabilities of every next token, as JSON
// [positions, vocabulary]. Run by check.py:
//
//   node llama.mjs PACKAGES IDS MODEL.gguf [ADAPTER.gguf]

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, ids, model, adapter] = process.argv.slice(2);
const installed = createRequire(join(packages, "package.json")).resolve("node-llama-cpp");
const { getLlama } = await import(pathToFileURL(installed).href);

const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const loaded = await llama.loadModel({ modelPath: model, gpuLayers: 0 });
const lora = adapter && { adapters: [{ filePath: adapter, scale: 1 }] };
// Keys and values in half precision would be off by more than the tolerance.
const cache = { experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" };
const context = await loaded.createContext({ contextSize: 64, flashAttention: false, lora, ...cache });
const each = JSON.parse(ids).map((id) => [id, { generateNext: { probabilities: true } }]);
const evaluated = await context.getSequence().controlledEvaluate(each);
const rows = evaluated.map(({ next }) => {
  const row = new Array(next.probabilities.size).fill(0);
  for (const [id, probability] of next.probabilities) {
    row[id] = probability;
  }
  return row;
});
// It would go on waiting for work.
process.stdout.write(JSON.stringify(rows), () => process.exit(0));
