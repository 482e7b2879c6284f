/** GGUF version 3 as far as the benchmark's models need it. */
import { Buffer } from "node:buffer";

const ALIGNMENT = 32;
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 };
export const F32 = 0;
export const Q8_0 = 8;

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

/** The half-precision number nearest to `value`, as its bits; ties go to even. */
export function halfBits(value) {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size > 65504) throw new Error(`${value} is too large for half precision`);
  // Distance of neighbors: 2^-24 below the smallest normal number, ten bits below the leading one above it.
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
  const steps = size / 2 ** (exponent - 10);
  const floor = Math.floor(steps);
  const rest = steps - floor;
  const mantissa = floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
  // A mantissa that reaches 2048 carries into the exponent; below 1024 the number is subnormal.
  return sign + (mantissa < 1024 ? mantissa : ((exponent + 14) << 10) + mantissa);
}

/** The number with these half-precision bits. */
export function halfValue(bits) {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const size = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
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

const padded = (length) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** A file with these tensors, `keys` of which are already written as bytes. */
export function writeTensors(count, keys, tensors) {
  const parts = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(count), keys];
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    parts.push(string(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset));
    offset += padded(bytes.length);
  }
  const head = Buffer.concat(parts);
  const body = tensors.map(({ bytes }) => [bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
  return Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length), ...body.flat()]);
}

/** The whole file. `keys`: name → `[type, value]`. */
export function writeGguf(keys, tensors) {
  const entries = Object.entries(keys);
  const bytes = Buffer.concat(entries.map(([key, value]) => metadata(key, value)));
  return writeTensors(entries.length, bytes, tensors);
}

/** A file's keys, unread, and its tensors with their bytes: `{ count, keys, tensors }`. */
export function readGguf(file) {
  let at = 8;
  const number = () => {
    at += 4;
    return file.readUInt32LE(at - 4);
  };
  const long = () => {
    at += 8;
    return Number(file.readBigUInt64LE(at - 8));
  };
  const bytes = () => {
    const length = long();
    at += length;
    return file.subarray(at - length, at);
  };
  const width = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
  const skip = (type) => {
    if (type === TYPE.string) bytes();
    else if (type === TYPE.array) {
      const element = number();
      for (let left = long(); left > 0; left--) skip(element);
    } else at += width[type];
  };
  const [tensorCount, count] = [long(), long()];
  const start = at;
  for (let left = count; left > 0; left--) {
    bytes();
    skip(number());
  }
  const keys = file.subarray(start, at);
  const tensors = [];
  for (let left = tensorCount; left > 0; left--) {
    const name = bytes().toString("utf8");
    const shape = Array.from({ length: number() }, long);
    tensors.push({ name, shape, type: number(), offset: long() });
  }
  const data = padded(at);
  const ends = [...tensors.map(({ offset }) => offset), file.length - data].sort((a, b) => a - b);
  for (const tensor of tensors) {
    const end = ends.find((end) => end > tensor.offset);
    tensor.bytes = file.subarray(data + tensor.offset, data + end);
  }
  return { count, keys, tensors };
}
