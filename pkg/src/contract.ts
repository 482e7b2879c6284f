/** Prototype. */
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
export const DEFAULT_METHODS = ["semgrad", "paragrad", "exgrad", "hybridgrad"] as const;
export type KnownMethod = (typeof METHODS)[number];
export type ByMethod<T> = Partial<Record<KnownMethod, T>> & Readonly<Record<string, T | undefined>>;
export const CONFIDENCE_REASONS = {
  none: "No calibration was given for this model.",
  other_key: "The profile was made for another prefix or chat template.",
  given: "The answer was given, and the calibration was fitted to the model's own answers.",
  own: "The model wrote the answer, and the calibration was fitted to given answers.",
  temperature: "The answer was drawn at another temperature than those of calibration.",
  system: "The system message is another than that of calibration.",
  conversation: "The calibration was fitted to single questions, not to conversations or token ids.",
  length: "The answer was cut off, or is longer than answers were allowed to be in calibration.",
  position: "The semantic position is another than that of calibration.",
  samples: "The samples were not drawn as in calibration.",
  engines: "Texts were not compared by the engine of calibration.",
  no_methods: "No scores were asked for.",
  missing: "A score that the confidence is made of has no value for this answer.",
  not_fitted: "This score was not calibrated.",
  not_combined: "The calibration has maps of single scores only.",
  undefined: "The score has no value for this answer.",
  stopped: "The answer was cut off at a stop sequence.",
} as const;
export const ERROR_CODES = [
  "unsupported_format",
  "corrupt_weights",
  "unsupported_architecture",
  "missing_tokenizer",
  "bad_template",
  "context_exceeded",
  "out_of_memory",
  "device_lost",
  "no_webgpu",
  "self_test_failed",
  "engine_required",
  "not_calibrated",
  "network",
  "integrity_mismatch",
  "quota_exceeded",
  "aborted",
  "bad_input",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];
