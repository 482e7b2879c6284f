/** The command line beside llama.cpp: the same file, numbers of tokens and threads, in processes that take turns. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../browser/lib/server.mjs";
import { interleave } from "./measure.mjs";

const run = promisify(execFile);
const OPTIONS = { maxBuffer: 1 << 26 };

/** Both are compared on so many threads. */
export const THREADS = [1, 2];

/** How both are called there. */
export const named = (system, threads) => `${system}, ${threads} thread${threads === 1 ? "" : "s"}`;

export const [OURS, PEER] = ["semgrad native", "llama.cpp"];

/** `semgrad bench` of one question. */
export const ours = (program, model, threads) => ({
  name: named(OURS, threads),
  async answer() {
    const flags = ["bench", "--device", "cpu", "--json", "--only", "speed", "--reps", "1", "--threads", `${threads}`];
    const { stdout } = await run(program, [...flags, "--model", model], OPTIONS);
    const { runs } = JSON.parse(stdout);
    // The first one warms up.
    const { prompt, tokens, prefill, decode } = runs.at(-1);
    return { prompt, tokens, prefill, decode };
  },
});

/** llama.cpp, as the npm package has it. */
export const llama = (packages, model, threads, text) => ({
  name: named(PEER, threads),
  async answer({ prompt, tokens }) {
    const script = join(ROOT, "tests/bench/llama.mjs");
    const numbers = [threads, prompt, tokens].map(String);
    const { stdout } = await run("node", [script, packages, model, ...numbers, text], OPTIONS);
    return JSON.parse(stdout);
  },
});

/** Takes turns, for each number of threads. */
export async function besideLlama({ notebook, repetitions, workload, program, llamaPackages }, section, model) {
  for (const threads of THREADS) {
    const peer = llamaPackages ? [llama(llamaPackages, model, threads, workload.speed.question)] : [];
    const mine = ours(program, model, threads);
    // How many tokens our tokenizer and template make of the question.
    const wanted = await mine.answer();
    await interleave(notebook, section, [mine, ...peer], repetitions, async (system, repetition) => {
      const done = await system.answer(wanted);
      notebook.add({ section, system: system.name, repetition, request: "answer", ...done });
    });
  }
}
