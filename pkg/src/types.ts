/**
 * Public types of the package: what goes into `load`, `ask` and `score`, and what comes out.
 */

import type { Answer, OddWord, RequestOptions, Score, Token } from "./contract.js";
import type { EngineKind, Method } from "./methods.js";
import type { Adapter, AdapterFile, AdapterInfo } from "./tune/adapter.js";

export type {
  Answer,
  Attribution,
  Demonstrations,
  Example,
  Explanation,
  Risk,
  Sample,
  Score,
  SemanticToken,
  Span,
  State,
  Timings,
  Token,
} from "./contract.js";

/** Where the model runs. `auto` takes WebGPU when a GPU is behind it and computes right, otherwise the CPU. */
export type Device = "auto" | "webgpu" | "cpu";

/**
 * Where downloaded weights are kept: the origin's private file system, Cache Storage, a folder on the disk (Node, Deno,
 * Bun), or nowhere.
 */
export type CacheKind = "opfs" | "cache-api" | "disk" | "none";

/** A file handed over by the page. */
export type ModelFiles = readonly File[] | Readonly<Record<string, Blob>>;

/**
 * What to load: a known name ({@link KNOWN_MODELS}), a model of Hugging Face as `owner/name` or by the address of its page, the
 * URL of a GGUF file or of a Hugging Face folder, a GGUF as `File` or `Blob`, or the files of a Hugging Face folder. In Node, Deno
 * and Bun also the path of a GGUF file or of such a folder: absolute, relative to where the program runs, below `~`, or as a
 * `file:` URL. Of a GGUF file that is split, any part stands for the whole; as files, all parts are passed.
 *
 * Of `owner/name`, the list of files is asked for, and the GGUF file that suits best is taken, or else the safetensors.
 * `owner/name:Q4_K_M` names a format (or a file), `owner/name@v1` a branch, a tag or a commit, and `hf.co/` may stand before it.
 */
export type ModelSource = string | URL | Blob | ModelFiles;

/**
 * An adapter: one that was trained or opened here, its files (a PEFT folder or llama.cpp's GGUF, from a picker, or as
 * {@link Adapter.peft} gave them), or where they are: `owner/name` of Hugging Face, the URL of a folder or of a GGUF file, or a
 * path where there are paths.
 */
export type AdapterSource = Adapter | string | URL | Blob | ModelFiles | readonly AdapterFile[];

/** The wasm module: compiled, its bytes, or where they are. */
export type Wasm = WebAssembly.Module | BufferSource | string | URL;

/**
 * The Hugging Face folder of a text encoder (BERT, RoBERTa, MPNet, DistilBERT, DeBERTa-v2/v3, ModernBERT in safetensors): a known name
 * ({@link KNOWN_ENGINES}), `owner/name` of Hugging Face, its URL, its files, or its path where there are paths.
 */
export type EncoderFolder = string | URL | ModelFiles;

/** An encoder, with hashes of its files by name or another place for those of a known name. */
export type EncoderSource =
  | EncoderFolder
  | {
      source: EncoderFolder;
      integrity?: Readonly<Record<string, string>>;
      baseUrl?: string | URL;
    };

/**
 * Who compares texts, for methods that need it. Nothing is loaded before such a method is asked for; what was loaded is
 * kept until another encoder takes its place.
 */
export interface Engines {
  /** How alike two texts are: by their words (`lexical`), or a sentence encoder. */
  embed?: "lexical" | EncoderSource;
  /** What follows from a text: by the words, by asking the language model itself (`judge`), or a cross-encoder. */
  nli?: "lexical" | "judge" | EncoderSource;
}

/** What happens while a model loads. Sizes are bytes. */
export type LoadProgress =
  | {
      phase: "download";
      file: string;
      /** Bytes present, those of an earlier, cut download included. */
      loaded: number;
      /** Null when the server does not say. */
      total: number | null;
      bytesPerSecond: number;
    }
  | { phase: "verify"; file: string; loaded: number; total: number }
  | { phase: "load"; tensor: string; loaded: number; total: number }
  | { phase: "warning"; message: string };

