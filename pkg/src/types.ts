/**
 * Public types of the package: what goes into `load`, `ask` and `score`, and what comes out.
 */

import type { ErrorRecord } from "./errors.js";
import type { Evidence } from "./evidence.js";
import type { EngineKind, KnownMethod, Method } from "./methods.js";
import type { Verdict, VerdictThresholds } from "./verdict.js";

/** Where the model runs. `auto` takes WebGPU when a GPU is behind it and computes right, otherwise the CPU. */
export type Device = "auto" | "webgpu" | "cpu";

/** Where downloaded weights are kept: the origin's private file system, Cache Storage, or nowhere. */
export type CacheKind = "opfs" | "cache-api" | "none";

/** A file handed over by the page. */
export type ModelFiles = readonly File[] | Readonly<Record<string, Blob>>;

/**
 * What to load: a known name ({@link KNOWN_MODELS}), the URL of a GGUF file or of a Hugging Face folder, a GGUF as `File`
 * or `Blob`, or the files of a Hugging Face folder.
 */
export type ModelSource = string | URL | Blob | ModelFiles;

/** The wasm module: compiled, its bytes, or where they are. */
export type Wasm = WebAssembly.Module | BufferSource | string | URL;

/**
 * The Hugging Face folder of a text encoder (BERT, RoBERTa, DeBERTa-v2/v3 in safetensors): a known name
 * ({@link KNOWN_ENGINES}), its URL, or its files.
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
  /** Default `opfs`, or `none` where the browser has no such file system. */
  cache?: CacheKind;
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
  /** Engines of every question that names no others. */
  engines?: Engines;
  /** Trained probes of this model's states (`semgrad probe`) as an object or JSON text, for `sep` and `sep_tbg`. */
  probes?: object | string;
  /** The list of synonyms for `wordings: "search"`: a URL, a file, or its text; by default the package's own. */
  synonyms?: string | URL | Blob;
  /**
   * Default true: run in a Worker where there are workers. The interface is the same without. Where a bundler or a
   * policy stands in the way, a Worker of your own that runs `semgrad/worker`, which ends with the model.
   */
  worker?: boolean | Worker;
  /** Where the files of a known name are served, when not at their usual place. */
  baseUrl?: string | URL;
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
  /** Scoring begins. */
  | { phase: "score"; method: null; score: null }
  /** A score is final, while others still gather what they need. */
  | { phase: "score"; method: string; score: Score };

/** An answer whose truth is known, shown to the model before it is asked about this one (`p_true`). */
export interface Example {
  question: string;
  /** Other answers to it. */
  brainstormed?: readonly string[];
  answer: string;
  truth: boolean;
}

/** A text to classify after sets of demonstrations (`icl_epistemic`, `icl_aleatoric`). */
export interface Demonstrations {
  /** Names of the labels. */
  labels: readonly string[];
  /** Each set gives one prompt; `label` is an index. */
  sets: readonly (readonly { text: string; label: number }[])[];
  /** The question, where it is missing. */
  text?: string;
}

/** What shares of wrong answers are tolerated: the verdict's thresholds. What is left out is as in the calibration. */
export interface Risk {
  /** Of answers that are given as they are, above 0 and below 1. */
  answer?: number;
  /** Of those that are given with a flag; larger than that. */
  abstain?: number;
  /**
   * What is bounded: wrong answers among all questions, on average (`conformal`); among those answered, with high
   * probability (`selective`); or nothing, and the semantic entropy of samples decides (`entropy`).
   */
  mode?: "conformal" | "selective" | "entropy";
}

/** What `ask` and `score` share. */
export interface ScoreOptions {
  /** Takes effect within one token, or one layer of prefill. */
  signal?: AbortSignal;
  /** Default {@link DEFAULT_METHODS}; an empty list scores nothing. */
  methods?: readonly Method[];
  /** Who compares texts; a method whose engine is not named fails alone with `engine_required`. */
  engines?: Engines;
  /** Of the answer, and of every sample. */
  maxTokens?: number;
  /** Answers to draw beside the greedy one, 1 to 256; they are decoded side by side. 10 where a method needs some. */
  samples?: number;
  /** Of the samples where some are asked for (1 by default), else of the answer (0, greedy, by default). */
  temperature?: number;
  seed?: number;
  semanticPosition?: SemanticPosition;
  /** Also return mean |g| at the last `tail` prompt positions, for every computed layer. */
  tail?: number;
  /** Also return the prompt's tokens, and mean |g| at every one of them: which words the answer hangs on. */
  explain?: boolean;
  /** Gradients at every hidden state instead of the upper half. */
  allLayers?: boolean;
  /** Put before the question, verbatim. */
  prefix?: string;
  /** System message; without one the model's own template default applies. */
  system?: string;
  /** Other wordings of the question, instead of those found by `wordings`. */
  paraphrases?: readonly string[];
  /** Who finds other wordings: the model is asked for them (default), or words are exchanged for synonyms. */
  wordings?: "model" | "search";
  examples?: readonly Example[];
  demonstrations?: Demonstrations;
  /** Also split the answer into claims and score each. */
  spans?: boolean;
  /** Also return what the methods read, for {@link evaluate}. */
  evidence?: boolean;
  /** Also return the hidden state that {@link calibrate} can learn from. */
  state?: boolean;
  /** Instead of the calibration's own, for the verdict. */
  risk?: Risk;
  /** Hears of the prompt's layers, of engines that load, and of each score as it becomes final. */
  onProgress?: (progress: AskProgress) => void;
}

