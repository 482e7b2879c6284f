/** Reference models and numbers, and how close is close enough. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server.mjs";

export const tinyFolder = (name) => join(ROOT, "tests/reference/tiny", name);

/** Every tiny model, at least one for each family. */
export const TINY = readdirSync(tinyFolder("")).filter((name) => existsSync(join(tinyFolder(name), "config.json")));

/** The tiny model's recorded ids and numbers. */
export function golden(name) {
  const file = JSON.parse(readFileSync(join(tinyFolder(name), "golden.json"), "utf8"));
  return { ...file, want: file.float64 ?? file.float32 };
}

/** Scores of the answer and its gradients: a model without a tokenizer has no texts to compare. */
const SCORES = [
  "semgrad",
  "semgrad_last",
  "paragrad",
  "exgrad",
  "hybridgrad",
  "gnll",
  "perplexity",
  "mean_token_entropy",
  "max_token_entropy",
];

/** The request that the tiny model's numbers were recorded for. */
export function tinyRequest(file) {
  return {
    id: file.variant,
    prompt_ids: file.prompt_ids,
    response_ids: file.response_ids,
    methods: SCORES,
    semantic_position: String(file.semantic_index - file.prompt_ids.length),
    tail: 10,
    all_layers: true,
  };
}

/** Relative difference, for numbers and lists. */
export function assertClose(what, got, want, tolerance) {
  const [a, b] = [[got].flat(), [want].flat()];
  assert.equal(a.length, b.length, `${what}: ${a.length} numbers instead of ${b.length}`);
  for (const [index, value] of b.entries()) {
    const difference = Math.abs(a[index] - value) / Math.abs(value);
    assert.ok(difference <= tolerance, `${what}[${index}]: ${a[index]} instead of ${value} (${difference})`);
  }
}

/** The file of a real model in the folder that SEMGRAD_MODELS names, or null. */
export function realModel(file) {
  const folder = process.env.SEMGRAD_MODELS;
  const path = folder ? join(folder, file) : null;
  return path && existsSync(path) ? path : null;
}

export const SMOLLM2 = "SmolLM2-135M-Instruct.Q4_1.gguf";

/** The recorded lines of a real model. */
export function realLines(file) {
  const text = readFileSync(join(ROOT, "tests/reference/real", file), "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
