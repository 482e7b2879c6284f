#!/usr/bin/env node
/**
 * A model as deep as another and a third wider, of random weights in a format whose blocks of 128 or 256 the other one's rows of 576
 * cannot be cut into: `wide.mjs MODEL.gguf OUT.gguf Q2_K|Q3_K|Q1_0|IQ4_XS`. What it says is nothing; the work per token is that of
 * the format.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { F32, halfBits, Q8_0, readGguf, writeTensors } from "./lib/gguf.mjs";

/** Bytes of a block, where its scales of half precision lie, and what they are: the largest weights are about 0.1. */
const FORMATS = {
  Q2_K: { type: 10, size: 84, halves: [80, 82], scale: 0.002 },
  Q3_K: { type: 11, size: 110, halves: [108], scale: 0.001 },
  Q1_0: { type: 41, size: 18, halves: [0], scale: 0.03, block: 128 },
  IQ4_XS: { type: 23, size: 136, halves: [0], scale: 3e-5 },
};
const BLOCK = 256;
/** Widths of SmolLM2-135M, and what they become: heads of 64 columns, twelve instead of nine, four instead of three. */
const WIDER = new Map([
  [576, 768],
  [192, 256],
]);
const KEYS = { embedding_length: 768, "attention.head_count": 12, "attention.head_count_kv": 4 };

/** Changes a number among keys that are written already. */
function set(keys, name, value) {
  const key = Buffer.from(`llama.${name}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(key.length));
  const at = keys.indexOf(Buffer.concat([length, key]));
  if (at < 0) throw new Error(`the model has no ${key}`);
  keys.writeUInt32LE(value, at + length.length + key.length + 4);
}

let state = 1;
/** A number below 2^32, the next of always the same. */
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

function wider({ name, shape: narrow, type, bytes: before }, format) {
  const shape = narrow.map((width) => WIDER.get(width) ?? width);
  const count = shape.reduce((product, width) => product * width, 1);
  if (type === F32) return { name, shape, type, bytes: Buffer.from(new Float32Array(count).fill(1).buffer) };
  if (type === Q8_0) {
    const bytes = Buffer.alloc((count / 32) * 34);
    for (let at = 0; at < bytes.length; at += before.length) before.copy(bytes, at);
    return { name, shape, type, bytes };
  }
  const bytes = Buffer.alloc((count / (format.block ?? BLOCK)) * format.size);
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(random(), at);
  for (let at = 0; at < bytes.length; at += format.size) {
    for (const half of format.halves) bytes.writeUInt16LE(halfBits(format.scale), at + half);
  }
  return { name, shape, type: format.type, bytes };
}

const [model, out, name] = process.argv.slice(2);
const format = FORMATS[name];
if (!format) {
  console.error(`usage: wide.mjs MODEL.gguf OUT.gguf ${Object.keys(FORMATS).join("|")}`);
  process.exit(1);
}
const { count, keys, tensors } = readGguf(readFileSync(model));
const changed = Buffer.from(keys);
for (const [key, value] of Object.entries(KEYS)) set(changed, key, value);
const file = writeTensors(
  count,
  changed,
  tensors.map((tensor) => wider(tensor, format)),
);
writeFileSync(`${out}.partial`, file);
renameSync(`${out}.partial`, out);
