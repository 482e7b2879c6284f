/**
 * Models and engines known by name. The SHA-256 pins the file: the file that was calibrated is the file that is loaded, wherever it
 * was fetched from.
 */

import { KNOWN_MODELS, type KnownModel } from "./known/models.js";
import type { EngineKind } from "./methods.js";

export { KNOWN_MODELS, type KnownModel };

const HUB = "https://huggingface.co/";

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
