/** Checks answers that others wrote, looked at or not, and turns them into what the wasm module reads. */

import { badInput } from "../errors.js";
import { json, type Names, whole } from "../given.js";
import { judged, list, type Wrong } from "./input.js";
import type { GivenAnswer, GivenOptions, GivenRow } from "./judge.js";

/** Own answers unless said otherwise, and at most. */
export const OWN_ANSWERS = 5;
const MOST = 16;

/** Names of the options. */
export const GIVEN: Names<GivenOptions> = { ownAnswers: 1, date: 1 };

const SEE =
  "Rows are { question: string, answer: string, writer: string, right: boolean, id?: string, group?: string, set?: string }, with examined of the answer that model.score gave for each.";

/** What an answer is known by. */
export const nameOf = ({ id, question, writer }: GivenAnswer): string => id ?? `${question} · ${writer}`;

/** How many own answers each given one is compared with. */
export function ownAnswersOf(given: number | undefined): number {
  const count = whole("ownAnswers", given, 0) ?? OWN_ANSWERS;
  if (count > MOST) throw badInput(`ownAnswers is ${count}`, `Give at most ${MOST}.`);
  return count;
}

/** Answers that people judged, each as it was given. */
export function givenAnswers(answers: readonly GivenAnswer[]): GivenAnswer[] {
  return list<GivenAnswer, GivenAnswer>(answers, { name: "answer", advice: SEE }, answerOf);
}

/** What the module's `fitGiven` is called with. */
export function givenArguments(rows: readonly GivenRow[], options: GivenOptions): [string, number, string] {
  const ownAnswers = ownAnswersOf(options.ownAnswers);
  const { date = new Date().toISOString().slice(0, 10) } = options;
  if (typeof date !== "string") throw badInput(`date is ${String(date)}`, "Give it as YYYY-MM-DD.");
  const read = (row: Partial<GivenRow>, wrong: Wrong) => rowOf(row, ownAnswers, wrong);
  const examined = list(rows, { name: "row", advice: SEE }, read).filter((row) => row !== null);
  if (examined.length === 0)
    throw badInput("no answer was examined", "Give answers to questions that ask for a single fact.");
  return [json("the rows", examined), ownAnswers, date];
}

function answerOf(row: Partial<GivenAnswer>, wrong: Wrong): GivenAnswer {
  const { question, answer, writer, id, group, set } = row;
  const text = (name: string, value: unknown) => {
    if (typeof value === "string" && value.trim() !== "") return value;
    throw wrong(`${name} is ${typeof value === "string" ? "empty" : "no text"}`);
  };
  const all = { question: text("question", question), answer: text("answer", answer), writer: text("writer", writer) };
  for (const [name, value] of Object.entries({ id, group, set })) if (value !== undefined) text(name, value);
  return { ...row, ...all, right: judged(row, wrong) };
}

/** As the module reads it; null for an answer to a question that asks for no single fact, which is not examined. */
function rowOf(row: Partial<GivenRow>, ownAnswers: number, wrong: Wrong): object | null {
  const { examined } = row;
  const answer = answerOf(row, wrong);
  const { question, writer, right, group = question, set = "" } = answer;
  const see = "Give examined of what model.score gave with examine: true.";
  if (typeof examined !== "object" || examined === null) throw wrong("it was not examined", see);
  const { signals, state = [], own } = examined;
  if (typeof signals !== "object" || signals === null || Array.isArray(signals)) throw wrong("it has no signals", see);
  for (const [name, value] of Object.entries(signals))
    if (value !== null && !Number.isFinite(value)) throw wrong(`the signal ${name} is ${String(value)}`, see);
  if (!Array.isArray(state) || !state.every(Number.isFinite)) throw wrong("its state is no list of numbers", see);
  if (Object.keys(signals).length === 0) return null;
  const compared = own ? own.others.length + 1 : 0;
  if (compared !== ownAnswers)
    throw wrong(`it was compared with ${compared} own answers`, `Compare all with ${ownAnswers}, or say ownAnswers.`);
  return { id: nameOf(answer), group, set, writer, right, answer: answer.answer, signals, state };
}
