/**
 * A tiny model that reads and writes text: the weights of `tests/reference/tiny/llama_tied`, whose 256 ids are taken for
 * bytes. What it says is noise, and everything around it is the real thing.
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";

const REFERENCE = new URL("../../../tests/reference/", import.meta.url);

/** The folder's files by name. `changed`: fields of its configuration. */
export function tinyFiles(changed = {}) {
  const read = (name) => readFileSync(new URL(`tiny/llama_tied/${name}`, REFERENCE));
  // Its positions are computed, not learned: there can be more of them.
  const config = { ...JSON.parse(read("config.json")), max_position_embeddings: 4096, ...changed };
  return {
    "config.json": Buffer.from(JSON.stringify(config)),
    "tokenizer.json": Buffer.from(JSON.stringify(tokenizer())),
    "model.safetensors": read("model.safetensors"),
  };
}

/**
 * The token that this model's answer to a question may be taken to end with: by itself it says noise without end. It is
 * the last of `most` tokens that stands there for the first time.
 */
export async function lastWord(load, files, question, options, most) {
  const model = await load(asBlobs(files), { cache: "none", profile: null });
  try {
    const { responseIds } = await model.ask(question, { ...options, maxTokens: most, methods: [] });
    return responseIds.findLast((id, index) => responseIds.indexOf(id) === index);
  } finally {
    model.dispose();
  }
}

/** Files of a tiny encoder of `tests/reference/encoders`, by path. */
export function encoderFiles(name) {
  const paths = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"];
  const embedding = ["sentence_bert_config.json", "modules.json", "1_Pooling/config.json"];
  const all = name === "bert_embedding" ? [...paths, ...embedding] : paths;
  return Object.fromEntries(all.map((path) => [path, readFileSync(new URL(`encoders/${name}/${path}`, REFERENCE))]));
}

/** As the package takes files. */
export const asBlobs = (files) =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, new Blob([bytes])]));

/** One token a byte: no merges, and the letters that byte-level tokenizers write for bytes. */
function tokenizer() {
  const plain = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let others = 256;
  const letters = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(plain(byte) ? byte : others++));
  const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const vocab = Object.fromEntries(letters.map((letter, byte) => [letter, byte]));
  const model = {
    type: "BPE",
    dropout: null,
    unk_token: null,
    fuse_unk: false,
    byte_fallback: false,
    merges: [],
    vocab,
  };
  const nothing = { truncation: null, padding: null, normalizer: null, post_processor: null, added_tokens: [] };
  return { version: "1.0", ...nothing, pre_tokenizer: level, decoder: level, model };
}