export type RiskMode = "conformal" | "selective" | "entropy";
export interface RawRequest {
  id?: unknown;
  question?: string;
  messages?: readonly Message[];
  prompt_ids?: readonly number[];
  answer?: string;
  response_ids?: readonly number[];
  max_tokens?: number;
  samples?: number;
  temperature?: number;
  seed?: number;
  methods?: readonly string[];
  semantic_position?: string;
  tail?: number;
  all_layers?: boolean;
  explain?: boolean;
  engines?: EngineNames;
  paraphrases?: readonly string[];
  wordings?: "model" | "search";
  examples?: readonly Example[];
  demonstrations?: Demonstrations;
  spans?: boolean;
  evidence?: boolean;
  state?: boolean;
  risk?: Risk;
  prefix?: string;
  system?: string;
}
export interface RequestOptions {
  maxTokens?: number;
  samples?: number;
  temperature?: number;
  seed?: number;
  tail?: number;
  allLayers?: boolean;
  explain?: boolean;
  paraphrases?: readonly string[];
  wordings?: "model" | "search";
  examples?: readonly Example[];
  demonstrations?: Demonstrations;
  spans?: boolean;
  evidence?: boolean;
  state?: boolean;
  risk?: Risk;
  prefix?: string;
  system?: string;
}
export interface EngineNames {
  embed?: string;
  nli?: string;
}
export interface Demonstrations {
  labels: readonly string[];
  sets: readonly (readonly Demonstration[])[];
  text?: string;
}
export interface RawToken {
  id: number;
  text: string | null;
  logprob: number | null;
  entropy: number | null;
  top2_margin: number | null;
}
export interface Token {
  id: number;
  text: string | null;
  logprob: number | null;
  entropy: number | null;
  top2Margin: number | null;
}
export interface RawScore {
  score: number | null;
  confidence: number | null;
  confidence_reason: string | null;
  ms: number;
  passes: number;
  error?: ErrorRecord;
}
export interface Score {
  score: number | null;
  confidence: number | null;
  confidenceReason: string | null;
  ms: number;
  passes: number;
  error?: ErrorRecord;
}
export interface RawSpan {
  text: string;
  tokens: [number, number];
  scores: Record<string, number | null>;
}
export interface Span {
  text: string;
  tokens: [number, number];
  scores: ByMethod<number | null>;
}
export interface RawSample {
  text: string | null;
  response_ids: number[];
  logprob: number[];
  finished: boolean;
}
export interface Sample {
  text: string | null;
  responseIds: number[];
  logprob: number[];
  finished: boolean;
}
export interface SemanticToken {
  index: number;
  offset: number;
  token: string | null;
  rule: string;
}
export interface Explanation {
  tokens: PromptToken[];
  gradients: ((number | null)[] | null)[];
}
export interface PromptToken {
  id: number;
  text: string | null;
  part: "user" | "template" | null;
}
export interface Timings {
  load: number | null;
  prefill: number | null;
  decode: number | null;
  samples?: number;
  engines?: number;
  score: number | null;
}
export interface RawRecord {
  id: unknown | null;
  prompt_ids: number[];
  response_ids: number[];
  answer: string | null;
  finish_reason: "stop" | "length" | "given";
  tokens: RawToken[];
  scores: Record<string, RawScore>;
  alpha: number | null;
  confidence: number | null;
  confidence_reason: string | null;
  confidence_parts?: ConfidencePart[];
  verdict: "answer" | "flag" | "abstain" | null;
  verdict_reason: string | null;
  verdict_thresholds: VerdictThresholds | null;
  warnings: string[];
  semantic_position: SemanticToken | null;
  semantic_index: number | null;
  layers: (number | null)[];
  grad_l1_tail?: ((number | null)[] | null)[];
  explanation?: Explanation;
  samples?: RawSample[];
  spans?: RawSpan[];
  state?: State;
  evidence?: Evidence;
  ms: Timings;
  device: "webgpu" | "cpu";
}
export interface Answer {
  promptIds: number[];
  responseIds: number[];
  text: string | null;
  finishReason: "stop" | "length" | "given";
  tokens: Token[];
  scores: ByMethod<Score>;
  alpha: number | null;
  confidence: number | null;
  confidenceReason: string | null;
  confidenceParts: ConfidencePart[] | null;
  verdict: "answer" | "flag" | "abstain" | null;
  verdictReason: string | null;
  verdictThresholds: VerdictThresholds | null;
  warnings: string[];
  semanticPosition: SemanticToken | null;
  layers: (number | null)[];
  gradL1Tail: ((number | null)[] | null)[] | null;
  explanation: Explanation | null;
  samples: Sample[] | null;
  spans: Span[] | null;
  state: State | null;
  evidence: Evidence | null;
  ms: Timings;
  device: "webgpu" | "cpu";
}
export interface Example {
  question: string;
  brainstormed?: readonly string[];
  answer: string;
  truth: boolean;
}
export interface Demonstration {
  text: string;
  label: number;
}
export interface Message {
  role: string;
  content: string;
}
export interface Risk {
  answer?: number;
  abstain?: number;
  mode?: RiskMode;
}
export interface VerdictThresholds {
  answer: number | null;
  abstain: number | null;
}
export interface ConfidencePart {
  name: string;
  contribution: number;
}
export interface State {
  layer: number;
  values: number[];
}
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  advice: string;
}
export interface Evidence {
  question?: string | null;
  answer?: string | null;
  tokens?: TokenStatistics[];
  shapes?: DistributionShape[];
  geometry?: Geometry[];
  layers?: (number | null)[];
  paragrad?: number | null;
  exgrad?: number | null;
  attention?: Attention | null;
  probes?: Record<string, number | null>;
  samples?: SampleEvidence[];
  sharp_logprob?: number | null;
  relevance?: (number | null)[] | null;
  similarity?: (number | null)[][] | null;
  entailment?: Entailment[][] | null;
  covariance?: (number | null)[][] | null;
  p_true?: number | null;
  iterated?: (number | null)[][] | null;
  perturbed?: Perturbed | null;
  demonstrations?: (number | null)[][] | null;
  claims?: Claim[];
  sentences?: Entailment[][][] | null;
}
export interface DistributionShape {
  mean_logprob: number | null;
  log_root_sum: number | null;
  vocab: number;
  top: Alternative[];
}
export interface Alternative {
  id: number;
  text?: string | null;
  logprob: number | null;
}
export interface Geometry {
  nci: number | null;
  fdbd: number | null;
}
export interface Attention {
  depth: number;
  layers: LayerAttention[];
}
export interface LayerAttention {
  layer: number;
  to_self: (number | null)[][];
}
export interface SampleEvidence {
  text?: string | null;
  logprob?: (number | null)[];
  sharp_logprob?: number | null;
  relevance?: (number | null)[] | null;
}
export interface Entailment {
  entail: number | null;
  neutral: number | null;
  contradict: number | null;
}
export interface Perturbed {
  questions?: string[];
  replies?: string[][];
  question_similarity?: (number | null)[][];
  reply_similarity?: (number | null)[][];
  hellinger?: (number | null)[][];
}
export interface Claim {
  text: string;
  tokens: [number, number];
  semgrad?: number | null;
  paragrad?: number | null;
  alternatives?: Variant[][];
  questions?: ClaimQuestion[];
}
export interface Variant {
  probability: number | null;
  forward: Entailment;
  backward: Entailment;
}
export interface ClaimQuestion {
  question: string;
  answers: string[];
  entailment: Entailment[][];
}
export interface TokenStatistics {
  logprob: number | null;
  entropy: number | null;
  top2_margin?: number | null;
}
