/**
 * The first greedy token of MiniMind2-Small, computed from the ONNX weights in double precision and with plain loops:
 * once as written, once with activations rounded to 8 bits in front of every product, as the ONNX graph does
 * (DynamicQuantizeLinear: one scale and zero point a tensor).
 *
 * The two differ, since single activations are a hundred times larger than the rest, and this is why transformers.js
 * and the other runtimes give different answers with the same weights. Each must agree with its own reference.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readGraph } from "./onnx.mjs";

/** Round half to even, as ONNX does. */
function round(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

function rounded(x) {
  let [low, high] = [0, 0];
  for (const value of x) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = (high - low) / 255;
  const clip = (value) => Math.min(255, Math.max(0, value));
  const zero = clip(round(-low / scale));
  return x.map((value) => (clip(round(value / scale) + zero) - zero) * scale);
}

/** x `[n, rows]` · w `[rows, cols]`. */
function product(x, { values, scale, rows, cols }) {
  const n = x.length / rows;
  const out = new Float64Array(n * cols);
  for (let t = 0; t < n; t++) {
    const row = out.subarray(t * cols, (t + 1) * cols);
    for (let i = 0; i < rows; i++) {
      const factor = x[t * rows + i] * scale;
      for (let j = 0; j < cols; j++) row[j] += factor * values[i * cols + j];
    }
  }
  return out;
}

function normalized(x, weight, epsilon) {
  const width = weight.length;
  const out = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += x[start + i] ** 2;
    const factor = 1 / Math.sqrt(sum / width + epsilon);
    for (let i = 0; i < width; i++) out[start + i] = x[start + i] * factor * weight[i];
  }
  return out;
}

/** Rotary embedding in place, halves of a head paired: x `[n, heads · size]`. */
function rotate(x, heads, size, theta) {
  const half = size / 2;
  for (let at = 0; at < x.length; at += size) {
    const position = Math.floor(at / (heads * size));
    for (let i = 0; i < half; i++) {
      const angle = position * theta ** (-i / half);
      const [a, b] = [x[at + i], x[at + half + i]];
      x[at + i] = a * Math.cos(angle) - b * Math.sin(angle);
      x[at + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
  return x;
}

/** Causal attention with shared keys: q `[n, heads · size]`, k and v `[n, kv · size]`. */
function attention(q, k, v, heads, kv, size) {
  const n = q.length / (heads * size);
  const out = new Float64Array(q.length);
  for (let t = 0; t < n; t++) {
    for (let h = 0; h < heads; h++) {
      const to = (t * heads + h) * size;
      const from = (s) => (s * kv + Math.floor((h * kv) / heads)) * size;
      const weights = Array.from({ length: t + 1 }, (_, s) => {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += q[to + i] * k[from(s) + i];
        return sum / Math.sqrt(size);
      });
      const most = Math.max(...weights);
      const total = weights.reduce((sum, weight) => sum + Math.exp(weight - most), 0);
      for (const [s, weight] of weights.entries()) {
        const p = Math.exp(weight - most) / total;
        for (let i = 0; i < size; i++) out[to + i] += p * v[from(s) + i];
      }
    }
  }
  return out;
}

/** Weights by the names of the graph's nodes and norms. */
function weights(graph) {
  const read = (name) => {
    const part = (suffix) => graph.tensors.get(`${name}_${suffix}`);
    const zero = part("zero_point").values[0];
    const [rows, cols] = part("quantized").shape;
    const values = Float64Array.from(part("quantized").values, (value) => value - zero);
    return { rows, cols, values, scale: part("scale").values[0] };
  };
  const linear = new Map();
  for (const { op, name, inputs } of graph.nodes) {
    if (op !== "MatMulInteger") continue;
    const short = name.replace(/^\/(model\/)?/, "").replace(/\/MatMul_quant$/, "");
    linear.set(short, read(inputs[1].replace(/_quantized$/, "")));
  }
  const norm = (name) => graph.tensors.get(name).values;
  return { linear: (name) => linear.get(name), norm, table: read("model.embed_tokens.weight") };
}

/** `{ id, margin }` of the token after `ids`; margin: distance of the two largest logits. */
export function firstToken(folder, ids, { roundActivations }) {
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  const { linear, norm, table } = weights(readGraph(readFileSync(join(folder, "onnx/model_quantized.onnx"))));
  const { hidden_size: width, rms_norm_eps: epsilon, rope_theta: theta, head_dim: size } = config;
  const { num_attention_heads: heads, num_key_value_heads: kv } = config;
  const input = roundActivations ? rounded : (x) => x;
  const add = (x, y) => x.map((value, index) => value + y[index]);

  let x = new Float64Array(ids.length * width);
  for (const [t, id] of ids.entries()) {
    for (let i = 0; i < width; i++) x[t * width + i] = table.values[id * width + i] * table.scale;
  }
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = (part) => linear(`layers.${layer}/${part}`);
    let h = input(normalized(x, norm(`model.layers.${layer}.input_layernorm.weight`), epsilon));
    const q = rotate(product(h, at("self_attn/q_proj")), heads, size, theta);
    const k = rotate(product(h, at("self_attn/k_proj")), kv, size, theta);
    const v = product(h, at("self_attn/v_proj"));
    x = add(x, product(input(attention(q, k, v, heads, kv, size)), at("self_attn/o_proj")));
    h = input(normalized(x, norm(`model.layers.${layer}.post_attention_layernorm.weight`), epsilon));
    const up = product(h, at("mlp/up_proj"));
    const inner = product(h, at("mlp/gate_proj")).map((gate, index) => (gate / (1 + Math.exp(-gate))) * up[index]);
    x = add(x, product(input(inner), at("mlp/down_proj")));
  }
  // All positions together: the scale of the rounding is that of the whole tensor.
  const last = input(normalized(x, norm("model.norm.weight"), epsilon)).subarray(-width);
  const logits = product(last, linear("lm_head"));
  const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);
  return { id: order[0], margin: logits[order[0]] - logits[order[1]] };
}