/** Options of `ask`. */
export interface AskOptions extends ScoreOptions {
  /** Hears of each token as it is written. */
  onToken?: (token: Token & { index: number }) => void;
}

/** One token of the answer; numbers in nats over the full vocabulary. */
export interface Token {
  id: number;
  /** Null for a model without tokenizer. */
  text: string | null;
  logprob: number | null;
  entropy: number | null;
  /** Difference of the two largest logits. */
  top2Margin: number | null;
}

/** One drawn answer. */
export interface Sample {
  /** Null for a model without tokenizer. */
  text: string | null;
  responseIds: number[];
  /** By token, in nats, at temperature 1 whatever temperature drew it. */
  logprob: number[];
  /** False when `maxTokens` cut it off. */
  finished: boolean;
}

/** One score; higher means less sure. */
export interface Score {
  score: number | null;
  /** Calibrated probability of being right; null when no profile fits. */
  confidence: number | null;
  confidenceReason: string | null;
  ms: number;
  /** Forward and backward passes that this score needed beyond the answer itself. */
  passes: number;
  /** When this method alone failed. */
  error?: ErrorRecord;
}

/** A part of the answer with scores of its own; higher means less sure. */
export interface Span {
  text: string;
  /** Its tokens: the first, and one past the last. */
  tokens: [number, number];
  /** By method; null where undefined. */
  scores: Partial<Record<KnownMethod, number | null>> & Readonly<Record<string, number | null | undefined>>;
}

/** The scores that were asked for, by id. */
export type Scores = Partial<Record<KnownMethod, Score>> & Readonly<Record<string, Score | undefined>>;

/** The prompt token at which the gradients were taken. */
export interface SemanticToken {
  /** Index into `promptIds`. */
  index: number;
  /** The same from the end: -1 is the last prompt token. */
  offset: number;
  token: string | null;
  /** Why this one: `header`, `profile`, `last` … */
  rule: string;
}

/** What the model's own state was at the answer's end. */
export interface State {
  /** Which hidden state; 0 is the embedding. */
  layer: number;
  /** One number for each of the state's dimensions. */
  values: number[];
}

/** What the gradients say about the prompt. */
export interface Explanation {
  /** `part`: the text of a message (the prefix included), or the template around it; null where ids were given. */
  tokens: { id: number; text: string | null; part: "user" | "template" | null }[];
  /** Mean |g|, `[layer][token]`; a layer is null where not computed (below the upper half without `allLayers`). */
  gradients: ((number | null)[] | null)[];
}

/** Times of one question in milliseconds. */
export interface Timings {
  load: number | null;
  prefill: number | null;
  decode: number | null;
  /** Absent without samples. */
  samples?: number;
  /** Waiting for engines that were not loaded yet when the answer was there; absent where no method needs one. */
  engines?: number;
  score: number | null;
}

/** An answer and how far to trust it. */
export interface Answer {
  text: string | null;
  /** 0..1, or null with the reason beside. */
  confidence: number | null;
  confidenceReason: string | null;
  /**
   * What made the confidence: `intercept` first, then by signal (a method's id, `answer_tokens`, `prompt_tokens`, `state`)
   * what it adds to the log-odds of being right; null without a confidence.
   */
  confidenceParts: { name: string; contribution: number }[] | null;
  verdict: Verdict | null;
  /** The verdict in one sentence. */
  verdictReason: string | null;
  /** Where the verdict changes; null without one, and where it is not made of the confidence (`mode: "entropy"`). */
  verdictThresholds: VerdictThresholds | null;
  scores: Scores;
  tokens: Token[];
  /** What was drawn beside the answer; null without `samples`. */
  samples: Sample[] | null;
  /** Parts of the answer; null without `spans`. */
  spans: Span[] | null;
  /** What the methods read; null without `evidence`. */
  evidence: Evidence | null;
  /** The model's own state at the answer's end; null without `state`. */
  state: State | null;
  /** Mean |g| at the semantic token for hidden states 0..L-1; null where not computed. */
  layers: (number | null)[];
  /** `[layer][position]`, last column = last prompt token; null without `tail`, a layer null where not computed. */
  gradL1Tail: ((number | null)[] | null)[] | null;
  /** The prompt and its gradients; null without `explain`. */
  explanation: Explanation | null;
  semanticPosition: SemanticToken | null;
  /** exp(-mean entropy), the mixing weight of `hybridgrad`. */
  alpha: number | null;
  warnings: string[];
  ms: Timings;
  device: "webgpu" | "cpu";
  finishReason: string | null;
  promptIds: number[];
  responseIds: number[];
}

/** The profile that a model uses. */
export interface ModelProfile {
  /** Whose file it is. */
  origin: "package" | "caller";
  /** What stood before every question: there is a confidence only for questions that are asked with the same `prefix`. */
  prefix: string;
  /** Whose answers its confidences were fitted on: the model's own greedy ones, or given ones. */
  answers: ("own" | "given")[];
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
  adapter: string | null;
  /** Why this device. */
  deviceReason: string;
  tokenizer: boolean;
  chatTemplate: boolean;
  /** Where confidences come from; null without. */
  profile: ModelProfile | null;
  /** What was read; the hash is null for local files without `integrity`. */
  files: { name: string; size: number; sha256: string | null }[];
}
