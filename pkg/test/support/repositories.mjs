/** Files of repositories, named and sized as publishers of the hub do, and what is taken of each. */

/** Files of one name in many formats, in GB. */
const formats = (start, sizes) =>
  Object.fromEntries(Object.entries(sizes).map(([format, size]) => [`${start}${format}.gguf`, Math.round(size * 1e9)]));
const SMALL = { ".gitattributes": 1519, "README.md": 9000 };
const FOLDER = {
  ...SMALL,
  "config.json": 900,
  "generation_config.json": 150,
  "merges.txt": 466_000,
  "special_tokens_map.json": 600,
  "tokenizer.json": 11_400_000,
  "tokenizer_config.json": 9700,
  "vocab.json": 2_780_000,
};

/** By name: its files, and the file or the folder that is taken of it where 3 GB fit; or the code of the error. */
export const REPOSITORIES = {
  "bartowski/Llama-3.2-1B-Instruct-GGUF": {
    takes: "Llama-3.2-1B-Instruct-Q4_K_M.gguf",
    files: {
      ...SMALL,
      "Llama-3.2-1B-Instruct.imatrix": 1_500_000,
      ...formats("Llama-3.2-1B-Instruct-", {
        IQ3_M: 0.66,
        IQ4_XS: 0.74,
        Q3_K_L: 0.73,
        Q3_K_XL: 0.8,
        Q4_0: 0.77,
        Q4_0_4_4: 0.77,
        Q4_0_4_8: 0.77,
        Q4_0_8_8: 0.77,
        Q4_K_L: 0.87,
        Q4_K_M: 0.81,
        Q4_K_S: 0.78,
        Q5_K_L: 0.98,
        Q5_K_M: 0.91,
        Q5_K_S: 0.89,
        Q6_K: 1.02,
        Q6_K_L: 1.09,
        Q8_0: 1.32,
        f16: 2.48,
      }),
    },
  },
  "unsloth/Qwen3-1.7B-GGUF": {
    takes: "Qwen3-1.7B-Q4_K_M.gguf",
    files: {
      ...SMALL,
      "config.json": 900,
      params: 170,
      template: 1800,
      "imatrix_unsloth.dat": 2_000_000,
      ...formats("Qwen3-1.7B-", {
        BF16: 3.45,
        IQ4_NL: 1.06,
        IQ4_XS: 1.02,
        Q2_K: 0.78,
        Q2_K_L: 0.78,
        Q3_K_M: 0.94,
        Q3_K_S: 0.87,
        Q4_0: 1.06,
        Q4_1: 1.14,
        Q4_K_M: 1.11,
        Q4_K_S: 1.06,
        Q5_K_M: 1.26,
        Q5_K_S: 1.23,
        Q6_K: 1.42,
        Q8_0: 1.83,
        "UD-IQ1_M": 0.54,
        "UD-IQ2_XXS": 0.58,
        "UD-Q2_K_XL": 0.82,
        "UD-Q3_K_XL": 0.99,
        "UD-Q4_K_XL": 1.13,
        "UD-Q5_K_XL": 1.26,
        "UD-Q6_K_XL": 1.67,
        "UD-Q8_K_XL": 2.15,
      }),
    },
  },
  "Qwen/Qwen2.5-0.5B-Instruct-GGUF": {
    takes: "qwen2.5-0.5b-instruct-q4_k_m.gguf",
    files: {
      ...SMALL,
      LICENSE: 11_300,
      ...formats("qwen2.5-0.5b-instruct-", {
        fp16: 1.27,
        q2_k: 0.42,
        q3_k_m: 0.43,
        q4_0: 0.43,
        q4_k_m: 0.49,
        q5_0: 0.49,
        q5_k_m: 0.52,
        q6_k: 0.65,
        q8_0: 0.68,
      }),
    },
  },
  "Qwen/Qwen3-0.6B-GGUF": {
    takes: "Qwen3-0.6B-Q8_0.gguf",
    files: { ...SMALL, LICENSE: 11_300, params: 170, "Qwen3-0.6B-Q8_0.gguf": 639_446_688 },
  },
  "ggml-org/gemma-3-4b-it-GGUF": {
    takes: "gemma-3-4b-it-Q4_K_M.gguf",
    files: {
      ...SMALL,
      ...formats("gemma-3-4b-it-", { Q4_K_M: 2.49, Q8_0: 4.13, f16: 7.77 }),
      "mmproj-model-f16.gguf": 851_251_104,
    },
  },
  "microsoft/Phi-3-mini-4k-instruct-gguf": {
    takes: "Phi-3-mini-4k-instruct-q4.gguf",
    files: {
      ...SMALL,
      "CODE_OF_CONDUCT.md": 444,
      Modelfile_fp16: 270,
      Modelfile_q4: 270,
      ...formats("Phi-3-mini-4k-instruct-", { fp16: 7.64, q4: 2.39 }),
    },
  },
  "mradermacher/SmolLM3-3B-i1-GGUF": {
    takes: "SmolLM3-3B.i1-Q4_K_M.gguf",
    files: {
      ...SMALL,
      "imatrix.dat": 3_900_000,
      ...formats("SmolLM3-3B.i1-", {
        IQ1_M: 0.85,
        IQ2_XXS: 0.95,
        IQ3_XS: 1.41,
        IQ4_XS: 1.69,
        Q2_K: 1.25,
        Q2_K_S: 1.18,
        Q3_K_M: 1.57,
        Q4_0: 1.79,
        Q4_1: 1.96,
        Q4_K_M: 1.92,
        Q4_K_S: 1.79,
        Q5_K_M: 2.21,
        Q5_K_S: 2.16,
        Q6_K: 2.53,
      }),
    },
  },
  "HuggingFaceTB/SmolLM2-360M-Instruct": {
    takes: "folder",
    files: {
      ...FOLDER,
      "all_results.json": 260,
      "model.safetensors": 723_674_912,
      "onnx/model.onnx": 1_450_000_000,
      "onnx/model_q4.onnx": 388_000_000,
      "runs/Oct31_11-30-12/events.out.tfevents.1": 24_000,
      "training_args.bin": 7608,
    },
  },
  "ibm-granite/granite-4.0-1b": {
    takes: "folder",
    files: {
      ...FOLDER,
      "chat_template.jinja": 6400,
      "model-00001-of-00002.safetensors": 2_000_000_000,
      "model-00002-of-00002.safetensors": 700_000_000,
      "model.safetensors.index.json": 27_000,
    },
  },
  "someone/gpt2-like": {
    // No tokenizer.json: its two lists say the same.
    takes: "folder",
    files: {
      ...SMALL,
      "config.json": 700,
      "merges.txt": 456_000,
      "model.safetensors": 548_000_000,
      "vocab.json": 1_040_000,
    },
  },
  "unsloth/gemma-3-270m-it-GGUF": {
    takes: "Q4_K_M/gemma-3-270m-it-Q4_K_M-00001-of-00002.gguf",
    files: {
      ...SMALL,
      "mmproj-F16.gguf": 850_000_000,
      "Q4_K_M/gemma-3-270m-it-Q4_K_M-00001-of-00002.gguf": 150_000_000,
      "Q4_K_M/gemma-3-270m-it-Q4_K_M-00002-of-00002.gguf": 100_000_000,
      ...formats("gemma-3-270m-it-", { Q3_K_M: 0.24, Q5_K_M: 0.26, Q8_0: 0.29 }),
    },
  },
  "Felladrin/gguf-sharded-Qwen3-0.6B": {
    takes: "Qwen3-0.6B.Q4_K_M.shard-00001-of-00003.gguf",
    files: {
      ...SMALL,
      "Qwen3-0.6B.Q4_K_M.shard-00002-of-00003.gguf": 200_000_000,
      "Qwen3-0.6B.Q4_K_M.shard-00003-of-00003.gguf": 84_000_000,
      "Qwen3-0.6B.Q4_K_M.shard-00001-of-00003.gguf": 200_000_000,
      // All parts together do not fit.
      ...formats("Qwen3-0.6B.IQ4_XS.shard-0000", { "1-of-00002": 1.9, "2-of-00002": 1.9 }),
      "Qwen3-0.6B.Q8_0.shard-00001-of-00002.gguf": 400_000_000,
    },
  },
  "Qwen/Qwen2.5-3B-Instruct-GGUF": {
    // Of the same in one file and in two, the one file.
    takes: "qwen2.5-3b-instruct-q4_k_m.gguf",
    files: {
      ...SMALL,
      "qwen2.5-3b-instruct-q4_k_m-00001-of-00002.gguf": 1_990_000_000,
      "qwen2.5-3b-instruct-q4_k_m-00002-of-00002.gguf": 110_000_000,
      "qwen2.5-3b-instruct-q4_k_m.gguf": 2_100_000_000,
    },
  },
  "someone/half-uploaded-GGUF": {
    fails: "unsupported_format",
    says: /GGUF files that lack parts/,
    files: { ...SMALL, "m-Q4_K_M-00001-of-00003.gguf": 1_000_000, "m-Q4_K_M-00003-of-00003.gguf": 1_000_000 },
  },
  "prism-ml/Bonsai-1.7B-gguf": {
    takes: "Bonsai-1.7B-Q1_0.gguf",
    files: { ...SMALL, "Bonsai-1.7B-Q1_0.gguf": 248_000_000 },
  },
  "unsloth/gpt-oss-small-GGUF": {
    takes: "gpt-oss-small-MXFP4.gguf",
    files: { ...SMALL, ...formats("gpt-oss-small-", { MXFP4: 1.1, F16: 2.4, Q2_K: 0.8, IQ2_M: 0.7 }) },
  },
  "onnx-community/Qwen3-0.6B-ONNX": {
    fails: "unsupported_format",
    says: /but ONNX$/,
    files: {
      ...FOLDER,
      "onnx/model.onnx": 1_000_000,
      "onnx/model.onnx_data": 2_384_000_000,
      "onnx/model_q4f16.onnx": 570_000_000,
    },
  },
  "mlc-ai/Qwen3-0.6B-q4f16_1-MLC": {
    fails: "unsupported_format",
    says: /weights for other libraries/,
    files: { ...SMALL, "mlc-chat-config.json": 2000, "params_shard_0.bin": 77_791_232, "tokenizer.json": 11_400_000 },
  },
  "EleutherAI/gpt-neo-125m": {
    fails: "unsupported_format",
    says: /pickles of PyTorch/,
    files: { ...SMALL, "config.json": 1000, "pytorch_model.bin": 526_000_000, "rust_model.ot": 500_000_000 },
  },
  "ggml-org/some-projectors-GGUF": {
    fails: "unsupported_format",
    says: /projector of pictures/,
    files: { ...SMALL, "mmproj-Qwen2-VL-2B-Instruct-f16.gguf": 1_300_000_000 },
  },
  "someone/qwen3-lora": {
    fails: "unsupported_format",
    says: /an adapter/,
    files: { ...SMALL, "adapter_config.json": 800, "adapter_model.safetensors": 40_000_000, "training_args.bin": 5000 },
  },
  "microsoft/bitnet-b1.58-2B-4T-gguf": {
    fails: "unsupported_format",
    says: /GGUF files in I2_S/,
    files: { ...SMALL, "ggml-model-i2_s.gguf": 1_190_000_000 },
  },
  "Qwen/Qwen3-4B": {
    fails: "out_of_memory",
    says: /8\.0 GB, and about 3\.0 GB fit here/,
    files: {
      ...FOLDER,
      "model-00001-of-00003.safetensors": 3_957_900_840,
      "model-00002-of-00003.safetensors": 3_987_450_520,
      "model-00003-of-00003.safetensors": 99_630_640,
      "model.safetensors.index.json": 32_800,
    },
  },
};
