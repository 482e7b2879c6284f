/**
 * What goes into the model and what comes out, and the lists that belong to it.
 *
 * Made from the Rust types by `cargo xtask contract`: change those.
 */

/** Every score, in the order of the registry. */
export const METHODS = [
  "semgrad",
  "semgrad_last",
  "paragrad",
  "exgrad",
  "hybridgrad",
  "gnll",
  "perplexity",
  "mean_token_entropy",
  "max_token_entropy",
  "lsc",
  "boosted_prob",
  "self_certainty",
  "renyi",
  "fisher_rao",
  "attention_score",
  "rauq",
  "nci",
  "fdbd",
  "ln_pe",
  "predictive_entropy",
  "semantic_entropy",
  "semantic_entropy_lax",
  "discrete_semantic_entropy",
  "p_true",
  "self_consistency",
  "lexical_similarity",
  "num_set",
  "deg",
  "eccentricity",
  "eigv",
  "kle_heat",
  "kle_matern",
  "sar",
  "sar_token",
  "sar_sentence",
  "eigenscore",
  "semantic_density",
  "cocoa",
  "mutual_information",
  "snne",
  "hybrid_dse",
  "esi",
  "inv_entropy",
  "ni_entropy",
  "nr_inv_entropy",
  "wd_px_py",
  "max_py_x",
  "icl_epistemic",
  "icl_aleatoric",
  "luq",
  "ccp",
  "claim_semantic_entropy",
  "sep",
  "sep_tbg",
] as const;

/**
 * Scores that take no more than the answer itself and a partial pass back: neither samples nor other prompts, engines
 * or probes. Confidences are made of these; ask for all of them where you gather answers for {@link calibrate}.
 */
export const ONE_PASS_METHODS = [
  "semgrad",
  "semgrad_last",
  "paragrad",
  "exgrad",
  "hybridgrad",
  "gnll",
  "perplexity",
  "mean_token_entropy",
  "max_token_entropy",
  "lsc",
  "boosted_prob",
  "self_certainty",
  "renyi",
  "fisher_rao",
  "attention_score",
  "rauq",
  "nci",
  "fdbd",
] as const;

/** Scores that `ask` and `score` compute unless told otherwise. */
export const DEFAULT_METHODS = ["semgrad", "paragrad", "exgrad", "hybridgrad"] as const;

/** A score with a name known to the type checker. */
export type KnownMethod = (typeof METHODS)[number];

/** What there is of each score that was asked for, by id. */
export type ByMethod<T> = Partial<Record<KnownMethod, T>> & Readonly<Record<string, T | undefined>>;

/** Every sentence that a `confidenceReason` can be. */
export const CONFIDENCE_REASONS = {
  none: "No calibration was given for this model.",
  other_key: "The profile was made for another prefix or chat template.",
  adapter: "The profile was made without the adapter in use, or with another one.",
  given: "The answer was given, and the calibration was fitted to the model's own answers.",
  own: "The model wrote the answer, and the calibration was fitted to given answers.",
  temperature: "The answer was drawn at another temperature than those of calibration.",
  system: "The system message is another than that of calibration.",
  conversation: "The calibration was fitted to single questions, not to conversations or token ids.",
  cut: "The answer was cut off at the longest length that it was allowed.",
  length: "The answer is longer than answers were allowed to be in calibration.",
  position: "The semantic position is another than that of calibration.",
  samples: "The samples were not drawn as in calibration.",
  engines: "Texts were not compared by the engine of calibration.",
  no_methods: "No scores were asked for.",
  missing: "A score that the confidence is made of has no value for this answer.",
  not_fitted: "This score was not calibrated.",
  not_combined: "The calibration has maps of single scores only.",
  undefined: "The score has no value for this answer.",
  stopped: "The answer was cut off at a stop sequence.",
  unlike: "To the model, this question is unlike those of calibration.",
  other_kind: "The calibration was fitted to other kinds of questions.",
  opinion: "This confidence was made for short English questions of fact; this asks for an opinion.",
  creative: "This confidence was made for short English questions of fact; this asks for something made up.",
  advice: "This confidence was made for short English questions of fact; this asks for advice.",
  task: "This confidence was made for short English questions of fact; this asks for a text, a list or an explanation.",
  arithmetic: "This confidence was made for short English questions of fact; this is a calculation.",
  code: "This confidence was made for short English questions of fact; this is about programming.",
  translation: "This confidence was made for short English questions of fact; this asks for a translation.",
  language: "This confidence was made for short English questions of fact; this is not in English.",
  context:
    "This confidence was made for short English questions of fact; this seems to refer to something said or shown before.",
  long: "This confidence was made for short English questions of fact; this is a long question, or several at once.",
  small_talk:
    "This confidence was made for short English questions of fact; this is small talk, or about you or the model.",
  unknowable: "This confidence was made for short English questions of fact; this asks for what a model cannot know.",
  other: "This confidence was made for short English questions of fact; this does not read like one.",
} as const;

