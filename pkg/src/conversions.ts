/**
 * Between the names of lines and those of callers.
 *
 * Made from the Rust types by `cargo xtask contract`: change those.
 */

import type { Answer, RawRequest, RequestOptions } from "./contract.js";

/** Fields of a request by the names of the options that set them. */
export const OPTION_FIELDS = {
  maxTokens: "max_tokens",
  samples: "samples",
  temperature: "temperature",
  seed: "seed",
  tail: "tail",
  allLayers: "all_layers",
  attribute: "attribute",
  rivals: "rivals",
  paraphrases: "paraphrases",
  wordings: "wordings",
  examples: "examples",
  demonstrations: "demonstrations",
  spans: "spans",
  examine: "examine",
  ownAnswers: "own_answers",
  evidence: "evidence",
  state: "state",
  risk: "risk",
  prefix: "prefix",
  system: "system",
} as const satisfies Record<keyof RequestOptions, keyof RawRequest>;

/** Names of callers for names of lines. */
export const CALLER_NAMES: Readonly<Record<string, string>> = {
  confidence_parts: "confidenceParts",
  confidence_reason: "confidenceReason",
  finish_reason: "finishReason",
  grad_l1_tail: "gradL1Tail",
  prompt_ids: "promptIds",
  ratio_sentence: "ratioSentence",
  response_ids: "responseIds",
  semantic_index: "semanticIndex",
  semantic_position: "semanticPosition",
  top2_margin: "top2Margin",
  verdict_reason: "verdictReason",
  verdict_thresholds: "verdictThresholds",
};

/** What an answer has where its record leaves something out. */
export const ABSENT = {
  confidenceParts: null,
  gradL1Tail: null,
  attribution: null,
  samples: null,
  spans: null,
  examined: null,
  state: null,
  evidence: null,
} as const satisfies Partial<Answer>;
