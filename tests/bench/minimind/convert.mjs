#!/usr/bin/env node
/**
 * MiniMind2-Small as transformers.js runs it, for the other runtimes: `convert.mjs PACKAGE_FOLDER OUT.gguf`.
 *
 * The ONNX file holds one scale a matrix and 8-bit integers around zero, which is Q8_0 with the same scale in every
 * block: the integers are taken over exactly, the scales rounded to half precision (a relative error of at most 2⁻¹¹,
 * the same for a whole matrix). Its output head was quantized apart from the embedding and stays apart.
 *
 * What differs by design: ONNX Runtime rounds activations to 8 bits as well, the other runtimes need not.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { floatTensor, q8Tensor, writeGguf } from "../lib/gguf.mjs";
import { readGraph } from "./onnx.mjs";

const LINEAR = {
  "self_attn/q_proj": "attn_q",
  "self_attn/k_proj": "attn_k",
  "self_attn/v_proj": "attn_v",
  "self_attn/o_proj": "attn_output",
  "mlp/gate_proj": "ffn_gate",
  "mlp/up_proj": "ffn_up",
  "mlp/down_proj": "ffn_down",
};

/** Integers minus zero point, and the scale, of a quantized initializer. */
function quantized(graph, name) {
  const part = (suffix) => {
    const found = graph.tensors.get(`${name}_${suffix}`)?.values;
    if (!found) throw new Error(`the ONNX file has no ${name}_${suffix}`);
    return found;
  };
  const values = part("quantized");
  const zero = part("zero_point")[0];
  return {
    shape: graph.tensors.get(`${name}_quantized`).shape,
    values: Int8Array.from(values, (value) => value - zero),
    scale: part("scale")[0],
  };
}

/** ONNX multiplies x·W, W `[in, out]`; GGUF stores `[out, in]`. */
function transposed({ shape: [rows, cols], values, scale }) {
  const out = new Int8Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) out[col * rows + row] = values[row * cols + col];
  }
  return { shape: [cols, rows], values: out, scale };
}

/** GGUF's llama files pair neighboring rows for the rotary embedding, Hugging Face's the halves of a head. */
function interleaved({ shape: [rows, cols], values, scale }, head) {
  const out = new Int8Array(values.length);
  const half = head / 2;
  for (let row = 0; row < rows; row++) {
    const inHead = row % head;
    const to = row - inHead + 2 * (inHead % half) + Math.floor(inHead / half);
    out.set(values.subarray(row * cols, (row + 1) * cols), to * cols);
  }
  return { shape: [rows, cols], values: out, scale };
}

function tensors(graph, config) {
  const q8 = (name, { shape, values, scale }) => q8Tensor(name, shape[0], shape[1], values, scale);
  const norm = (name, from) => {
    const found = graph.tensors.get(from)?.values;
    if (!found) throw new Error(`the ONNX file has no ${from}`);
    return floatTensor(name, found);
  };
  const out = [
    q8("token_embd.weight", quantized(graph, "model.embed_tokens.weight")),
    norm("output_norm.weight", "model.norm.weight"),
  ];
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const from = `model.layers.${layer}`;
    out.push(norm(`blk.${layer}.attn_norm.weight`, `${from}.input_layernorm.weight`));
    out.push(norm(`blk.${layer}.ffn_norm.weight`, `${from}.post_attention_layernorm.weight`));
  }
  for (const node of graph.nodes.filter(({ op }) => op === "MatMulInteger")) {
    const weight = transposed(quantized(graph, node.inputs[1].replace(/_quantized$/, "")));
    const [, layer, part] = /layers\.(\d+)\/(.*)\/MatMul_quant$/.exec(node.name) ?? [];
    if (node.name.startsWith("/lm_head/")) {
      out.push(q8("output.weight", weight));
    } else if (LINEAR[part]) {
      const rotary = ["self_attn/q_proj", "self_attn/k_proj"].includes(part);
      out.push(q8(`blk.${layer}.${LINEAR[part]}.weight`, rotary ? interleaved(weight, config.head_dim) : weight));
    } else {
      throw new Error(`unknown product ${node.name}`);
    }
  }
  const expected = 3 + config.num_hidden_layers * (2 + Object.keys(LINEAR).length);
  if (out.length !== expected) throw new Error(`${out.length} tensors instead of ${expected}`);
  return out;
}

function keys(config, tokenizer, { chat_template }) {
  const tokens = [];
  for (const [token, id] of Object.entries(tokenizer.model.vocab)) tokens[id] = token;
  const special = new Set(tokenizer.added_tokens.filter((token) => token.special).map(({ id }) => id));
  return {
    "general.architecture": ["string", "llama"],
    "general.name": ["string", "MiniMind2-Small"],
    "general.file_type": ["u32", 7],
    "llama.context_length": ["u32", config.max_position_embeddings],
    "llama.embedding_length": ["u32", config.hidden_size],
    "llama.block_count": ["u32", config.num_hidden_layers],
    "llama.feed_forward_length": ["u32", config.intermediate_size],
    "llama.attention.head_count": ["u32", config.num_attention_heads],
    "llama.attention.head_count_kv": ["u32", config.num_key_value_heads],
    "llama.attention.layer_norm_rms_epsilon": ["f32", config.rms_norm_eps],
    "llama.rope.dimension_count": ["u32", config.head_dim],
    "llama.rope.freq_base": ["f32", config.rope_theta],
    "llama.vocab_size": ["u32", config.vocab_size],
    "tokenizer.ggml.model": ["string", "gpt2"],
    "tokenizer.ggml.pre": ["string", "gpt-2"],
    "tokenizer.ggml.tokens": ["string[]", tokens],
    "tokenizer.ggml.token_type": ["i32[]", tokens.map((_, id) => (special.has(id) ? 3 : 1))],
    "tokenizer.ggml.merges": ["string[]", tokenizer.model.merges.map((pair) => [pair].flat().join(" "))],
    "tokenizer.ggml.bos_token_id": ["u32", config.bos_token_id],
    "tokenizer.ggml.eos_token_id": ["u32", config.eos_token_id],
    "tokenizer.ggml.add_bos_token": ["bool", false],
    "tokenizer.chat_template": ["string", chat_template],
  };
}

const [folder, out] = process.argv.slice(2);
if (!folder || !out) {
  console.error("usage: convert.mjs PACKAGE_FOLDER OUT.gguf");
  process.exit(1);
}
const json = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const config = json("config.json");
const graph = readGraph(readFileSync(join(folder, "onnx/model_quantized.onnx")));
const file = writeGguf(keys(config, json("tokenizer.json"), json("tokenizer_config.json")), tensors(graph, config));
// Under its final name only when it is whole.
writeFileSync(`${out}.partial`, file);
renameSync(`${out}.partial`, out);
console.error(`${out}: ${file.length} bytes`);
