/**
 * A user's labelled questions, one JSON object a line. Pure, and plain JavaScript so that tests read it as it is.
 *
 * @typedef {{ id: string, question: string, answers: string[] }} Open the model answers, and its answer is compared
 * @typedef {{ id: string, question: string, answer: string, right: boolean }} Given an answer from elsewhere, judged
 * @typedef {Open | Given} Question
 * @typedef {"json" | "question" | "answers" | "mixed"} Fault
 */

/** @param {unknown} value @returns {value is string} */
const isText = (value) => typeof value === "string" && value.trim() !== "";

/**
 * @param {unknown} value
 * @param {string} id
 * @returns {Question | Fault}
 */
function question(value, id) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "json";
  const { question, answers, answer, right } = /** @type {Record<string, unknown>} */ (value);
  if (!isText(question)) return "question";
  if (Array.isArray(answers) && answers.length > 0 && answers.every(isText)) return { id, question, answers };
  if (isText(answer) && typeof right === "boolean") return { id, question, answer, right };
  return "answers";
}

/**
 * The questions, and what is wrong with which line (counted from 1). One file is one kind: answers that the model gives
 * are calibrated apart from answers that it is shown.
 *
 * @param {string} text
 * @returns {{ questions: Question[], given: boolean, faults: { line: number, fault: Fault }[] }}
 */
export function parseQuestions(text) {
  // A file's byte order mark is no part of it.
  const plain = text.replace(/^\ufeff/, "");
  /** @type {Question[]} */
  const questions = [];
  /** @type {{ line: number, fault: Fault }[]} */
  const faults = [];
  for (const [index, line] of plain.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const parsed = question(json(line), String(questions.length + 1));
    const first = questions[0];
    if (typeof parsed === "string") faults.push({ line: index + 1, fault: parsed });
    else if (first && "answer" in first !== "answer" in parsed) faults.push({ line: index + 1, fault: "mixed" });
    else questions.push(parsed);
  }
  const first = questions[0];
  return { questions, given: first !== undefined && "answer" in first, faults };
}

/** @param {string} line */
function json(line) {
  try {
    return /** @type {unknown} */ (JSON.parse(line));
  } catch {
    return undefined;
  }
}
