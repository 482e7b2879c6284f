/** `POST /v1/score`: one question or a batch, each judged by the local model or by what it brings. */

import type { RawRecord } from "semgrad/edge";
import { type Fields, list, object } from "./fields.ts";
import { judge } from "./judge.ts";
import { pool } from "./pool.ts";
import { type Problem, toProblem } from "./problem.ts";
import type { Service } from "./service.ts";
import { isSupplied, type Scored, scoreSupplied } from "./supplied.ts";

/** A question's result, or why there is none. */
export type Outcome = Scored | RawRecord | { id?: unknown; error: ReturnType<Problem["toJSON"]> };

/** Scores one question. */
export async function scoreOne(fields: Fields, service: Service, signal: AbortSignal): Promise<Scored | RawRecord> {
  signal.throwIfAborted();
  if (isSupplied(fields)) return scoreSupplied(fields, service.settings.limits, service.wasm);
  return judge(fields, service, signal);
}

/** The same; a failure stands in the place of the result. */
async function outcome(value: unknown, shared: Fields, service: Service, signal: AbortSignal): Promise<Outcome> {
  let id: unknown;
  try {
    const own = object(value, "a question");
    id = own.id;
    return await scoreOne({ ...shared, ...own }, service, signal);
  } catch (thrown) {
    return { ...(id === undefined ? {} : { id }), error: toProblem(thrown, signal).toJSON() };
  }
}

/** Scores a request's body: a question, or `questions` with what they share beside them. */
export async function score(body: Fields, service: Service, signal: AbortSignal): Promise<object> {
  if (body.questions === undefined) return scoreOne(body, service, signal);
  const { questions, ...shared } = body;
  const { limits } = service.settings;
  const all = list(questions, "questions", limits.questions);
  return { results: await pool(all, limits.concurrency, (entry) => outcome(entry, shared, service, signal)) };
}
