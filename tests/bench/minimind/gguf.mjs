/** Writing GGUF version 3: metadata, Q8_0 and F32 tensors. */
import { Buffer } from "node:buffer";

const ALIGNMENT = 32;
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 };
const F32 = 0;
const Q8_0 = 8;

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const i32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const f32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const string = (value) => {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([u64(bytes.length), bytes]);
};
const bool = (value) => Buffer.of(value ? 1 : 0);
const scalars = { u32, i32, f32, bool, string };

/** `[type, value]`; the type of a list is `"string[]"` or `"i32[]"`. */
function metadata(key, [type, value]) {
  if (!type.endsWith("[]")) return Buffer.concat([string(key), u32(TYPE[type]), scalars[type](value)]);
  const element = type.slice(0, -2);
  const items = value.map(scalars[element]);
  return Buffer.concat([string(key), u32(TYPE.array), u32(TYPE[element]), u64(items.length), ...items]);
}

/** The half-precision number nearest to a positive normal one, as its bits; ties go to even. */
export function halfBits(value) {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  const exponent = (bits >>> 23) - 127;
  if (exponent < -14 || exponent > 15) throw new Error(`${value} is no normal half-precision number`);
  const half = ((exponent + 15) << 10) | ((bits >>> 13) & 0x3ff);
  const rest = bits & 0x1fff;
  // A carry into the exponent is what rounding up to the next power of two means.
  return half + (rest > 0x1000 || (rest === 0x1000 && half & 1) ? 1 : 0);
}

/** Integers times one scale as Q8_0: the same half-precision scale in every block of 32. */
export function q8Tensor(name, rows, cols, values, scale) {
  if (cols % 32 !== 0) throw new Error(`${name}: rows of ${cols} are not whole blocks`);
  const bytes = Buffer.alloc((values.length / 32) * 34);
  const half = halfBits(scale);
  for (let block = 0; block < values.length / 32; block++) {
    bytes.writeUInt16LE(half, block * 34);
    for (let i = 0; i < 32; i++) bytes.writeInt8(values[block * 32 + i], block * 34 + 2 + i);
  }
  return { name, shape: [cols, rows], type: Q8_0, bytes };
}

export function floatTensor(name, values) {
  return { name, shape: [values.length], type: F32, bytes: Buffer.from(values.buffer.slice(0)) };
}

/** The whole file. `keys`: name → `[type, value]`. */
export function writeGguf(keys, tensors) {
  const entries = Object.entries(keys);
  const parts = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) parts.push(metadata(key, value));
  let offset = 0;
  const padded = (length) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  for (const { name, shape, type, bytes } of tensors) {
    parts.push(string(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset));
    offset += padded(bytes.length);
  }
  const head = Buffer.concat(parts);
  const body = tensors.map(({ bytes }) => [bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
  return Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length), ...body.flat()]);
}
