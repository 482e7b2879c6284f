#!/usr/bin/env node
/**
 * `semgrad score` in a real browser: the same flags, input and output lines, through the package's public interface.
 *
 *   node score.mjs --model PATH --in in.jsonl --out out.jsonl [--device auto|webgpu|cpu] [--methods a,b] …
 *
 * Exit status: 0 all fine, 1 usage, 2 some lines failed, 3 nothing could run.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "./lib/chromium.mjs";
import { Output, parseRequest, readLines } from "./lib/lines.mjs";
import { openPage, startServer } from "./lib/server.mjs";

const USAGE = 1;
const SOME_FAILED = 2;
const NOTHING_RAN = 3;

/** Why the program ends early, with its exit status. */
class Stop extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const text = { type: "string" };
const OPTIONS = {
  model: text,
  device: { ...text, default: "auto" },
  in: text,
  out: text,
  methods: text,
  "max-tokens": text,
  samples: text,
  temperature: text,
  seed: text,
  prefix: text,
  system: text,
  "semantic-position": text,
  tail: text,
  "all-layers": { type: "boolean" },
  profile: text,
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
  if (!existsSync(values.in)) throw new Stop(USAGE, `no such file: ${values.in}`);
  if (!["auto", "webgpu", "cpu"].includes(values.device)) throw new Stop(USAGE, `no such device: ${values.device}`);
  if (!existsSync(values.model)) throw new Stop(NOTHING_RAN, `no such model: ${values.model}`);
  return values;
}

function whole(values, name) {
  const value = values[name];
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new Stop(USAGE, `--${name} wants a whole number, not ${value}`);
  return Number(value);
}

/** What the flags say about every line; a line's own fields win. */
function defaults(values) {
  const temperature = values.temperature === undefined ? undefined : Number(values.temperature);
  if (Number.isNaN(temperature)) throw new Stop(USAGE, `--temperature wants a number, not ${values.temperature}`);
  const all = {
    methods: values.methods?.split(","),
    max_tokens: whole(values, "max-tokens"),
    samples: whole(values, "samples"),
    temperature,
    seed: whole(values, "seed"),
    prefix: values.prefix,
    system: values.system,
    semantic_position: values["semantic-position"],
    tail: whole(values, "tail"),
    all_layers: values["all-layers"],
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The profile's text: the file named, the one beside the weights, or none. */
function readProfile({ model, profile }) {
  if (profile === "none") return undefined;
  const beside = statSync(model).isDirectory() ? join(model, "profile.json") : `${model}.profile.json`;
  const path = profile ?? beside;
  if (existsSync(path)) return readFileSync(path, "utf8");
  if (profile !== undefined) throw new Stop(USAGE, `no such profile: ${profile}`);
  return undefined;
}

async function loadModel(page, url, device, profile) {
  const failure = await page.evaluate(
    async ([source, options]) => {
      const onProgress = (progress) => progress.phase === "warning" && console.warn(progress.message);
      try {
        globalThis.model = await semgrad.load(source, { ...options, onProgress });
        return null;
      } catch (error) {
        return { ...error.toJSON() };
      }
    },
    [url, profile === undefined ? { device } : { device, profile }],
  );
  if (failure) throw new Stop(NOTHING_RAN, `${failure.code}: ${failure.message} ${failure.advice}`);
  const { name, device: used, adapter, deviceReason } = await page.evaluate(() => globalThis.model.info);
  console.error(`${name} on ${used} (${adapter ?? deviceReason})`);
}

/** One line's record; a failure is a record too. */
function runLine(page, request) {
  return page.evaluate(async (line) => {
    try {
      return await globalThis.model.run(line);
    } catch (error) {
      return { id: line.id ?? null, error: error.toJSON() };
    }
  }, request);
}

async function main(argv) {
  const values = readArguments(argv);
  const shared = defaults(values);
  const profile = readProfile(values);
  const lines = readLines(values.in);
  const output = new Output(values.out);
  const server = await startServer({ model: values.model });
  const browser = await openBrowser({ webgpu: values.device === "webgpu" });
  let failed = 0;
  try {
    const page = await openPage(browser.context, server.origin);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) console.error(`browser: ${message.text()}`);
    });
    await loadModel(page, server.modelUrl, values.device, profile);
    for (const [index, line] of lines.entries()) {
      const { request, failure } = parseRequest(line);
      if (request && output.has(request.id)) continue;
      const record = failure ?? (await runLine(page, { ...shared, ...request }));
      if (record.error) failed += 1;
      output.write(record);
      console.error(`${index + 1}/${lines.length} ${record.error ? record.error.code : "done"}`);
    }
  } finally {
    await browser.close();
    server.close();
  }
  if (failed > 0) throw new Stop(SOME_FAILED, `${failed} lines failed; their "error" says why.`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Stop ? error.message : (error.stack ?? String(error)));
  process.exitCode = error instanceof Stop ? error.status : NOTHING_RAN;
});
