/**
 * EVOUNA (github.com/wangcunxiang/QA-Eval) as its files are: a question with the answers of several writers, each under its
 * writer's name with what people said of it.
 */

import type { GivenAnswer } from "semgrad";

const ANSWER = "answer_";
const JUDGE = "judge_";

/**
 * The answers to one of its questions; null for what is none of them. Without those that nobody judged, and without any where the
 * question is said to be improper, such as one whose answer changes with time.
 */
export function evounaAnswers(one: Readonly<Record<string, unknown>>): GivenAnswer[] | null {
  const { question, improper } = one;
  const writers = Object.keys(one).flatMap((name) => {
    const writer = name.startsWith(ANSWER) ? name.slice(ANSWER.length) : "";
    return writer !== "" && JUDGE + writer in one ? [writer] : [];
  });
  if (writers.length === 0 || typeof question !== "string" || question.trim() === "") return null;
  if (improper === true) return [];
  return writers.flatMap((writer) => {
    const [answer, right] = [one[ANSWER + writer], one[JUDGE + writer]];
    const isJudged = typeof answer === "string" && answer.trim() !== "" && typeof right === "boolean";
    return isJudged ? [{ question, answer, writer, right }] : [];
  });
}
