/**
 * The part of ONNX that holds weights: nodes and initializers of the graph, read from the protobuf without a schema.
 * Field numbers are those of onnx.proto3 (ModelProto.graph 7; GraphProto.node 1, .initializer 5).
 */

/** Fields of a message: `[number, value]`, the value a number for varints and a view for everything else. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error("the ONNX file is cut off");
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  const take = (length) => {
    if (length < 0 || at + length > bytes.length) throw new Error("the ONNX file is cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === 0) yield [key >>> 3, varint()];
    else if (kind === 2) yield [key >>> 3, take(varint())];
    else if (kind === 1 || kind === 5) yield [key >>> 3, take(kind === 1 ? 8 : 4)];
    else throw new Error(`not an ONNX file: wire type ${kind}`);
  }
}

const text = (bytes) => Buffer.from(bytes).toString("utf8");

function varints(bytes) {
  const out = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      out.push(value);
      value = 0;
      scale = 1;
    }
  }
  return out;
}

const FLOAT = 1;
const UINT8 = 2;
const INT8 = 3;

function tensor(message) {
  const out = { name: "", shape: [], type: 0, values: null };
  let raw;
  let floats;
  let integers;
  for (const [field, value] of fields(message)) {
    if (field === 1) out.shape.push(...(typeof value === "number" ? [value] : varints(value)));
    else if (field === 2) out.type = value;
    else if (field === 4) floats = value;
    else if (field === 5) integers = typeof value === "number" ? [value] : varints(value);
    else if (field === 8) out.name = text(value);
    else if (field === 9) raw = value;
  }
  if (out.type === FLOAT) {
    const bytes = Uint8Array.from(raw ?? floats);
    out.values = new Float32Array(bytes.buffer);
  } else if (out.type === INT8) {
    out.values = Int8Array.from(raw ? new Int8Array(raw.buffer, raw.byteOffset, raw.length) : integers);
  } else if (out.type === UINT8) {
    out.values = Uint8Array.from(raw ?? integers);
  }
  return out;
}

/** `{ tensors: Map name → { shape, type, values }, nodes: [{ name, op, inputs }] }`. */
export function readGraph(bytes) {
  const graph = [...fields(bytes)].find(([field]) => field === 7)?.[1];
  if (!graph) throw new Error("the ONNX file has no graph");
  const tensors = new Map();
  const nodes = [];
  for (const [field, value] of fields(graph)) {
    if (field === 5) {
      const read = tensor(value);
      tensors.set(read.name, read);
    } else if (field === 1) {
      const node = { name: "", op: "", inputs: [] };
      for (const [part, bytes] of fields(value)) {
        if (part === 1) node.inputs.push(text(bytes));
        else if (part === 3) node.name = text(bytes);
        else if (part === 4) node.op = text(bytes);
      }
      nodes.push(node);
    }
  }
  return { tensors, nodes };
}
