/** The options of teaching, checked and turned into what the module reads. */

import type { RawTrainingOptions, TrainingOptions } from "../contract.js";
import { type ResolvedEngines, resolveEngines } from "../engines.js";
import { badInput, type SemgradError, toSemgradError } from "../errors.js";
import { callback, finite, given, known, type Names, renamed, signal, texts, whole } from "../given.js";
import { checkTexts } from "../texts.js";
import type { ModelInfo } from "../types.js";
import { Adapter } from "./adapter.js";
import type { RawAsking, RawWish } from "./calls.js";
import { teacherOf, wishOf } from "./lesson.js";
import { ORDINARY, TRAINING_FIELDS, USUAL } from "./lists.js";
import { spread } from "./sample.js";
import type { SurveyOptions, TuneOptions, TuneQuestion, TuneState } from "./types.js";
import { usualTeacher } from "./usual.js";

const SURVEY: Names<SurveyOptions> = {
  teacher: 1,
  ordinary: 1,
  samples: 1,
  maxTokens: 1,
  prefix: 1,
  system: 1,
  seed: 1,
  nli: 1,
  begin: 1,
  kept: 1,
  rest: 1,
  onKeep: 1,
  onProgress: 1,
  signal: 1,
};
const TUNE: Names<TuneOptions> = { ...SURVEY, tau: 1, engagement: 1, training: 1, checks: 1 };

/** A question as it is asked. */
export interface Question {
  question: string;
  answers: readonly string[];
}

/** Those that are asked, and how many are not. */
export interface Questions {
  questions: Question[];
  leftOut: { empty: number; repeated: number };
}

/** How all of them are asked. */
export interface Survey {
  asking: RawAsking;
  /** Of the ordinary requests. */
  replay: RawAsking;
  ordinary: string[];
  /** Whether the confidences of the answers teach. */
  byConfidence: boolean;
  engines: ResolvedEngines;
  /** Of which model and options what is kept is. */
  key: string;
  kept: TuneState | undefined;
}

/** What follows then. */
export interface Plan {
  wish: RawWish;
  training: RawTrainingOptions;
  checks: number;
}

/** One of three is rehearsed for each question that is learned from, and some answers are no good for that. */
const REHEARSED = (questions: number) => Math.max(10, Math.ceil(questions / 2));
const CHECKS = 40;

/** The questions without those that would be asked for nothing. */
export function questionsOf(list: readonly TuneQuestion[]): Questions {
  if (!Array.isArray(list)) throw badInput("the questions are no list", 'Give a list, as ["one", "two"].');
  const [questions, leftOut] = [new Map<string, Question>(), { empty: 0, repeated: 0 }];
  for (const [index, one] of (list as readonly TuneQuestion[]).entries()) {
    const told: Partial<Question> = typeof one === "string" ? { question: one } : (one ?? {});
    const { question, answers = [] } = told;
    if (typeof question !== "string")
      throw badInput(`question ${index} is no text`, "Questions are texts, or { question, answers }.");
    const asked = { question: question.trim(), answers: texts(`answers of question ${index}`, answers) };
    if (asked.question === "") leftOut.empty += 1;
    else if (questions.has(asked.question)) leftOut.repeated += 1;
    else questions.set(asked.question, asked);
  }
  if (questions.size === 0) throw badInput("there are no questions", "Give some that the model is to be taught by.");
  checkTexts([...questions.values()]);
  return { questions: [...questions.values()], leftOut };
}

/** The model that is asked, and how many questions there are. */
export interface Situation {
  info: ModelInfo;
  /** Its own. */
  engines: ResolvedEngines;
  count: number;
}

/** How questions are asked by these options. */
export function surveyOf(options: SurveyOptions | undefined, situation: Situation): Survey {
  return survey(known(options, SURVEY), situation);
}

/** The same for all of the work. */
export function tuneOf(options: TuneOptions | undefined, situation: Situation): Survey & Plan {
  const wished = known(options, TUNE);
  const named = { ...wished, teacher: wished.teacher ?? usualTeacher(situation.info, wished) };
  const wish = wishOf(named.teacher, named);
  const training = trainingOf(named.training, named.seed);
  return { ...survey(named, situation), wish, training, checks: whole("checks", named.checks, 1) ?? CHECKS };
}