/** The same for people, with what to do: what `explanation.none` says for that reason. */
export const NO_JUDGMENT = {
  none: "How often this model is right was never tested. Use one that comes with a profile, or judge some of its answers and calibrate.",
  other_key:
    "How often this model is right was tested with another prefix before the question, or with another chat template. Leave the prefix to the profile, or calibrate with your own.",
  adapter:
    "The model was taught something since it was tested, so nothing is known of its answers now. Put the adapter away, or judge some answers that it gives with it and calibrate.",
  given:
    "The answer is somebody else's, and this model was only tested with its own. Let it answer by itself, or calibrate with given answers.",
  own: "The answer is the model's own, and it was only tested as a judge of given ones. Give it an answer to judge, or calibrate with its own answers.",
  temperature:
    "The words of this answer were drawn with more or less chance than in the test. Ask again with the temperature of the calibration, which is usually 0.",
  system:
    "The model was given other instructions than in the test. Ask again with the system message of the calibration, which is usually none.",
  conversation:
    "Only single questions were tested, and this one belongs to a conversation or was not given as text. Ask it by itself.",
  cut: "The answer was cut off before it came to its end, so that nobody can say whether it would be right. Have the model go on, or ask for a shorter answer.",
  length: "The answer is longer than any in the test. Ask for a shorter answer.",
  position:
    "The model's states were read at another place than in the test. Leave the semantic position to the profile.",
  samples:
    "More or fewer answers were drawn than in the test, or in another way. Draw as many as the calibration did, at its temperature.",
  engines: "Answers were compared in another way than in the test. Name the engines of the calibration.",
  no_methods:
    "No scores were asked for, and a judgment is made of scores. Ask for some, or leave the choice to the model.",
  missing:
    "A score that the judgment is made of has no value here: the answer is too short for it, or what it reads was not supplied. Ask for an answer in a few more words, or supply all that the calibration reads.",
  not_fitted: "This score was not calibrated. Check the answer in another way.",
  not_combined:
    "The test fitted single scores only, and a judgment takes several at once. Calibrate with the scores that every answer has.",
  undefined: "The score has no value for this answer. Check the answer in another way.",
  stopped: "The answer was cut off at a stop sequence, which no answer was in the test. Ask without one.",
  unlike:
    "To the model, this question looks different from those of the test, so nothing is known of answers to it. Ask for one fact in a short question, or judge the answer yourself.",
  other_kind: "The calibration was fitted to other kinds of questions. Check the answer in another way.",
  opinion:
    "Only answers to short English questions of fact were tested, and this asks for an opinion. Judge the answer yourself.",
  creative:
    "Only answers to short English questions of fact were tested, and this asks for something made up. Judge the answer yourself.",
  advice:
    "Only answers to short English questions of fact were tested, and this asks for advice. Judge the answer yourself.",
  task: "Only answers to short English questions of fact were tested, and this asks for a text, a list or an explanation. Judge the answer yourself.",
  arithmetic:
    "Only answers to short English questions of fact were tested, and this is a calculation. Judge the answer yourself.",
  code: "Only answers to short English questions of fact were tested, and this is about programming. Judge the answer yourself.",
  translation:
    "Only answers to short English questions of fact were tested, and this asks for a translation. Judge the answer yourself.",
  language:
    "Only answers to short English questions of fact were tested, and this is not in English. Judge the answer yourself.",
  context:
    "Only answers to short English questions of fact were tested, and this seems to refer to something said or shown before. Judge the answer yourself.",
  long: "Only answers to short English questions of fact were tested, and this is a long question, or several at once. Judge the answer yourself.",
  small_talk:
    "Only answers to short English questions of fact were tested, and this is small talk, or about you or the model. Judge the answer yourself.",
  unknowable:
    "Only answers to short English questions of fact were tested, and this asks for what a model cannot know. Judge the answer yourself.",
  other:
    "Only answers to short English questions of fact were tested, and this does not read like one. Judge the answer yourself.",
} as const;

/** Every code of an error, in the order of the contract. */
export const ERROR_CODES = [
  /** The file is not of a kind that can be read (wrong magic, unknown version, unknown tensor type). */
  "unsupported_format",
  /** The file claims to be a known format but contradicts itself or ends too early. */
  "corrupt_weights",
  /** The weights are readable but belong to a model family that is not implemented. */
  "unsupported_architecture",
  /** Text was given or wanted, and the model has no tokenizer. */
  "missing_tokenizer",
  /** The chat template does not compile or does not render. */
  "bad_template",
  /** Prompt and answer do not fit into the model's context. */
  "context_exceeded",
  /** The device or the wasm heap ran out of memory. */
  "out_of_memory",
  /** The GPU went away. */
  "device_lost",
  /** WebGPU was asked for and is not there. */
  "no_webgpu",
  /** The device computes wrong numbers. */
  "self_test_failed",
  /** A method needs a similarity engine that the caller did not name. */
  "engine_required",
  /** A confidence was asked for, and no profile fits. */
  "not_calibrated",
  /** A download failed. */
  "network",
  /** The file's hash is not the expected one. */
  "integrity_mismatch",
  /** The browser refuses more storage. */
  "quota_exceeded",
  /** The caller aborted. */
  "aborted",
  /** An argument or input line is not acceptable. */
  "bad_input",
  /** A bug of ours. */
  "internal",
] as const;

/** A stable error code. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * A question, with an answer to judge or without: exactly one of `question`, `messages`, `prompt_ids`, and at most one
 * of `answer`, `response_ids`. Unknown fields are refused.
 */
export interface RawRequest {
  /** Returned as it came. */
  id?: unknown;
  /** The user message. */
  question?: string;
  /** A whole conversation instead. */
  messages?: readonly RawMessage[];
  /** Its token ids instead. */
  prompt_ids?: readonly number[];
  /** Answer to judge; it is tokenized alone, and the end-of-turn token is appended. */
  answer?: string;
  /** Ids of an answer to judge, verbatim. */
  response_ids?: readonly number[];
  /**
   * Most tokens to generate, of the answer and of every sample. Left out, it is what the calibration that fits was made
   * with, else 128.
   */
  max_tokens?: number;
  /** Answers to draw beside the greedy one, 1 to 256, side by side. 10 where a method needs some. */
  samples?: number;
  /** Of the samples where some are asked for (1 by default), else of the answer (0, greedy, by default). */
  temperature?: number;
  /** Seed of the draws. */
  seed?: number;
  /** Scores to compute by their ids, or `all`. */
  methods?: readonly string[];
  /**
   * The prompt position whose hidden states SemGrad looks at: `header`, `profile`, or `-N` counted from the prompt's
   * end.
   */
  semantic_position?: string;
  /** Also return mean |g| at this many last prompt positions, for every computed layer. */
  tail?: number;
  /** Gradients at every hidden state instead of the upper half. */
  all_layers?: boolean;
  /** Also return the prompt's tokens, and mean |g| at every one of them: which words the answer hangs on. */
  attribute?: boolean;
  /** Also return with each token of the answer what else the model might have written there. */
  rivals?: boolean;
  /** Who compares texts; a method whose engine is not named fails alone with `engine_required`. */
  engines?: EngineNames;
  /** Other wordings of the question, instead of those found by `wordings`. */
  paraphrases?: readonly string[];
  /**
   * Who finds other wordings: `model` is asked for them, `search` exchanges words by a list of synonyms, and is the
   * default where one was loaded.
   */
  wordings?: "model" | "search";
  /** Answers whose truth is known, shown to the model before it is asked about this one (`p_true`). */
  examples?: readonly Example[];
  /** A classification by demonstrations (`icl_epistemic`, `icl_aleatoric`). */
  demonstrations?: Demonstrations;
  /** Also split the answer into claims and score each. */
  spans?: boolean;
  /**
   * Also examine the given answer: which of its words stand out, what the model would have said, and how far to doubt
   * it.
   */
  examine?: boolean;
  /**
   * Short answers of the model's own that an examined answer is compared with, at most 16: 5 if left out, 0 for none.
   */
  own_answers?: number;
  /** Also return what the methods read, as `evaluate` and `semgrad methods eval` take it. */
  evidence?: boolean;
  /** Also return the hidden state that calibration can learn from. */
  state?: boolean;
  /** What shares of wrong answers are tolerated, instead of the calibration's own, for the verdict. */
  risk?: Risk;
  /**
   * Put before the question, verbatim; an empty text is none. Left out, it is that of the profile that fits weights and
   * template, and none in a conversation of several turns: those were not calibrated.
   */
  prefix?: string;
  /** System message; without one the model's own template default applies. */
  system?: string;
}

