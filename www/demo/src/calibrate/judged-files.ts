/** Several files of judged answers as one list. What each calls its questions and answers is its own matter. */

import { type Fault, type Judged, readJudged } from "./judged.js";

/** A file that was chosen. */
export interface ChosenFile {
  name: string;
  text: string;
}

/** What they hold together. */
export interface JudgedFiles {
  answers: Judged[];
  faults: { file: string; line: number; fault: Fault }[];
}

/** Reads them. With several, the questions of each are a set, unless they say themselves what set they are of. */
export function readFiles(files: readonly ChosenFile[]): JudgedFiles {
  // Whatever order they were chosen in, what was seen of an answer is kept by the name that it gets here.
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = sorted.map(({ name, text }) => ({ name, ...readJudged(text) }));
  const [only] = read;
  return {
    answers: only && read.length === 1 ? only.answers : joined(read),
    faults: read.flatMap(({ name, faults }) => faults.map((fault) => ({ file: name, ...fault }))),
  };
}

function joined(files: readonly { name: string; answers: Judged[] }[]): Judged[] {
  const all = new Map<string, Judged>();
  /** By group, the questions in it. */
  const asked = new Map<string, Set<string>>();
  for (const { name, answers } of files) {
    const set = name.replace(/\.[^.]*$/, "");
    const own = questionsOf(answers);
    // A group of the same name that shares no question is another one.
    const isOther = (group: string, questions: Set<string>) => {
      const earlier = asked.get(group);
      return earlier !== undefined && ![...questions].some((question) => earlier.has(question));
    };
    const others = new Set([...own].filter(([group, questions]) => isOther(group, questions)).map(([group]) => group));
    for (const answer of answers) {
      const known = all.get(answer.id);
      if (known && isSame(known, answer)) continue;
      const id = known ? `${set} · ${answer.id}` : answer.id;
      const group = others.has(answer.group) ? `${set} · ${answer.group}` : answer.group;
      all.set(id, { ...answer, id, group, set: answer.set ?? set });
    }
    for (const [group, questions] of own) asked.set(group, new Set([...(asked.get(group) ?? []), ...questions]));
  }
  return [...all.values()];
}

function questionsOf(answers: readonly Judged[]): Map<string, Set<string>> {
  const questions = new Map<string, Set<string>>();
  for (const { group, question } of answers) {
    questions.set(group, (questions.get(group) ?? new Set()).add(question));
  }
  return questions;
}

const isSame = (a: Judged, b: Judged): boolean =>
  a.question === b.question && a.answer === b.answer && a.writer === b.writer;
