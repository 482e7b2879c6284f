/** Which scores are asked for. */

import { type AskOptions, type Engines, ONE_PASS_METHODS } from "semgrad";
import type { ServedEncoder } from "../model/offers.js";
import { SAMPLES, type Settings, SHORT_PREFIX } from "../settings.js";

const SAMPLED = ["semantic_entropy", "discrete_semantic_entropy", "num_set", "lexical_similarity"] as const;

/** Loaded for "a model for meaning" unless the page's own server has one. */
export const NLI = "nli-deberta-v3-xsmall";

/** What the settings mean for the package. */
export function askOptions(settings: Settings, encoder: ServedEncoder | null): AskOptions {
  const { short, samples, compare, explain, follow, maxTokens } = settings;
  const nli: NonNullable<Engines["nli"]> = compare === "encoder" ? (encoder?.url ?? NLI) : compare;
  return {
    methods: samples ? [...ONE_PASS_METHODS, ...SAMPLED] : ONE_PASS_METHODS,
    maxTokens,
    ...(short && !follow ? { prefix: SHORT_PREFIX } : {}),
    ...(explain ? { attribute: true } : {}),
    ...(samples ? { samples: SAMPLES, engines: { embed: "lexical", nli }, evidence: true } : {}),
  };
}
