#!/usr/bin/env node
/**
 * How long a model takes to be taught in a page, and how much memory: the whole way through the package, in a worker on the
 * CPU, in Chromium.
 *
 *   node bench/teach.mjs --model A.gguf --data TRAIN.jsonl [--validation VAL.jsonl] [--teacher NAME] [--samples N]
 *                        [--n QUESTIONS] [--steps N] [--prefix TEXT] [--out FILE]
 *
 * Lines of the files are `{"question": …}`. `--n` takes so many questions of each file, and `--steps` ends the training after
 * so many steps: the rest is then told as what it would take at the same speed. Teacher and prefix are the usual ones where
 * none is named. Nothing is asserted; what is printed says whether it was measured or reckoned. The page's own thread counts how late its timers are meanwhile.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { openPage, startServer } from "../browser/lib/server.mjs";
import { countMemory, loadInPage, pageMemory } from "../runtimes/browser.mjs";
import { machine } from "./lib/machine.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    model: text,
    data: text,
    validation: text,
    teacher: text,
    samples: text,
    n: text,
    steps: text,
    prefix: text,
    out: text,
  },
});

/** All questions of a file. */
function questions(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line.trim()).map((line) => JSON.parse(line).question);
}

/** Teaches the page's model; seconds of each stage, and how late timers of the page's thread were. */
async function teach({ learn, validate, teacher, samples, prefix, steps }) {
  const late = [];
  let then = performance.now();
  const watch = setInterval(() => {
    late.push(performance.now() - then - 50);
    then = performance.now();
  }, 50);
  const seconds = {};
  const timed = async (stage, work) => {
    const began = performance.now();
    const result = await work();
    seconds[stage] = (performance.now() - began) / 1000;
    return result;
  };
  const how = { teacher, prefix, maxTokens: 32, rest: false, ...(samples === null ? {} : { samples }) };
  let kept;
  const onKeep = (part) => {
    kept = semgrad.withPart(kept, part);
  };
  const model = globalThis.model;
  await timed("ask", () => model.survey(learn, { ...how, onKeep }));
  const none = { asked: [] };
  const before = validate.length === 0 ? none : await timed("validate before", () => model.survey(validate, how));
  const controller = new AbortController();
  let planned = 0;
  let first = 0;
  let last = 0;
  const onProgress = (progress) => {
    if (progress.stage !== "train") return;
    planned = progress.total;
    last = performance.now();
    if (progress.done === 0) first = last;
    if (steps !== null && progress.done >= steps && progress.done < progress.total) controller.abort();
  };
  const tune = () => model.tune(learn, { ...how, kept, checks: 1, onKeep, onProgress, signal: controller.signal });
  const tuned = await timed("train", tune).catch((error) => {
    if (error.code !== "aborted") throw error;
    return null;
  });
  const taken = kept.steps.length;
  // Instructions to rehearse are asked in the same call, before the first step.
  const step = (last - first) / 1000 / Math.max(1, taken);
  let answered = null;
  if (tuned && validate.length > 0) {
    await model.useAdapter(tuned.adapter);
    const after = await timed("validate after", () => model.survey(validate, { ...how, samples: 0 }));
    const refused = await Promise.all(after.asked.map(({ answer }) => semgrad.refuses(answer)));
    answered = { before: before.asked.length, after: refused.filter((one) => !one).length };
  }
  clearInterval(watch);
  late.sort((a, b) => a - b);
  return {
    seconds,
    planned,
    taken,
    step,
    answered,
    late: [0.5, 0.99, 1].map((q) => late[Math.floor(q * (late.length - 1))]),
  };
}

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

async function main() {
  if (!values.model || !values.data) throw new Error("--model and --data are needed");
  const number = (name) => (values[name] === undefined ? null : Number(values[name]));
  const [all, checks] = [values.data, values.validation].map((path) => (path ? questions(path) : []));
  const [learn, validate] = [all, checks].map((list) => list.slice(0, number("n") ?? list.length));
  const where = await machine();
  const server = await startServer({ model: values.model, extra: countMemory });
  const browser = await openBrowser();
  try {
    const page = await openPage(browser.context, server.origin);
    await loadInPage(page, server.modelUrl, { device: "cpu" });
    const options = { learn, validate, teacher: values.teacher, samples: number("samples"), prefix: values.prefix };
    const result = await page.evaluate(teach, { ...options, steps: number("steps") });
    const memory = await pageMemory(page);
    const { seconds, planned, taken, step } = result;
    const whole = {
      ask: ((seconds.ask ?? 0) / learn.length) * all.length,
      "validate before": ((seconds["validate before"] ?? 0) / Math.max(1, validate.length)) * checks.length,
      // How many steps other questions would take is not known.
      train: seconds.train ?? (learn.length === all.length ? step * planned : null),
      "validate after": seconds["validate after"] ?? null,
    };
    const report = { machine: where, model: basename(values.model), options, ...result, whole, memory };
    if (values.out) writeFileSync(values.out, `${JSON.stringify(report, null, 1)}\n`);
    console.log(`${basename(values.model)} in ${where.browser} on the CPU, teacher ${values.teacher ?? "as usual"}`);
    for (const [stage, time] of Object.entries(whole)) {
      if (time === null) continue;
      const measured = seconds[stage] === undefined ? "" : `, measured ${minutes(seconds[stage])}`;
      console.log(`${stage}: ${minutes(time)}${measured}`);
    }
    const asked = `${learn.length} of ${all.length} and ${validate.length} of ${checks.length} questions`;
    console.log(`${asked}, ${taken} of ${planned} steps of ${step.toFixed(1)} s`);
    console.log(
      `wasm memory ${megabytes(memory.wasm)}; timers late by ${result.late.map((ms) => ms.toFixed(0)).join(", ")} ms`,
    );
    console.log("(median, 99 of 100, worst)");
    if (result.answered) console.log(`answered: ${result.answered.after} of ${result.answered.before}`);
  } finally {
    await browser.close();
    server.close();
  }
}

main().catch((error) => {
  console.error(`teach: ${error.stack ?? error}`);
  process.exitCode = 1;
});
