/** Has a model look at answers that others wrote, one after the other, so that it can be interrupted and go on. */

import type { Examined } from "../contract.js";
import { badInput, type ErrorCode, SemgradError, throwIfAborted, toSemgradError } from "../errors.js";
import { callback, given, known, type Names, signal as signalOf } from "../given.js";
import type { Model } from "../model.js";
import { Clock } from "../tune/clock.js";
import type { ScoreOptions } from "../types.js";
import type { GivenAnswer, GivenRow } from "./judge.js";
import { givenAnswers, nameOf, ownAnswersOf } from "./rows.js";

/** How far it is. */
export interface GivenProgress {
  done: number;
  total: number;
  /** By its speed so far; null before the first is done. */
  secondsLeft: number | null;
  /** Those among the done that cannot be looked at, as they are too long for the model: they are left out. */
  failed: number;
}

/** Options of {@link surveyGiven}. */
export interface GivenSurveyOptions {
  /** Short answers of the model's own that each is compared with, at most 16: 5 by default, 0 for none. */
  ownAnswers?: number;
  /** Stands before every question; by default what the profile puts there. What is fitted then holds for that. */
  prefix?: string;
  /** What an interrupted survey kept: these are not looked at again, unless their text is another one now. */
  kept?: readonly GivenRow[];
  /** Is given each answer as it was looked at, and awaited: at most one is lost. */
  onKeep?: (row: GivenRow) => void | Promise<void>;
  /** Hears how far it is, before the first answer and after each. */
  onProgress?: (progress: GivenProgress) => void;
  /** Ends it within one token or layer. */
  signal?: AbortSignal;
}

const SURVEY: Names<GivenSurveyOptions> = {
  ownAnswers: 1,
  prefix: 1,
  kept: 1,
  onKeep: 1,
  onProgress: 1,
  signal: 1,
};

/** Errors about one answer, which the others need not have. */
const OF_ONE: readonly ErrorCode[] = ["bad_input", "context_exceeded"];

/**
 * What a model makes of answers that others wrote, for `calibrateGiven`. Answers to one question should stand together: the
 * model's own are then made once. It takes seconds to minutes for a hundred; with `onKeep` and `kept` it goes on where it was
 * interrupted.
 *
 * @returns a row for each answer, in their order, but for those that cannot be looked at. One to a question that asks for no single
 *   fact has no signals, and nothing is fitted to it.
 * @throws {SemgradError} `bad_input` that names the answer, and where an adapter is in use, with which nothing is judged.
 */
export async function surveyGiven(
  model: Pick<Model, "info" | "score">,
  answers: readonly GivenAnswer[],
  options?: GivenSurveyOptions,
): Promise<GivenRow[]> {
  const { kept = [], prefix, ...asked } = known(options, SURVEY);
  const all = givenAnswers(answers);
  const ownAnswers = ownAnswersOf(asked.ownAnswers);
  const [onKeep, onProgress] = [callback("onKeep", asked.onKeep), callback("onProgress", asked.onProgress)];
  const signal = signalOf(asked.signal);
  if (prefix !== undefined && typeof prefix !== "string") throw badInput("prefix is no text", "Give a text.");
  if (!Array.isArray(kept)) throw badInput("kept is no list", "Give the rows that onKeep was given.");
  if (model.info.adapter)
    throw badInput("an adapter is in use", "Put it away first: answers of others are judged without one.");
  const how = given<ScoreOptions>({ examine: true, ownAnswers, state: true, methods: [], prefix, signal });
  const seen = new Map((kept as readonly GivenRow[]).map((row) => [nameOf(row), row]));
  const before = (answer: GivenAnswer) => {
    const row = seen.get(nameOf(answer));
    return row?.answer === answer.answer ? row.examined : undefined;
  };
  const clock = new Clock(all.length, all.filter(before).length);
  const rows: GivenRow[] = [];
  let failed = 0;
  let problem: SemgradError | null = null;
  onProgress?.({ ...clock.now(), failed });
  for (const answer of all) {
    const examinedBefore = before(answer);
    if (examinedBefore) {
      rows.push({ ...answer, examined: examinedBefore });
      continue;
    }
    const examined = await examine(model, answer, how);
    if (examined instanceof SemgradError) {
      problem = examined;
      failed += 1;
    } else {
      rows.push({ ...answer, examined });
      await onKeep?.({ ...answer, examined });
    }
    throwIfAborted(signal);
    clock.tick();
    onProgress?.({ ...clock.now(), failed });
  }
  // What none can be looked at for is no matter of one.
  if (problem && rows.length === 0) throw problem;
  return rows;
}

/** What the model makes of it, or why it cannot look at this one. */
async function examine(
  model: Pick<Model, "score">,
  { question, answer }: GivenAnswer,
  how: ScoreOptions,
): Promise<Examined | SemgradError> {
  try {
    const { examined } = await model.score(question, answer, how);
    return examined ?? badInput("nothing was examined", "Load a model with a tokenizer.");
  } catch (thrown) {
    const error = toSemgradError(thrown);
    if (OF_ONE.includes(error.code)) return error;
    throw error;
  }
}