/** Fields of a request that are set by options as they are. */
export interface RequestOptions {
  /**
   * Most tokens to generate, of the answer and of every sample. Left out, it is what the calibration that fits was made
   * with, else 128.
   */
  maxTokens?: number;
  /** Answers to draw beside the greedy one, 1 to 256, side by side. 10 where a method needs some. */
  samples?: number;
  /** Of the samples where some are asked for (1 by default), else of the answer (0, greedy, by default). */
  temperature?: number;
  /** Seed of the draws. */
  seed?: number;
  /** Also return mean |g| at this many last prompt positions, for every computed layer. */
  tail?: number;
  /** Gradients at every hidden state instead of the upper half. */
  allLayers?: boolean;
  /** Also return the prompt's tokens, and mean |g| at every one of them: which words the answer hangs on. */
  attribute?: boolean;
  /** Also return with each token of the answer what else the model might have written there. */
  rivals?: boolean;
  /** Other wordings of the question, instead of those found by `wordings`. */
  paraphrases?: readonly string[];
  /**
   * Who finds other wordings: `model` is asked for them, `search` exchanges words by a list of synonyms, and is the
   * default where one was loaded.
   */
  wordings?: "model" | "search";
  /** Answers whose truth is known, shown to the model before it is asked about this one (`p_true`). */
  examples?: readonly Example[];
  /** A classification by demonstrations (`icl_epistemic`, `icl_aleatoric`). */
  demonstrations?: Demonstrations;
  /** Also split the answer into claims and score each. */
  spans?: boolean;
  /**
   * Also examine the given answer: which of its words stand out, what the model would have said, and how far to doubt
   * it.
   */
  examine?: boolean;
  /**
   * Short answers of the model's own that an examined answer is compared with, at most 16: 5 if left out, 0 for none.
   */
  ownAnswers?: number;
  /** Also return what the methods read, as `evaluate` and `semgrad methods eval` take it. */
  evidence?: boolean;
  /** Also return the hidden state that calibration can learn from. */
  state?: boolean;
  /** What shares of wrong answers are tolerated, instead of the calibration's own, for the verdict. */
  risk?: Risk;
  /**
   * Put before the question, verbatim; an empty text is none. Left out, it is that of the profile that fits weights and
   * template, and none in a conversation of several turns: those were not calibrated.
   */
  prefix?: string;
  /** System message; without one the model's own template default applies. */
  system?: string;
}

/** One message of a conversation. It may have more fields, which are not read. */
export interface RawMessage {
  /** `system`, `user`, `assistant`, …; what the template knows. */
  role: string;
  /** The text. Control tokens in it stay text. */
  content: string;
}

/** Who compares texts, by name. */
export interface EngineNames {
  /** Similarity: `lexical`, `encoder` (the default where one was loaded), or `none` though one was loaded. */
  embed?: string;
  /**
   * Entailment: `lexical`, `judge` (the language model itself), `encoder` (the default where one was loaded), or `none`
   * though one was loaded.
   */
  nli?: string;
}

/** An answer whose truth is known, shown to the model before it is asked about this one (`p_true`). */
export interface Example {
  /** The question. */
  question: string;
  /** Other answers to it. */
  brainstormed?: readonly string[];
  /** The answer in question. */
  answer: string;
  /** Whether it is true. */
  truth: boolean;
}

/** A text to classify after sets of demonstrations (`icl_epistemic`, `icl_aleatoric`). */
export interface Demonstrations {
  /** Names of the labels. */
  labels: readonly string[];
  /** Each set gives one prompt; `label` is an index. */
  sets: readonly (readonly Demonstration[])[];
  /** The text; the question where it is missing. */
  text?: string;
}

/** A text with the index of its label. */
export interface Demonstration {
  /** The text. */
  text: string;
  /** Index among the labels. */
  label: number;
}

/** What shares of wrong answers are tolerated: the verdict's thresholds. What is left out is as in the calibration. */
export interface Risk {
  /** Of answers that are given as they are, above 0 and below 1. */
  answer?: number;
  /** Of those that are given with a flag; larger than that. */
  abstain?: number;
  /** What is bounded. */
  mode?: RiskMode;
}

/**
 * What the tolerated shares of wrong answers bound.
 * - `conformal`: Wrong answers among all questions, on average.
 * - `selective`: Wrong answers among those given, with high probability.
 * - `entropy`: Nothing: the semantic entropy of samples decides.
 */
export type RiskMode = "conformal" | "selective" | "entropy";

/**
 * What was observed about one question; what was not gathered may be left out. Index 0 of a matrix over answers is the
 * greedy answer, the samples follow. Logarithms are natural. A number that was observed but is none is null.
 */
