// A prompt of so many tokens and an answer of so many with llama.cpp, as JSON `{ prompt, tokens, prefill, decode }`, times in ms:
//
//   node llama.mjs PACKAGES MODEL.gguf THREADS PROMPT_TOKENS TOKENS TEXT
//
// The text is repeated until it is long enough. Once before, so that weights and caches are warm.

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, modelPath, threads, prompt, tokens, text] = process.argv.slice(2);
const installed = createRequire(join(packages, "package.json")).resolve("node-llama-cpp");
const { getLlama } = await import(pathToFileURL(installed).href);

const count = Number(threads);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: count });
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const context = await model.createContext({ contextSize: 1024, threads: count, batchSize: 512 });
const ids = [];
while (ids.length < Number(prompt)) ids.push(...model.tokenize(`${text} `));
ids.length = Number(prompt);

async function answer() {
  const sequence = context.getSequence();
  const began = performance.now();
  let first = null;
  let made = 0;
  for await (const _ of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
    first ??= performance.now();
    made++;
    if (made >= Number(tokens)) break;
  }
  const ended = performance.now();
  sequence.dispose();
  return { prompt: ids.length, tokens: made, prefill: first - began, decode: ended - first };
}

await answer();
const run = await answer();
// It would go on waiting for work.
process.stdout.write(JSON.stringify(run), () => process.exit(0));
