/** Answers that others wrote and people judged, as files have them: a JSON object a line, or a list of such objects. */

import type { GivenAnswer } from "semgrad";
import { evounaAnswers } from "./evouna.js";

/** An answer, with what it is known by and what it belongs to. */
export type Judged = GivenAnswer & Required<Pick<GivenAnswer, "id" | "group">>;

/** What is wrong with a line. */
export type Fault = "json" | "question" | "answer" | "writer" | "right";

/** What a text holds. */
export interface JudgedList {
  /** Each one once. */
  answers: Judged[];
  /** By line, or by place in a list, counted from 1. */
  faults: { line: number; fault: Fault }[];
}

/** Reads a text. */
export function readJudged(text: string): JudgedList {
  const answers = new Map<string, Judged>();
  const faults: JudgedList["faults"] = [];
  // A file's byte order mark is no part of it.
  for (const { line, value } of entries(text.replace(/^\ufeff/, ""))) {
    const found = read(value);
    if (typeof found === "string") faults.push({ line, fault: found });
    else for (const answer of found) if (!answers.has(answer.id)) answers.set(answer.id, answer);
  }
  return { answers: [...answers.values()], faults };
}

/** How much there is of what. */
export function countsOf(answers: readonly Judged[]): Record<"questions" | "answers" | "writers" | "wrong", number> {
  return {
    questions: new Set(answers.map(({ group }) => group)).size,
    answers: answers.length,
    writers: new Set(answers.map(({ writer }) => writer)).size,
    wrong: answers.filter(({ right }) => !right).length,
  };
}

/**
 * The answers to so many of the questions. Those to one question stand together, and the questions in the order of a hash, so
 * that the first of them are as good as any.
 */
export async function drawn(answers: readonly Judged[], count: number): Promise<Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const answer of answers) groups.set(answer.group, [...(groups.get(answer.group) ?? []), answer]);
  const hashed = await Promise.all([...groups].map(async ([group, all]) => ({ hash: await hash(group), all })));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return hashed.slice(0, count).flatMap(({ all }) => all);
}

async function hash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function entries(text: string): { line: number; value: unknown }[] {
  if (text.trimStart().startsWith("[")) {
    const list = json(text);
    return Array.isArray(list) ? list.map((value, at) => ({ line: at + 1, value })) : [{ line: 1, value: list }];
  }
  return text
    .split(/\r?\n/)
    .map((line, at) => ({ line: at + 1, text: line }))
    .filter(({ text }) => text.trim() !== "")
    .map(({ line, text }) => ({ line, value: json(text) }));
}

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

function read(value: unknown): Judged[] | Fault {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "json";
  const one = value as Record<string, unknown>;
  const several = evounaAnswers(one);
  if (several) return several.map(named);
  const { question, answer, writer, right, id, group, set } = one;
  if (!isText(question)) return "question";
  if (!isText(answer)) return "answer";
  if (!isText(writer)) return "writer";
  if (typeof right !== "boolean") return "right";
  const own = typeof id === "number" ? String(id) : id;
  return [
    named({
      question,
      answer,
      writer,
      right,
      ...(isText(own) ? { id: own } : {}),
      ...(isText(group) ? { group } : {}),
      ...(isText(set) ? { set } : {}),
    }),
  ];
}

const named = (answer: GivenAnswer): Judged => {
  const { question, writer, id = `${question} · ${writer}`, group = question } = answer;
  return { ...answer, id, group };
};

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