export interface Evidence {
  /** The question; methods that compare texts put it in front of an answer. */
  question?: string | null;
  /** The greedy answer. */
  answer?: string | null;
  /** Statistics of the answer's tokens, the end-of-turn token included. */
  tokens?: TokenStatistics[];
  /** Shape of each token's distribution, in step with `tokens`. */
  shapes?: DistributionShape[];
  /** Geometry of each token at the head, in step with `tokens`. */
  geometry?: Geometry[];
  /** Mean |∂ℒ/∂h| at the semantic position for hidden states 0..L−1; null where it was not computed. */
  layers?: (number | null)[];
  /** Mean |∂ℒ/∂W_head|. */
  paragrad?: number | null;
  /** The same without entropy weights. */
  exgrad?: number | null;
  /** Attention maps, as far as methods read them. */
  attention?: Attention | null;
  /** Outputs of trained probes by method: probability that semantic entropy is high. */
  probes?: Record<string, number | null>;
  /** Drawn answers. */
  samples?: SampleEvidence[];
  /** Mean log-probability of the greedy answer's tokens at temperature 0.1. */
  sharp_logprob?: number | null;
  /** Relevance of the greedy answer's tokens, as that of a sample's. */
  relevance?: (number | null)[] | null;
  /** Similarity 0..1 of answers with the question in front, `[K+1, K+1]`. */
  similarity?: (number | null)[][] | null;
  /** Entailment between answers with the question in front: premise row, hypothesis column, `[K+1, K+1]`. */
  entailment?: Entailment[][] | null;
  /** Covariance over features of the samples' sentence vectors X `[K, d]`: X·J·Xᵀ/(d − 1), J = I − 11ᵀ/d; `[K, K]`. */
  covariance?: (number | null)[][] | null;
  /** Probability, 0..1, that the model calls its answer true. */
  p_true?: number | null;
  /**
   * ln p(sample j | prompt that states sample i as one answer), whole sequence, `[K, K]`; read only where both i and j
   * are the first of their like (`representatives` of the method `mutual_information`).
   */
  iterated?: (number | null)[][] | null;
  /** Perturbed questions. */
  perturbed?: Perturbed | null;
  /** Mass of label c (row) under demonstration set j (column). */
  demonstrations?: (number | null)[][] | null;
  /** Parts of a long answer. */
  claims?: Claim[];
  /** For claims of sampled long answers: entailment of sentence k of sample i by sample j, `[K][sentences][K]`. */
  sentences?: Entailment[][][] | null;
}

/** Statistics of a token under the model's distribution at temperature 1; nats. */
export interface TokenStatistics {
  /** Log-probability of the token. */
  logprob: number | null;
  /** Entropy of the whole distribution. */
  entropy: number | null;
  /** Largest logit minus the second largest. */
  top2_margin?: number | null;
}

/** What a token's distribution P looks like beyond its entropy. */
export interface DistributionShape {
  /** (1/V)·Σ_v ln P(v): how far P is from uniform, −ln V − mean_logprob = KL(uniform ‖ P). */
  mean_logprob: number | null;
  /** ln Σ_v √(P₂(v)) with P₂ the distribution at temperature 2. */
  log_root_sum: number | null;
  /** Size V of the vocabulary. */
  vocab: number;
  /** Most probable tokens, falling: all of probability ≥ 0.005 and the next one, at least ten. */
  top: Alternative[];
}

/** A token that could have stood in the answer. */
export interface Alternative {
  /** Token id. */
  id: number;
  /** Its text. */
  text?: string | null;
  /** Its log-probability. */
  logprob: number | null;
}

/** A token's final hidden state z against the head's rows w (methods.md §11.2). */
export interface Geometry {
  /** cos(w_y, z)·‖w_y‖ for the token y of the answer. */
  nci: number | null;
  /** Mean over the most probable other tokens c of |(w_y − w_c)·z| / ‖w_y − w_c‖ / ‖z‖. */
  fdbd: number | null;
}

/** Attention of the positions that predict the answer's tokens. */
export interface Attention {
  /** Number of layers of the model. */
  depth: number;
  /** Those that were looked at. */
  layers: LayerAttention[];
  /** Those that have no attention, as short convolutions. */
  without?: number[];
}

/** Attention of the positions that predict the answer's tokens, in one layer. */
export interface LayerAttention {
  /** The layer, from 0. */
  layer: number;
  /**
   * Attention of the position that predicts token t to itself, after the softmax, `[heads][T]`. The first is the last
   * prompt position's, the others are the answer's own tokens'.
   */
  to_self: (number | null)[][];
}

/** One drawn answer. */
export interface SampleEvidence {
  /** Its text; null without a tokenizer. */
  text?: string | null;
  /** Log-probabilities of its tokens at temperature 1, the end token included. */
  logprob?: (number | null)[];
  /** Mean log-probability of its tokens at temperature 0.1. */
  sharp_logprob?: number | null;
  /** By token: 1 − similarity of the answer with and without it. */
  relevance?: (number | null)[] | null;
}

/** What a premise says about a hypothesis; the three add up to 1. */
export interface Entailment {
  /** It follows. */
  entail: number | null;
  /** Neither. */
  neutral: number | null;
  /** It is excluded. */
  contradict: number | null;
}

/** The same question asked in other words. */
export interface Perturbed {
  /** Questions, the original first: n+1. */
  questions?: string[];
  /** Replies by question, r each. */
  replies?: string[][];
  /** Similarity 0..1 of the questions, `[n+1, n+1]`. */
  question_similarity?: (number | null)[][];
  /** Similarity 0..1 of all replies in the order of `replies`, `[(n+1)·r, (n+1)·r]`. */
  reply_similarity?: (number | null)[][];
  /**
   * Hellinger distance between the distributions of the answer's tokens after the original question and after a
   * perturbed one, `[perturbation][T]`.
   */
  hellinger?: (number | null)[][];
}

/** A sentence or claim of the answer. */
export interface Claim {
  /** Its text. */
  text: string;
  /** Its tokens: first, one past the last. */
  tokens: [number, number];
  /** Mean |∂ℒ/∂h| of the upper half and mean |∂ℒ/∂W_head| with the loss restricted to its tokens. */
  semgrad?: number | null;
  /** See `semgrad`. */
  paragrad?: number | null;
  /** By token: the alternatives and how each relates to what was said; empty for function words. */
  alternatives?: Variant[][];
  /** By question that the claim could answer: the answers given afresh, the claim's own first, and their entailment. */
  questions?: ClaimQuestion[];
}

/** A token of a claim exchanged for another. */
export interface Variant {
  /** Probability of the other token. */
  probability: number | null;
  /** Said ⇒ variant. */
  forward: Entailment;
  /** Variant ⇒ said. */
  backward: Entailment;
}