/** Options of {@link load}. */
export interface LoadOptions {
  /** Default `auto`. */
  device?: Device;
  /**
   * Threads that compute on the CPU. By default as many as help, where memory may be shared: in the worker of a page that is
   * isolated from others (`Cross-Origin-Opener-Policy: same-origin`, `Cross-Origin-Embedder-Policy: require-corp`), and of
   * Deno. Elsewhere one. Numbers are the same on any number of threads.
   */
  threads?: number;
  /** Default `opfs` in browsers and `disk` in Node, Deno and Bun; `none` where there is no such thing. */
  cache?: CacheKind;
  /**
   * The folder of `disk`. Default `semgrad/models` in `$XDG_CACHE_HOME`, or in the user's own folder for caches: `~/.cache`,
   * on macOS `~/Library/Caches`, on Windows `%LOCALAPPDATA%`. The command line has the same.
   */
  cacheDir?: string;
  /** Hears of downloads, hashes, tensors and warnings. */
  onProgress?: (progress: LoadProgress) => void;
  /** Aborts download, hashing and reading within one chunk or tensor. A cut download resumes at the next `load`. */
  signal?: AbortSignal;
  /** Expected SHA-256, as 64 hex digits or `sha256-<base64>`; for a folder, one per file name. */
  integrity?: string | Readonly<Record<string, string>>;
  /**
   * The model's profile (semantic position, calibration) as an object or JSON text. By default the one that the package
   * has for these weights, if any; null or `"none"` for none.
   */
  profile?: object | string | null;
  /** An adapter that the model begins with, as `model.useAdapter` takes it. */
  adapter?: AdapterSource;
  /** Engines of every question that names no others. */
  engines?: Engines;
  /** Trained probes of this model's states (`semgrad probe`) as an object or JSON text, for `sep` and `sep_tbg`. */
  probes?: object | string;
  /** The list of synonyms for `wordings: "search"`: a URL, a path, a file, or its text; by default the package's own. */
  synonyms?: string | URL | Blob;
  /**
   * Default true: run in a Worker where there are workers. The interface is the same without. Where a bundler or a
   * policy stands in the way, a Worker of your own that runs `semgrad/worker`, which ends with the model.
   */
  worker?: boolean | Worker;
  /** Where the files of a known name are served, when not at their usual place. */
  baseUrl?: string | URL;
  /** The hub that `owner/name` means, where it is not https://huggingface.co: a mirror with the same API. */
  hub?: string | URL;
  /** The wasm module, when it is not to be fetched from beside the package (edge workers compile it ahead). */
  wasm?: Wasm;
}

/** One turn of a conversation. */
export interface Message {
  role: "system" | "user" | "assistant" | (string & {});
  content: string;
}

/**
 * The prompt position whose hidden states SemGrad looks at: the assistant header, what the profile says, or counted from
 * the end of the prompt (-1 is the last prompt token).
 */
export type SemanticPosition = "header" | "profile" | number;

/** What happens between a question and its result. */
export type AskProgress =
  | { phase: "prefill"; done: number; total: number }
  /** An engine or the list of synonyms is fetched and loaded, beside the answer. */
  | { phase: "engine"; engine: EngineKind | "synonyms"; progress: LoadProgress }
  /** The words of a given answer that stand out (`examine`), while the rest is still being asked. */
  | { phase: "words"; odd: OddWord[] }
  /** Scoring begins. */
  | { phase: "score"; method: null; score: null }
  /** A score is final, while others still gather what they need. */
  | { phase: "score"; method: string; score: Score };

/** What `ask` and `score` share: the fields of a request that are no part of the question, and who is told of what. */
export interface ScoreOptions extends RequestOptions {
  /** Takes effect within one token, or one layer of prefill. */
  signal?: AbortSignal;
  /** Default {@link DEFAULT_METHODS}; an empty list scores nothing. */
  methods?: readonly Method[];
  /** Who compares texts; a method whose engine is not named fails alone with `engine_required`. */
  engines?: Engines;
  semanticPosition?: SemanticPosition;
  /** Hears of the prompt's layers, of engines that load, and of each score as it becomes final. */
  onProgress?: (progress: AskProgress) => void;
}

/** Options of `ask`. */
export interface AskOptions extends ScoreOptions {
  /** Hears of each token as it is written. */
  onToken?: (token: Token & { index: number }) => void;
}

/** The scores that were asked for, by id. */
export type Scores = Answer["scores"];

/** The profile that a model uses. */
export interface ModelProfile {
  /** Whose file it is. */
  origin: "package" | "caller";
  /** What stood before every question, and stands before those that are asked with no other `prefix`. */
  prefix: string;
  /** Most tokens of an answer, unless a question says otherwise; null where no calibration says. */
  maxTokens: number | null;
  /** Whose answers its confidences were fitted on: the model's own greedy ones, or given ones. */
  answers: ("own" | "given")[];
  /** Hash of the adapter that the model had then; with another one, or none, there are no confidences. */
  adapter: string | null;
}

/** A loaded model's facts. */
export interface ModelInfo {
  /** Known name, or file or folder name. */
  name: string;
  architecture: string;
  layers: number;
  hidden: number;
  vocab: number;
  parameters: number;
  /** Longest prompt plus answer, in tokens. */
  context: number;
  device: "webgpu" | "cpu";
  /** The graphics adapter's name, null on the CPU. */
  gpu: string | null;
  /** Why this device. */
  deviceReason: string;
  /** Threads that compute. */
  threads: number;
  tokenizer: boolean;
  chatTemplate: boolean;
  /** Where confidences come from; null without. */
  profile: ModelProfile | null;
  /** The adapter in use (`model.useAdapter`); null without. */
  adapter: AdapterInfo | null;
  /** What was read; the hash is null for local files without `integrity`. */
  files: { name: string; size: number; sha256: string | null }[];
}
