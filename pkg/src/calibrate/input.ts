/** Checks scored answers, judged or not, and turns them into what the wasm module reads. */

import { badInput } from "../errors.js";
import { json, known, type Names } from "../given.js";
import { METHODS } from "../methods.js";
import type { Answer, Risk, SemanticToken } from "../types.js";
import type { CalibrationOptions, CalibrationRow } from "./types.js";

const SEE =
  "Rows are { scores: { id: number }, right: boolean, tokens?: number, promptTokens?: number, finishReason?: string, state?, set?: string, question?: string }.";
const FINISHED = ["stop", "length", "given"] as const satisfies readonly Answer["finishReason"][];

/** The rows as JSON. */
export function rowsJson(rows: readonly CalibrationRow[]): string {
  const read = (row: Partial<CalibrationRow>, wrong: Wrong) => ({ ...checked(row, wrong), right: judged(row, wrong) });
  return json("the rows", list(rows, { name: "row", advice: SEE }, read));
}

/** Answers that nobody judged, as JSON. */
export function answersJson(answers: readonly Omit<CalibrationRow, "right">[]): string {
  return json(
    "the answers",
    list<Omit<CalibrationRow, "right">, object>(answers, { name: "answer", advice: SEE }, checked),
  );
}

/** The error about an element of a list. */
export type Wrong = (what: string, advice?: string) => Error;

/** What is read of the elements of a list, each of which goes by `name`. */
export function list<T extends object, R>(
  rows: readonly T[],
  { name, advice: see }: { name: string; advice: string },
  read: (row: Partial<T>, wrong: Wrong) => R,
): R[] {
  if (!Array.isArray(rows)) throw badInput(`the ${name}s are no list`, see);
  return (rows as readonly (T | null)[]).map((row, index) => {
    const wrong: Wrong = (what, advice = see) => badInput(`${name} ${index}: ${what}`, advice);
    if (typeof row !== "object" || row === null) throw wrong("it is no object");
    return read(row, wrong);
  });
}

/** Whether an answer is right, as somebody must have said. */
export function judged({ right }: { right?: boolean }, wrong: Wrong): boolean {
  if (typeof right === "boolean") return right;
  throw wrong(`right is ${String(right)}`, "Give true or false for each answer.");
}

function checked(row: Partial<CalibrationRow>, wrong: Wrong): object {
  const { scores, tokens, promptTokens, finishReason, state, set, question, kind } = row;
  if (typeof scores !== "object" || scores === null || Array.isArray(scores)) throw wrong("it has no scores");
  for (const [name, count] of Object.entries({ tokens, promptTokens }))
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0)) throw wrong(`${name} is ${count}`);
  if (finishReason !== undefined && !(FINISHED as readonly unknown[]).includes(finishReason))
    throw wrong(`finishReason is ${String(finishReason)}`, `Use one of ${FINISHED.join(", ")}.`);
  for (const [name, text] of Object.entries({ set, question }))
    if (text !== undefined && typeof text !== "string") throw wrong(`${name} is ${String(text)}`);
  const numbers = Object.entries(scores).map(([id, given]) => {
    if (!(METHODS as readonly string[]).includes(id))
      throw wrong(`no such score: ${id}`, "Name scores as METHODS does.");
    const score = typeof given === "object" && given !== null ? given.score : given;
    if (score == null || Number.isFinite(score)) return [id, score ?? null];
    throw wrong(`${id} is ${String(score)}`, "Give a finite number, or null where there is none.");
  });
  return {
    scores: Object.fromEntries(numbers),
    tokens,
    prompt_tokens: promptTokens,
    finish_reason: finishReason,
    state,
    set,
    question,
    kind,
  };
}

/** Names of the options of `calibrate`. */
export const CALIBRATION: Names<CalibrationOptions> = {
  answers: 1,
  temperature: 1,
  system: 1,
  semanticPosition: 1,
  maxTokens: 1,
  samples: 1,
  engines: 1,
  kinds: 1,
  judge: 1,
  date: 1,
  risk: 1,
  delta: 1,
  methods: 1,
};

/** The options as JSON; what they mean is checked by the module. */
export function optionsJson(options: CalibrationOptions): string {
  const { semanticPosition, maxTokens, engines, risk, date, ...same } = options;
  const { rule, offset } = position(semanticPosition);
  if (engines !== undefined) known(engines, ENGINES);
  return json("the options", {
    ...same,
    semantic_rule: rule,
    semantic_offset: offset,
    max_tokens: maxTokens,
    nli: engines?.nli,
    embed: engines?.embed,
    date: date ?? new Date().toISOString().slice(0, 10),
    verdict: verdictOf(risk),
  });
}

const ENGINES: Names<NonNullable<CalibrationOptions["engines"]>> = { embed: 1, nli: 1 };

/** That of an answer has more than is read of it. */
const POSITION: Names<SemanticToken> = { rule: 1, offset: 1, index: 1, token: 1 };
const RULES = ["header", "profile", "offset", "last"] as const satisfies readonly SemanticToken["rule"][];

/** Where gradients were taken, if the caller says. */
function position(given: CalibrationOptions["semanticPosition"]): Partial<SemanticToken> {
  if (given === undefined) return {};
  const advice = "Give answer.semanticPosition of any of the answers, or leave it out.";
  if (typeof given !== "object" || given === null) throw badInput(`semanticPosition is ${String(given)}`, advice);
  const { rule, offset } = known<Partial<SemanticToken>>(given, POSITION);
  if (!(RULES as readonly unknown[]).includes(rule))
    throw badInput(`semanticPosition.rule is ${String(rule)}`, `Use one of ${RULES.join(", ")}. ${advice}`);
  if (!(Number.isSafeInteger(offset) && (offset as number) < 0))
    throw badInput(
      `semanticPosition.offset is ${String(offset)}`,
      `It counts from the prompt's end: -1, -2, …. ${advice}`,
    );
  return { rule: rule as SemanticToken["rule"], offset: offset as number };
}

const RISK: Names<Risk> = { answer: 1, abstain: 1, mode: 1 };

/** What the verdict tolerates, as the module reads it. */
export function verdictOf(risk: Risk | undefined): object | undefined {
  return risk && known(risk, RISK) && { mode: risk.mode, answer_risk: risk.answer, abstain_risk: risk.abstain };
}
