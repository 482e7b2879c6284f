import { load } from "semgrad";
// The file's address, and a worker of our own: esbuild finds neither by itself.
import wasm from "semgrad/wasm";

const output = document.querySelector("#output");
const options = new URLSearchParams(location.search);
try {
  const model = await load(options.get("model") ?? "SmolLM2-135M-Instruct", {
    wasm: new URL(wasm, import.meta.url),
    worker: new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
  });
  const answer = await model.score("What is the capital of France?", "Lyon.");
  output.textContent = `${answer.text}\nscore ${answer.scores.semgrad.score}`;
} catch (error) {
  output.textContent = `error ${error.code}: ${error.message}\n${error.advice}`;
}