/** A question that a claim could answer. */
export interface ClaimQuestion {
  /** The question. */
  question: string;
  /** Answers, the claim's own first. */
  answers: string[];
  /** Entailment between them. */
  entailment: Entailment[][];
}

/** An answer, and how far to trust it. */
export interface RawRecord {
  /** As in the request. */
  id: unknown;
  /** The prompt as the model saw it. */
  prompt_ids: number[];
  /** What was put before the question: the request's prefix, or else the profile's; empty where nothing was. */
  prefix: string;
  /** The answer, the end-of-turn token included where there is one. */
  response_ids: number[];
  /** Its text; null without a tokenizer. */
  answer: string | null;
  /** Why the answer ends. */
  finish_reason: "stop" | "length" | "given";
  /** The answer by token. */
  tokens: RawToken[];
  /** The scores that were asked for, by id. */
  scores: Record<string, RawScore>;
  /** exp(-mean entropy), the mixing weight of `hybridgrad`. */
  alpha: number | null;
  /** What kind of question it is, by its words; null where it did not come as text. */
  kind: QuestionKind | null;
  /** Calibrated probability that the answer is right, 0..1; null where no calibration fits. */
  confidence: number | null;
  /** Why there is none, in one sentence. */
  confidence_reason: string | null;
  /**
   * What made the confidence, where there is one: `intercept` first, then by signal (a method's id, `answer_tokens`,
   * `prompt_tokens`, `state`) what it adds to the log-odds of being right.
   */
  confidence_parts?: ConfidencePart[];
  /** What to do with the answer; null without a confidence. */
  verdict: "answer" | "flag" | "abstain" | null;
  /** The verdict in one sentence. */
  verdict_reason: string | null;
  /** Where the verdict changes; null without one, and where it is not made of the confidence (mode `entropy`). */
  verdict_thresholds: VerdictThresholds | null;
  /** The same in plain words, for people: how far to trust the answer and why, or why nobody can say. */
  explanation: Explanation;
  /** What the reader should know. */
  warnings: string[];
  /** The token whose hidden states the semantic gradient looks at. */
  semantic_position: SemanticToken | null;
  /** Its index once more. */
  semantic_index: number | null;
  /** Mean |g| there for hidden states 0..L-1; null where not computed. */
  layers: (number | null)[];
  /**
   * The same at the last prompt positions, where `tail` asks for it: `[layer][position]`, the last column for the last
   * prompt token; a layer is null where not computed.
   */
  grad_l1_tail?: ((number | null)[] | null)[];
  /** The prompt and its gradients, where `attribute` asks for them. */
  attribution?: Attribution;
  /** What was drawn beside the answer, where there are `samples`. */
  samples?: RawSample[];
  /** Parts of the answer, where `spans` asks for them. */
  spans?: RawSpan[];
  /** What the model makes of a given answer, where `examine` asks for it. */
  examined?: RawExamined;
  /** The model's own state at the answer's end, where `state` asks for it. */
  state?: State;
  /** What the methods read, where `evidence` asks for it. */
  evidence?: Evidence;
  /** Where the time went. */
  ms: Timings;
  /** Where it was computed. */
  device: "webgpu" | "cpu";
}

/** An answer, and how far to trust it. */
export interface Answer {
  /** The prompt as the model saw it. */
  promptIds: number[];
  /** What was put before the question: the request's prefix, or else the profile's; empty where nothing was. */
  prefix: string;
  /** The answer, the end-of-turn token included where there is one. */
  responseIds: number[];
  /** Its text; null without a tokenizer. */
  text: string | null;
  /** Why the answer ends. */
  finishReason: "stop" | "length" | "given";
  /** The answer by token. */
  tokens: Token[];
  /** The scores that were asked for, by id. */
  scores: ByMethod<Score>;
  /** exp(-mean entropy), the mixing weight of `hybridgrad`. */
  alpha: number | null;
  /** What kind of question it is, by its words; null where it did not come as text. */
  kind: QuestionKind | null;
  /** Calibrated probability that the answer is right, 0..1; null where no calibration fits. */
  confidence: number | null;
  /** Why there is none, in one sentence. */
  confidenceReason: string | null;
  /**
   * What made the confidence, where there is one: `intercept` first, then by signal (a method's id, `answer_tokens`,
   * `prompt_tokens`, `state`) what it adds to the log-odds of being right.
   */
  confidenceParts: ConfidencePart[] | null;
  /** What to do with the answer; null without a confidence. */
  verdict: "answer" | "flag" | "abstain" | null;
  /** The verdict in one sentence. */
  verdictReason: string | null;
  /** Where the verdict changes; null without one, and where it is not made of the confidence (mode `entropy`). */
  verdictThresholds: VerdictThresholds | null;
  /** The same in plain words, for people: how far to trust the answer and why, or why nobody can say. */
  explanation: Explanation;
  /** What the reader should know. */
  warnings: string[];
  /** The token whose hidden states the semantic gradient looks at. */
  semanticPosition: SemanticToken | null;
  /** Mean |g| there for hidden states 0..L-1; null where not computed. */
  layers: (number | null)[];
  /**
   * The same at the last prompt positions, where `tail` asks for it: `[layer][position]`, the last column for the last
   * prompt token; a layer is null where not computed.
   */
  gradL1Tail: ((number | null)[] | null)[] | null;
  /** The prompt and its gradients, where `attribute` asks for them. */
  attribution: Attribution | null;
  /** What was drawn beside the answer, where there are `samples`. */
  samples: Sample[] | null;
  /** Parts of the answer, where `spans` asks for them. */
  spans: Span[] | null;
  /** What the model makes of a given answer, where `examine` asks for it. */
  examined: Examined | null;
  /** The model's own state at the answer's end, where `state` asks for it. */
  state: State | null;
  /** What the methods read, where `evidence` asks for it. */
  evidence: Evidence | null;
  /** Where the time went. */
  ms: Timings;
  /** Where it was computed. */
  device: "webgpu" | "cpu";
}

