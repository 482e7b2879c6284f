/** Who teaches where nobody is named. */

import type { Asked, Teacher } from "../contract.js";
import type { ModelInfo } from "../types.js";
import type { SurveyOptions } from "./types.js";

const by = (isCalibrated: boolean): Teacher => (isCalibrated ? "confidence" : "semantic_entropy");

/**
 * The teacher of a model when `survey` and `tune` are told none: `confidence` where questions are asked as those of its profile
 * were, with the profile's prefix, no system message and no adapter; else `semantic_entropy`.
 */
export function usualTeacher(
  { profile }: Pick<ModelInfo, "profile">,
  { prefix, system, begin }: Pick<SurveyOptions, "prefix" | "system" | "begin"> = {},
): Teacher {
  if (!profile) return by(false);
  const isAskedSo = (prefix ?? profile.prefix) === profile.prefix && system === undefined;
  const isBare = profile.adapter === null && begin === undefined;
  return by(profile.answers.includes("own") && isAskedSo && isBare);
}

/** The one of what was asked. */
export const usualOf = (asked: readonly Pick<Asked, "confidence">[]): Teacher =>
  by(asked.some(({ confidence }) => typeof confidence === "number"));
