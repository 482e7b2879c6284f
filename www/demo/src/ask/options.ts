/** Which scores are asked for. */

import { type AskOptions, type Engines, ONE_PASS_METHODS } from "semgrad";
import type { ServedEncoder } from "../model/offers.js";
import { SAMPLES, type Settings } from "../settings.js";

const SAMPLED = ["semantic_entropy", "discrete_semantic_entropy", "num_set", "lexical_similarity"] as const;

/** Loaded for "a model for meaning" unless the page's own server has one. */
export const NLI = "nli-deberta-v3-xsmall";

/**
 * What the settings mean for the package. What they leave open is not sent: the model's calibration decides.
 *
 * @param taught the prefix that a single question needs, as the adapter in use learned from questions with it; null without one
 */
export function askOptions(
  settings: Settings,
  encoder: ServedEncoder | null,
  taught: string | null = null,
): AskOptions {
  const { samples, compare, attribute, length } = settings;
  const prefix = settings.prefix ?? taught;
  const nli: NonNullable<Engines["nli"]> = compare === "encoder" ? (encoder?.url ?? NLI) : compare;
  return {
    rivals: true,
    methods: samples ? [...ONE_PASS_METHODS, ...SAMPLED] : ONE_PASS_METHODS,
    ...(prefix === null ? {} : { prefix }),
    ...(length === null ? {} : { maxTokens: length }),
    ...(attribute ? { attribute } : {}),
    ...(samples ? { samples: SAMPLES, engines: { embed: "lexical", nli } } : {}),
  };
}