/** One token of the answer; numbers in nats over the full vocabulary. */
export interface RawToken {
  /** Id. */
  id: number;
  /** Text; null without a tokenizer. */
  text: string | null;
  /** Log-probability. */
  logprob: number | null;
  /** Entropy of its distribution. */
  entropy: number | null;
  /** Difference of the two largest logits. */
  top2_margin: number | null;
  /**
   * Its most probable rivals, falling: at most three, of probability 0.01 or more. Absent where there are none, and
   * where `rivals` does not ask for them.
   */
  rivals?: Alternative[];
}

/** One token of the answer; numbers in nats over the full vocabulary. */
export interface Token {
  /** Id. */
  id: number;
  /** Text; null without a tokenizer. */
  text: string | null;
  /** Log-probability. */
  logprob: number | null;
  /** Entropy of its distribution. */
  entropy: number | null;
  /** Difference of the two largest logits. */
  top2Margin: number | null;
  /**
   * Its most probable rivals, falling: at most three, of probability 0.01 or more. Absent where there are none, and
   * where `rivals` does not ask for them.
   */
  rivals?: Alternative[];
}

/** One score; higher means less sure. */
export interface RawScore {
  /** Null when undefined. */
  score: number | null;
  /** Calibrated probability of being right; null when no profile fits. */
  confidence: number | null;
  /** Why there is none, in one sentence. */
  confidence_reason: string | null;
  /** What this score alone cost besides generating, in milliseconds. */
  ms: number;
  /** Forward and backward passes through (a part of) the model that it needed besides generating. */
  passes: number;
  /** Why there is no score, where this method alone failed. */
  error?: ErrorRecord;
}

/** One score; higher means less sure. */
export interface Score {
  /** Null when undefined. */
  score: number | null;
  /** Calibrated probability of being right; null when no profile fits. */
  confidence: number | null;
  /** Why there is none, in one sentence. */
  confidenceReason: string | null;
  /** What this score alone cost besides generating, in milliseconds. */
  ms: number;
  /** Forward and backward passes through (a part of) the model that it needed besides generating. */
  passes: number;
  /** Why there is no score, where this method alone failed. */
  error?: ErrorRecord;
}

/** What went wrong and what the caller can do. */
export interface ErrorRecord {
  /** Stable code. */
  code: ErrorCode;
  /** What happened, naming the tensor, key, file or field. */
  message: string;
  /** What to do about it, one sentence. */
  advice: string;
}

/**
 * What a question asks for.
 * - `fact`: A fact: a short English question that stands alone.
 * - `opinion`: A judgment of taste or of right and wrong.
 * - `creative`: Something made up.
 * - `advice`: What to do, or how.
 * - `task`: Work on a text, a list, a plan, an explanation.
 * - `arithmetic`: A calculation.
 * - `code`: A program, or help with one.
 * - `translation`: The same in another language.
 * - `language`: Anything that is not in English.
 * - `context`: What cannot be understood without a text or an earlier turn.
 * - `long`: A long question, or several at once.
 * - `small_talk`: A greeting, thanks, or something about the two who talk.
 * - `unknowable`: What a model cannot know: the future, this moment, whoever asks.
 * - `other`: What reads like none of these: a link, a name alone, a statement.
 */
export type QuestionKind =
  | "fact"
  | "opinion"
  | "creative"
  | "advice"
  | "task"
  | "arithmetic"
  | "code"
  | "translation"
  | "language"
  | "context"
  | "long"
  | "small_talk"
  | "unknowable"
  | "other";

/** What a feature adds to the log-odds of an answer's being right. */
export interface ConfidencePart {
  /** The feature's name, or `intercept`. */
  name: string;
  /** Weight times standardized value. */
  contribution: number;
}

/** Confidences at which the verdict changes; null (infinite) where no confidence is high enough. */
export interface VerdictThresholds {
  /** `answer` from here on; never below one half. */
  answer: number | null;
  /** `abstain` below. */
  abstain: number | null;
}

/** How far to trust the answer, in plain sentences that belong together. */
export interface Explanation {
  /** The verdict in a few words. */
  verdict: "Probably right" | "Check this" | "Do not rely on this" | "No judgment";
  /** How many of 100 answers like this are right; null without a confidence. */
  chance: string | null;
  /**
   * How many of 100 test questions the model got right, and which questions these were; null where nobody tested it.
   */
  level: string | null;
  /** How many of the answers that were drawn beside it agree with this one; null where none were drawn. */
  agreement: string | null;
  /** What makes this answer better or worse than the model's usual ones: up to three sentences, the strongest first. */
  reasons: string[];
  /** What the verdict guarantees; null where nothing is guaranteed. */
  guarantee: string | null;
  /** Why there is no judgment, and what to do; null where there is one. */
  none: string | null;
}

/** The prompt token at which the gradients were taken. */
export interface SemanticToken {
  /** Index in the prompt. */
  index: number;
  /** The same from the end: -1 is the last prompt token. */
  offset: number;
  /** Its text; null without a tokenizer. */
  token: string | null;
  /** Why this one: `header`, `profile`, `offset` or `last`. */
  rule: string;
}

/** What the gradients say about the prompt. */
export interface Attribution {
  /** The prompt. */
  tokens: PromptToken[];
  /**
   * Mean |g|, `[layer][token]`; a layer is null where not computed: below the upper half, unless all layers were asked
   * for.
   */
  gradients: ((number | null)[] | null)[];
}

/** One token of the prompt. */
export interface PromptToken {
  /** Id. */
  id: number;
  /** Text; null without a tokenizer. */
  text: string | null;
  /**
   * `user` for the text of a message (the prefix included), `template` for what is around it; null where ids were
   * given.
   */
  part: "user" | "template" | null;
}

/** One drawn answer. */
export interface RawSample {
  /** Its text; null without a tokenizer. */
  text: string | null;
  /** Its ids, the end-of-turn token included where there is one. */
  response_ids: number[];
  /** Log-probabilities by token, in nats, at temperature 1 whatever temperature drew them. */
  logprob: number[];
  /** False when `max_tokens` cut it off. */
  finished: boolean;
  /**
   * Which of the drawn answers say the same have the same number; 0 is what the answer itself says. Null without texts.
   */
  group: number | null;
}

