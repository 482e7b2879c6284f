/** `POST /v1/check`: what is wrong with an answer that anybody can see, without a model. */

import { check, type Fault, type Wasm } from "semgrad/edge";
import { type Fields, only, text } from "./fields.ts";
import type { Limits } from "./settings.ts";

const NAMES = ["id", "question", "answer", "context"] as const;

/** Checks a request's body. */
export async function checked(fields: Fields, limits: Limits, wasm: Wasm): Promise<{ id?: unknown; faults: Fault[] }> {
  only(fields, NAMES);
  const { id, question = "", context = "" } = fields;
  const answer = text(fields.answer, "answer", limits);
  const asked = text(question, "question", limits);
  const faults = await check(asked, answer, { context: text(context, "context", limits), wasm });
  return { ...(id === undefined ? {} : { id }), faults };
}
