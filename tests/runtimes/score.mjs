#!/usr/bin/env node
/**
 * `semgrad score` where the package runs: the same flags, input and output lines, through its public interface.
 *
 *   node score.mjs [--runtime browser|deno|workerd] --model PATH --in in.jsonl --out out.jsonl
 *                  [--device auto|webgpu|cpu] [--methods a,b] [--nli lexical|judge|FOLDER] [--embed lexical|FOLDER] …
 *
 * Exit status: 0 all fine, 1 wrong arguments or files, 2 some lines failed, 3 nothing could run.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startBrowser } from "./browser.mjs";
import { startDeno } from "./deno.mjs";
import { wrongEngine } from "./engines.mjs";
import { Output, parseRequest, readLines, readText } from "./lines.mjs";
import { RemoteError } from "./process.mjs";
import { startWorkerd } from "./workerd.mjs";

const USAGE = 1;
const SOME_FAILED = 2;
const NOTHING_RAN = 3;

const RUNTIMES = {
  browser: ({ device }) => startBrowser({ webgpu: device === "webgpu" }),
  deno: startDeno,
  workerd: startWorkerd,
};

/** Why the program ends early, with its exit status. */
class Stop extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The flags that set a field of every request, as the command line has them. */
const FLAGS = JSON.parse(readFileSync(new URL("../../pkg/contract.json", import.meta.url), "utf8")).flags;

const text = { type: "string" };
const OPTIONS = {
  runtime: { ...text, default: "browser" },
  model: text,
  device: { ...text, default: "auto" },
  in: text,
  out: text,
  profile: text,
  probes: text,
  "answer-risk": text,
  "abstain-risk": text,
  nli: text,
  embed: text,
  ...Object.fromEntries(FLAGS.map(({ name, kind }) => [name, kind === "switch" ? { type: "boolean" } : text])),
};

/** `--semantic-position -6` looks like two flags to the parser; joined it is one. */
function joinNegatives(argv) {
  const joined = [];
  for (let index = 0; index < argv.length; index++) {
    const next = argv[index + 1];
    const negative = argv[index] === "--semantic-position" && next !== undefined && /^-\d/.test(next);
    joined.push(negative ? `${argv[index]}=${argv[++index]}` : argv[index]);
  }
  return joined;
}

function readArguments(argv) {
  let values;
  try {
    values = parseArgs({ args: joinNegatives(argv), options: OPTIONS }).values;
  } catch (error) {
    throw new Stop(USAGE, error.message);
  }
  for (const name of ["model", "in", "out"]) if (!values[name]) throw new Stop(USAGE, `--${name} is missing`);
  if (!Object.hasOwn(RUNTIMES, values.runtime)) throw new Stop(USAGE, `no such runtime: ${values.runtime}`);
  if (!existsSync(values.in)) throw new Stop(USAGE, `no such file: ${values.in}`);
  if (!["auto", "webgpu", "cpu"].includes(values.device)) throw new Stop(USAGE, `no such device: ${values.device}`);
  if (!existsSync(values.model)) throw new Stop(NOTHING_RAN, `no such model: ${values.model}`);
  return values;
}

function number(values, name) {
  const value = values[name];
  if (value === undefined) return undefined;
  if (value.trim() === "" || Number.isNaN(Number(value)))
    throw new Stop(USAGE, `--${name} wants a number, not ${value}`);
  return Number(value);
}

function whole(values, name) {
  const value = values[name];
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new Stop(USAGE, `--${name} wants a whole number, not ${value}`);
  return Number(value);
}

/** What a flag's text says, by its kind. */
const READ = {
  switch: (values, name) => values[name],
  text: (values, name) => values[name],
  list: (values, name) => values[name]?.split(","),
  number,
  whole,
};

/** What the flags say about every line; a line's own fields win. */
function defaults(values) {
  const risk = given({ answer: number(values, "answer-risk"), abstain: number(values, "abstain-risk") });
  const fields = FLAGS.map(({ name, field, kind }) => [field, READ[kind](values, name)]);
  return given({ ...Object.fromEntries(fields), risk: Object.keys(risk).length > 0 ? risk : undefined });
}