/** One drawn answer. */
export interface Sample {
  /** Its text; null without a tokenizer. */
  text: string | null;
  /** Its ids, the end-of-turn token included where there is one. */
  responseIds: number[];
  /** Log-probabilities by token, in nats, at temperature 1 whatever temperature drew them. */
  logprob: number[];
  /** False when `maxTokens` cut it off. */
  finished: boolean;
  /**
   * Which of the drawn answers say the same have the same number; 0 is what the answer itself says. Null without texts.
   */
  group: number | null;
}

/** A part of the answer with scores of its own; higher means less sure. */
export interface RawSpan {
  /** Its text. */
  text: string;
  /** Its tokens: the first, and one past the last. */
  tokens: [number, number];
  /** By method; null where undefined. */
  scores: Record<string, number | null>;
}

/** A part of the answer with scores of its own; higher means less sure. */
export interface Span {
  /** Its text. */
  text: string;
  /** Its tokens: the first, and one past the last. */
  tokens: [number, number];
  /** By method; null where undefined. */
  scores: ByMethod<number | null>;
}

/** What this model makes of an answer that somebody else wrote. */
export interface RawExamined {
  /**
   * Words that stand out: those the model found least likely where they stand, in the order of the answer. Function
   * words and the question's own are none, and at most a third of the others are, no more than six. They need no
   * calibration, and are not wrong for that.
   */
  odd: OddWord[];
  /** What the model would have said; null where `own_answers` is 0. */
  own: OwnAnswers | null;
  /** How far the answer is to be doubted; null where this model has no such judgement to give. */
  judgement: RawJudgement | null;
  /** Why there is no judgement, and what would help, for people; null where there is one. */
  none: string | null;
  /** What the judgement is made of, by name; higher is more doubt, null where undefined. */
  signals: Record<string, number | null>;
  /** The model's own state where it was asked whether the answer is correct, where `state` asks for it. */
  state?: number[];
}

/** What this model makes of an answer that somebody else wrote. */
export interface Examined {
  /**
   * Words that stand out: those the model found least likely where they stand, in the order of the answer. Function
   * words and the question's own are none, and at most a third of the others are, no more than six. They need no
   * calibration, and are not wrong for that.
   */
  odd: OddWord[];
  /** What the model would have said; null where `ownAnswers` is 0. */
  own: OwnAnswers | null;
  /** How far the answer is to be doubted; null where this model has no such judgement to give. */
  judgement: Judgement | null;
  /** Why there is no judgement, and what would help, for people; null where there is one. */
  none: string | null;
  /** What the judgement is made of, by name; higher is more doubt, null where undefined. */
  signals: Record<string, number | null>;
  /** The model's own state where it was asked whether the answer is correct, where `state` asks for it. */
  state?: number[];
}

/** A word that stands out. */
export interface OddWord {
  /** As it stands in the answer. */
  text: string;
  /** Where: the first character and one past the last, counted as JavaScript does (UTF-16 code units). */
  at: [number, number];
  /** Its tokens: the first, and one past the last. */
  tokens: [number, number];
  /** −ln of the probability that the model gave its least likely token. */
  surprisal: number | null;
}

/** Short answers of the model's own to the same question. */
export interface OwnAnswers {
  /** Its most likely one. */
  answer: string;
  /** The others, which were drawn. */
  others: string[];
  /** How many of them all say what the given answer says. */
  agree: number;
  /** The same in words. */
  sentence: string;
}

/**
 * How far an answer is to be doubted, and how far the doubt itself. Never a probability: the share of wrong answers
 * where this one stands is not known.
 */
export interface RawJudgement {
  /** How much: `nothing_odd`, `some_doubt`, `strong_doubt`. */
  doubt: "nothing_odd" | "some_doubt" | "strong_doubt";
  /** The same in words. */
  word: string;
  /** What speaks most for that, in one sentence. */
  reason: string;
  /** How many times likelier such evidence is with a wrong answer than with a right one. */
  ratio: number;
  /** The ratio in one sentence. */
  ratio_sentence: string;
  /** What it comes to where 70 and 90 of 100 answers are right, in one sentence. */
  range: string;
  /** Which writers it was tested on and how well it told their wrong answers from right ones, in one sentence. */
  tested: string;
}

/**
 * How far an answer is to be doubted, and how far the doubt itself. Never a probability: the share of wrong answers
 * where this one stands is not known.
 */
export interface Judgement {
  /** How much: `nothing_odd`, `some_doubt`, `strong_doubt`. */
  doubt: "nothing_odd" | "some_doubt" | "strong_doubt";
  /** The same in words. */
  word: string;
  /** What speaks most for that, in one sentence. */
  reason: string;
  /** How many times likelier such evidence is with a wrong answer than with a right one. */
  ratio: number;
  /** The ratio in one sentence. */
  ratioSentence: string;
  /** What it comes to where 70 and 90 of 100 answers are right, in one sentence. */
  range: string;
  /** Which writers it was tested on and how well it told their wrong answers from right ones, in one sentence. */
  tested: string;
}

/**
 * What the model's own state was: a hidden state at the last token before the end token, and where the question is read
 * and no word of the answer is chosen yet.
 */
export interface State {
  /** Which one, counted from 0, the embedding. */
  layer: number;
  /** At the answer's end, `[hidden]`. */
  values: number[];
  /** At the prompt's last token, `[hidden]`; empty where that is not known. */
  question?: number[];
}

/** Where the time of one question went, in milliseconds. */
export interface Timings {
  /** Loading the model (the same on every line). */
  load: number | null;
  /** The prompt, up to the first token of the answer. */
  prefill: number | null;
  /** The answer from its first token on. */
  decode: number | null;
  /** Samples; absent where none were drawn. */
  samples?: number;
  /** Waiting for engines that were not loaded yet when the answer was there; absent where no method needs one. */
  engines?: number;
  /** All scores together. */
  score: number | null;
}

/** A fault that an answer has, whatever is true in the world. */
export interface Fault {
  /** Its kind. */
  kind: FaultKind;
  /** Where in the answer, in UTF-16 code units as JavaScript counts: the first, and one past the last. */
  at: number[];
  /** What the answer says there. */
  said: string;
  /** What would be right; null where only the contradiction is sure. */
  meant: string | null;
  /** In a sentence. */
  message: string;
}

