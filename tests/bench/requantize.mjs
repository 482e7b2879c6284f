#!/usr/bin/env node
/**
 * The same model in another block format, to compare speeds: `requantize.mjs MODEL.gguf OUT.gguf Q8_0|Q4_0|IQ4_NL|MXFP4`.
 *
 * Every Q4_1 matrix is rounded to the format; what is stored otherwise (the embedding in Q8_0, norms) stays. The answers
 * of the copy are a little different, the work per token is that of the format.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { halfBits, halfValue, Q8_0, readGguf, writeTensors } from "./lib/gguf.mjs";

const Q4_0 = 2;
const Q4_1 = 3;
const IQ4_NL = 20;
const MXFP4 = 39;
/** What 4 bits number. */
const NEAR_ZERO = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
const FLOATS = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
const BLOCK = 32;

/** One block of Q4_1: scale, minimum, 32 numbers of 4 bits (the first half in the lower ones). */
function readQ41(bytes, at, out) {
  const scale = halfValue(bytes.readUInt16LE(at));
  const least = halfValue(bytes.readUInt16LE(at + 2));
  for (let i = 0; i < 16; i++) {
    const pair = bytes[at + 4 + i];
    out[i] = scale * (pair & 15) + least;
    out[i + 16] = scale * (pair >> 4) + least;
  }
}

/** Scale, then 32 signed bytes. */
function writeQ80(values, out, at) {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  out.writeUInt16LE(halfBits(scale), at);
  for (let i = 0; i < BLOCK; i++) out.writeInt8(scale ? Math.round(values[i] / scale) : 0, at + 2 + i);
}

/** Scale, then 32 numbers of 4 bits around 8; the largest one becomes -8 times the scale. */
function writeQ40(values, out, at) {
  const most = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const scale = most / -8;
  out.writeUInt16LE(halfBits(scale), at);
  const code = (value) => (scale ? Math.max(0, Math.min(15, Math.floor(value / scale + 8.5))) : 8);
  for (let i = 0; i < 16; i++) out[at + 2 + i] = code(values[i]) | (code(values[i + 16]) << 4);
}

/** 32 numbers of 4 bits: those of the levels that are nearest to the values. */
function writeLevels(values, scale, levels, out, at) {
  const code = (value) => {
    const distances = levels.map((level) => Math.abs(value - scale * level));
    return distances.indexOf(Math.min(...distances));
  };
  for (let i = 0; i < 16; i++) out[at + i] = code(values[i]) | (code(values[i + 16]) << 4);
}

/** Scale, then numbers of levels; the largest value becomes the first one. */
function writeIq4Nl(values, out, at) {
  const most = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const bits = halfBits(most / NEAR_ZERO[0]);
  out.writeUInt16LE(bits, at);
  writeLevels(values, halfValue(bits), NEAR_ZERO, out, at + 2);
}

/** The exponent of a power of two, then numbers of levels, the largest of which is 12. */
function writeMxfp4(values, out, at) {
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  out[at] = most > 0 ? Math.max(0, Math.floor(Math.log2(most)) - 3 + 128) : 0;
  writeLevels(values, 2 ** (out[at] - 128), FLOATS, out, at + 1);
}

const FORMATS = {
  Q8_0: { type: Q8_0, size: 34, write: writeQ80 },
  Q4_0: { type: Q4_0, size: 18, write: writeQ40 },
  IQ4_NL: { type: IQ4_NL, size: 18, write: writeIq4Nl },
  MXFP4: { type: MXFP4, size: 17, write: writeMxfp4 },
};

function requantized(tensor, { type, size, write }) {
  if (tensor.type !== Q4_1) return tensor;
  const blocks = tensor.shape.reduce((product, length) => product * length, 1) / BLOCK;
  const bytes = Buffer.alloc(blocks * size);
  const values = new Float64Array(BLOCK);
  for (let block = 0; block < blocks; block++) {
    readQ41(tensor.bytes, block * 20, values);
    write(values, bytes, block * size);
  }
  return { ...tensor, type, bytes };
}

const [model, out, name] = process.argv.slice(2);
const format = FORMATS[name];
if (!format) {
  console.error("usage: requantize.mjs MODEL.gguf OUT.gguf Q8_0|Q4_0|IQ4_NL|MXFP4");
  process.exit(1);
}
const { count, keys, tensors } = readGguf(readFileSync(model));
const file = writeTensors(
  count,
  keys,
  tensors.map((tensor) => requantized(tensor, format)),
);
writeFileSync(`${out}.partial`, file);
renameSync(`${out}.partial`, out);