/** Without what was not said. */
const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The profile's text: the file named, or the one beside the weights; null for none, undefined for the shipped one. */
function readProfile({ model, profile }) {
  if (profile === "none") return null;
  const beside = statSync(model).isDirectory() ? join(model, "profile.json") : `${model}.profile.json`;
  const path = profile ?? beside;
  if (existsSync(path)) return readText(path);
  if (profile !== undefined) throw new Stop(USAGE, `no such profile: ${profile}`);
  return undefined;
}

/** What `work` gives; an error of the package becomes `otherwise` of its record. */
async function attempt(work, otherwise) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RemoteError) return otherwise(error.record);
    throw error;
  }
}

/** Trained probes, the file's text. */
function readProbes({ probes }) {
  if (probes === undefined) return undefined;
  if (!existsSync(probes)) throw new Stop(USAGE, `no such file of probes: ${probes}`);
  return readText(probes);
}

function readEngines({ nli, embed }) {
  const engines = given({ nli, embed });
  const wrong = wrongEngine(engines);
  if (wrong) throw new Stop(USAGE, wrong);
  return engines;
}

async function loadModel(runtime, values, read, engines) {
  const model = await attempt(
    () => runtime.load(values.model, { device: values.device, ...given(read) }, engines),
    ({ code, message, advice }) => {
      throw new Stop(NOTHING_RAN, `${code}: ${message} ${advice}`);
    },
  );
  for (const warning of model.warnings) console.error(warning);
  const { name, device, gpu, deviceReason } = model.info;
  console.error(`${name} on ${device} (${gpu ?? deviceReason}), loaded in ${seconds(model.ms)}`);
  return model;
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Where the time went, in a few words. */
function summary({ error, ms, prompt_ids, response_ids }) {
  if (error) return error.code;
  const parts = [`${prompt_ids.length} + ${response_ids.length} tokens`];
  if (ms.prefill) parts.push(`prefill ${seconds(ms.prefill)}`);
  const steps = response_ids.length - 1;
  if (ms.decode && steps > 0) parts.push(`decode ${((steps * 1000) / ms.decode).toFixed(1)} tokens/s`);
  if (ms.score) parts.push(`scores ${seconds(ms.score)}`);
  return parts.join(", ");
}

/** Answers the lines that are not in the output yet, and says how many failed. */
async function answerAll(model, lines, shared, output) {
  let failed = 0;
  const parsed = lines.map(parseRequest);
  output.retry(parsed.map(({ request, failure }) => (request ?? failure).id));
  for (const [index, { request, failure }] of parsed.entries()) {
    if (request && output.take(request.id)) continue;
    const run = async () => (await model.run({ ...shared, ...request })).record;
    const record = failure ?? (await attempt(run, (error) => ({ id: request.id ?? null, error })));
    if (record.error) failed += 1;
    output.write(record);
    console.error(`${index + 1}/${lines.length} ${summary(record)}`);
  }
  return failed;
}

async function main(argv) {
  const values = readArguments(argv);
  const shared = defaults(values);
  const read = { profile: readProfile(values), probes: readProbes(values) };
  const engines = readEngines(values);
  const lines = readLines(values.in);
  const output = new Output(values.out);
  const runtime = await RUNTIMES[values.runtime](values);
  let failed;
  try {
    const model = await loadModel(runtime, values, read, engines);
    failed = await answerAll(model, lines, shared, output);
    const { wasm, gpu } = await model.memory();
    const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
    console.error(`peak memory: wasm ${megabytes(wasm)}${gpu ? `, graphics buffers ${megabytes(gpu)}` : ""}`);
    await model.close();
  } finally {
    await runtime.close();
  }
  if (failed > 0) throw new Stop(SOME_FAILED, `${failed} lines failed; their "error" says why.`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Stop ? error.message : (error.stack ?? String(error)));
  process.exitCode = error instanceof Stop ? error.status : NOTHING_RAN;
});