/**
 * What is wrong.
 * - `arithmetic`: A calculation.
 * - `total`: A total that its parts do not make.
 * - `date`: A day of the week, a span between dates, an age, a leap year.
 * - `unit`: A conversion between units.
 * - `count`: A number of letters, words or items.
 * - `contradiction`: A number that the answer states twice, differently.
 * - `quotation`: A quotation of the conversation that is not in it.
 */
export type FaultKind = "arithmetic" | "total" | "date" | "unit" | "count" | "contradiction" | "quotation";

/**
 * Who says what a model does not know.
 * - `semantic_entropy`: Discrete semantic entropy of samples (arXiv 2410.17234).
 * - `exact_spread`: Entropy of the samples as texts, R-Tuning-U (arXiv 2311.09677).
 * - `confidence`: One less the calibrated confidence.
 * - `labels`: Whether the answer was wrong, R-Tuning (arXiv 2311.09677).
 * - `shuffled`: Semantic entropies dealt out anew among the questions: a control, which teaches to refuse as often and
 *   knows nothing.
 * - `none`: Nobody: every target is the model's own answer. A control, which shows what training does by itself.
 */
export type Teacher = "semantic_entropy" | "exact_spread" | "confidence" | "labels" | "shuffled" | "none";

/** What is to be answered to each question that was asked. */
export interface Lesson {
  /** Highest value of an answer that the model keeps. */
  tau: number;
  /** Share of the questions that the rule would answer. */
  engagement: number;
  /** By question, how unsure the teacher takes the model to be; null where it was not told what it reads. */
  values: (number | null)[];
  /** By question, what is learned. */
  targets: LessonTarget[];
  /** How many there are of each. */
  count: LessonCount;
}

/**
 * What a model is trained to answer to a question.
 * - `own`: What it answers anyway.
 * - `refusal`: A refusal, always the same one.
 * - `unknown`: Nothing: the teacher was not told what it reads.
 * - `cut`: Nothing: its own answer was cut off, and would teach it not to end.
 * - `close`: Nothing: too close to τ.
 * - `surplus`: Nothing: there are enough like it.
 */
export type LessonTarget = "own" | "refusal" | "unknown" | "cut" | "close" | "surplus";

/** How many targets there are of each kind. */
export interface LessonCount {
  /** The model's own answers. */
  own: number;
  /** Refusals. */
  refusals: number;
  /** Left out because the teacher was not told what it reads. */
  unknown: number;
  /** Left out because the answer was cut off. */
  cut: number;
  /** Left out because they are too close to τ. */
  close: number;
  /** Left out because there are enough like them. */
  surplus: number;
}

/** A question with the model's answer: a line of the file that teaching can be resumed from. */
export interface Asked {
  /** The question. */
  question: string;
  /** Token ids of what the model was shown. */
  prompt_ids: number[];
  /** The greedy answer. */
  answer: string;
  /** Its token ids, the one that ends it included where there is one. */
  response_ids: number[];
  /** The drawn answers; absent where none were drawn. */
  samples?: string[];
  /** Discrete semantic entropy of the samples, in nats. */
  entropy: number | null;
  /** Entropy of the samples as texts, in nats. */
  spread: number | null;
  /** Calibrated probability that the answer is right. */
  confidence: number | null;
  /** Whether it is right. */
  right: boolean | null;
  /** Whether it refuses already. */
  refuses: boolean;
  /** Whether it was cut off before its end. */
  cut: boolean;
}

/**
 * How an adapter is trained. The default is small enough for a browser: the upper half of the layers, queries and
 * values.
 */
export interface RawTrainingOptions {
  /** Rank of the change. */
  rank?: number;
  /** The change is multiplied by α/rank. */
  alpha?: number;
  /** Share of inputs that a change does not see in training. */
  dropout?: number;
  /** Largest step width. */
  learning_rate?: number;
  /** Share of the steps in which the width rises to that; from there it falls as half a cosine to 0. */
  warm_up?: number;
  /** Weights shrink by this times the step width. */
  weight_decay?: number;
  /** Longer gradients of a batch are shortened to this; 0 for never. */
  clip?: number;
  /** Times that each example is seen; left out, 3, and more often if there are few. */
  epochs?: number;
  /** Examples of a step; left out, 8, and fewer if there are few. */
  batch?: number;
  /** The first layer that is changed, and the one behind the last; left out, the upper half. */
  layers?: readonly [number, number];
  /** Their linear layers that are, by the ends of their names. */
  parts?: readonly string[];
  /** Weight of the divergence KL(before ‖ after) on replayed examples. */
  kl?: number;
  /** Of the first values, the order and the dropout. */
  seed?: number;
}

/**
 * How an adapter is trained. The default is small enough for a browser: the upper half of the layers, queries and
 * values.
 */
export interface TrainingOptions {
  /** Rank of the change. */
  rank?: number;
  /** The change is multiplied by α/rank. */
  alpha?: number;
  /** Share of inputs that a change does not see in training. */
  dropout?: number;
  /** Largest step width. */
  learningRate?: number;
  /** Share of the steps in which the width rises to that; from there it falls as half a cosine to 0. */
  warmUp?: number;
  /** Weights shrink by this times the step width. */
  weightDecay?: number;
  /** Longer gradients of a batch are shortened to this; 0 for never. */
  clip?: number;
  /** Times that each example is seen; left out, 3, and more often if there are few. */
  epochs?: number;
  /** Examples of a step; left out, 8, and fewer if there are few. */
  batch?: number;
  /** The first layer that is changed, and the one behind the last; left out, the upper half. */
  layers?: readonly [number, number];
  /** Their linear layers that are, by the ends of their names. */
  parts?: readonly string[];
  /** Weight of the divergence KL(before ‖ after) on replayed examples. */
  kl?: number;
  /** Of the first values, the order and the dropout. */
  seed?: number;
}

/** What a step of the training did. */
export interface TrainingStep {
  /** Steps taken with this one. */
  step: number;
  /** Steps in all. */
  steps: number;
  /** Mean −ln p over the batch's target tokens, before the step. */
  loss: number;
  /** Mean KL(before ‖ after) over the batch's replayed tokens; null without any. */
  divergence: number | null;
  /** Length of the gradient, before it was shortened. */
  gradient: number;
  /** Tokens that went through the model, prompts included. */
  tokens: number;
}
