/** How questions are asked when a model is taught: as the settings say, and as its calibration was made. */

import { type Asked, type ModelInfo, type SurveyOptions, usualTeacher } from "semgrad";
import { NLI } from "../ask/options.js";
import { termsOf as asked } from "../calibrate/run.js";
import { servedEncoders } from "../model/offers.js";
import type { Settings } from "../settings.js";

/** Options of the package, and a name that tells one way to ask from another. */
export interface Terms {
  name: string;
  options: Required<Pick<SurveyOptions, "prefix" | "maxTokens" | "nli" | "teacher">>;
}

/** Whether answers are drawn, and doubt is how much they differ; else the profile says how likely an answer is right. */
export const isDrawnBy = ({ options }: Terms): boolean => options.teacher === "semantic_entropy";

/** Whether anything tells how sure the model is of its answer: what nothing is known of cannot be taught. */
export const isKnownBy = (terms: Terms, { entropy, confidence }: Asked): boolean =>
  typeof (isDrawnBy(terms) ? entropy : confidence) === "number";

/** Those of now. */
export async function termsOf(settings: Settings, info: ModelInfo): Promise<Terms> {
  const { prefix, maxTokens } = asked(settings, info);
  const most = settings.length ?? info.profile?.maxTokens ?? maxTokens;
  const { compare } = settings;
  const nli = compare === "encoder" ? ((await encoder()) ?? NLI) : compare;
  const teacher = usualTeacher(info, { prefix });
  // Answers that were asked for before a calibration have no confidence: with one, they are asked for anew.
  return { name: JSON.stringify([prefix, most, compare, teacher]), options: { prefix, maxTokens: most, nli, teacher } };
}

const encoder = async () => (await servedEncoders()).find(({ engine }) => engine === "nli")?.url;