function survey(options: SurveyOptions, { info, engines, count }: Situation): Survey {
  const { id, samples: isSampled } = teacherOf(options.teacher ?? usualTeacher(info, options));
  if (id === "confidence" && info.profile === null)
    throw badInput("the teacher confidence needs a profile", "Load the model with one, or choose another teacher.");
  const samples = whole("samples", options.samples, isSampled ? 2 : 0) ?? (isSampled ? USUAL.samples : 0);
  const maxTokens = whole("maxTokens", options.maxTokens, 1) ?? USUAL.answerTokens;
  const seed = whole("seed", options.seed, 0) ?? 0;
  const { prefix, system, begin } = options;
  for (const [name, text] of Object.entries({ prefix, system }))
    if (text !== undefined && typeof text !== "string") throw badInput(`${name} is no text`, "Give a text.");
  if (begin !== undefined && !(begin instanceof Adapter))
    throw badInput("begin is no adapter", "Give one that was trained here, or that model.openAdapter gave.");
  if (options.rest !== undefined && typeof options.rest !== "boolean")
    throw badInput("rest is neither true nor false", "Give one of them, or leave it out.");
  checkTexts([prefix, system]);
  callback("onKeep", options.onKeep);
  callback("onProgress", options.onProgress);
  signal(options.signal);
  const asking = given({ samples, seed, max_tokens: maxTokens, prefix, system });
  // What stands before questions stands before no others.
  const replay = { ...asking, samples: 0, max_tokens: USUAL.replayTokens, prefix: "" };
  const requests = texts("ordinary", options.ordinary ?? spread(ORDINARY, Math.min(REHEARSED(count), ORDINARY.length)));
  const ordinary = [...new Set(requests.map((text) => text.trim()).filter((text) => text !== ""))];
  checkTexts(ordinary);
  const judge = options.nli === undefined ? {} : resolveEngines({ nli: options.nli });
  const named = { nli: "lexical", ...engines, ...judge } as const;
  const nli = typeof named.nli === "string" ? named.nli : "encoder";
  const weights = info.files.map(({ name, size, sha256 }) => sha256 ?? [name, size]);
  // How many answers were drawn is seen of each question.
  const manner = { ...asking, samples: null, prefix: prefix ?? info.profile?.prefix ?? "" };
  const key = JSON.stringify([weights, manner, nli, begin?.hash ?? null]);
  return {
    asking,
    replay,
    ordinary,
    byConfidence: id === "confidence",
    engines: named,
    key,
    kept: keptOf(options, key),
  };
}

/** What was kept, if it is of this. */
function keptOf({ kept }: SurveyOptions, key: string): TuneState | undefined {
  if (kept === undefined) return undefined;
  const isState =
    typeof kept === "object" && kept !== null && [kept.asked, kept.ordinary, kept.steps].every(Array.isArray);
  if (!isState) throw badInput("kept is no state", "Give what withPart has put together.");
  if (kept.key === key) return kept;
  throw badInput(
    "what was kept is of another model, or was asked with other options",
    "Go on with the same model, teacher and options, or leave kept out to begin anew.",
  );
}

function trainingOf(options: TrainingOptions | undefined, seed: number | undefined): RawTrainingOptions {
  const { layers, parts, ...numbers } = known(options, TRAINING_FIELDS);
  const counts = ["rank", "epochs", "batch", "seed"] as const;
  for (const name of counts) whole(name, numbers[name], name === "seed" ? 0 : 1);
  for (const [name, value] of Object.entries(numbers)) finite(name, value);
  if (parts !== undefined) texts("parts", parts);
  const isRange =
    Array.isArray(layers) && layers.length === 2 && layers.every((one) => Number.isSafeInteger(one) && one >= 0);
  if (layers !== undefined && !isRange)
    throw badInput("layers are no range", "Give the first layer and the one behind the last, as [15, 30].");
  const all = { seed: seed ?? 0, ...options };
  const named = Object.entries(TRAINING_FIELDS).map(([name, field]) => [field, all[name as keyof TrainingOptions]]);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

/** An error about an option of training, which calls it as the caller did. */
export function byTrainingOption(thrown: unknown): SemgradError {
  const names = Object.entries(TRAINING_FIELDS).map(([name, field]) => [field, name]);
  return renamed(toSemgradError(thrown), Object.fromEntries(names));
}
