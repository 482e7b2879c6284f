/** The questions that a user gives: one a line, or a file of JSON lines or of comma-separated values. */

/** Longer lines are texts, not questions; they would also take much memory. */
export const LONGEST = 500;

/** What is wrong with a line. */
export type Fault = "json" | "long";

/** What a text holds. */
export interface List {
  /** Each one once, in order. */
  questions: string[];
  /** By question, what counts as right; nothing for one that came without answers. */
  answers: Map<string, string[]>;
  /** Lines that repeat an earlier one. */
  duplicates: number;
  /** By line, counted from 1. */
  faults: { line: number; fault: Fault }[];
}

/** One line's question with its answers, or what is wrong with it; null for a line that says nothing. */
type Read = { line: number; found: string | null; answers?: unknown; fault?: Fault };

/** What makes two lines the same question: case, spaces and a question mark at the end do not part them. */
function sameness(question: string): string {
  const plain = question.toLowerCase().replace(/[\s?？]+$/, "");
  return plain === "" ? question : plain;
}

/** Reads a text. */
export function readList(text: string): List {
  // A file's byte order mark is no part of it.
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const faults: List["faults"] = [];
  const questions = new Map<string, string>();
  const answers: List["answers"] = new Map();
  let duplicates = 0;
  for (const { line, found, answers: given, fault } of read(lines)) {
    const question = found?.replace(/\s+/g, " ").trim() ?? "";
    const wrong = fault ?? (question.length > LONGEST ? "long" : undefined);
    const key = sameness(question);
    if (wrong) faults.push({ line, fault: wrong });
    else if (questions.has(key)) duplicates += 1;
    else if (question !== "") questions.set(key, question);
    const first = questions.get(key);
    const right = wrong || first === undefined ? [] : textsOf(given);
    if (first !== undefined && right.length > 0) answers.set(first, [...(answers.get(first) ?? []), ...right]);
  }
  return { questions: [...questions.values()], answers, duplicates, faults };
}

/** One text or several; what is none says nothing about what is right. */
const textsOf = (given: unknown): string[] =>
  [given].flat().flatMap((one) => (typeof one === "string" && one.trim() !== "" ? one.trim() : []));

function read(lines: readonly string[]): Read[] {
  const first = lines.find((line) => line.trim() !== "") ?? "";
  if (/^\s*\{/.test(first)) return lines.map((text, index) => ({ line: index + 1, ...ofJson(text) }));
  const mark = separator(first);
  if (mark !== null) return table(lines.join("\n"), mark);
  return lines.map((text, index) => ({ line: index + 1, found: withoutBullet(text) }));
}

function ofJson(text: string): Omit<Read, "line"> {
  if (text.trim() === "") return { found: null };
  try {
    const { question, answers } = JSON.parse(text) as { question?: unknown; answers?: unknown };
    return typeof question === "string" ? { found: question, answers } : { found: null, fault: "json" };
  } catch {
    return { found: null, fault: "json" };
  }
}

/** Lists are pasted with their bullets and numbers. */
const withoutBullet = (text: string) => text.replace(/^\s*(?:[-*•–]|\d{1,4}[.)])\s+/, "");

/** The columns that are read. */
const [COLUMN, ANSWERS] = ["question", "answers"];
/** Parts the answers of a cell. */
const OR = "|";
const name = (cell: string) => cell.trim().toLowerCase();

/** Parts nothing: of a table of one column, commas belong to its cells. */
const NOTHING = "\0";

/** What parts the cells of a table whose head names that column; null for what is no such table. */
function separator(head: string): string | null {
  const cells = (mark: string) => rows(head, mark)[0]?.cells.map(name) ?? [];
  const isColumn = (mark: string) => cells(mark).includes(COLUMN);
  return [NOTHING, ",", ";", "\t"].find(isColumn) ?? null;
}

function table(text: string, mark: string): Read[] {
  const [head, ...body] = rows(text, mark).filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  const place = (column: string) => head?.cells.findIndex((cell) => name(cell) === column) ?? -1;
  const [question, answers] = [place(COLUMN), place(ANSWERS)];
  return body.map(({ line, cells }) => ({
    line,
    found: cells[question] ?? null,
    answers: cells[answers]?.split(OR),
  }));
}

/** A table's rows; cells in quotes may hold marks, line breaks, and quotes that are doubled (RFC 4180). */
function rows(text: string, mark: string): { line: number; cells: string[] }[] {
  const found: { line: number; cells: string[] }[] = [];
  let row = { line: 1, cells: [""] };
  let line = 1;
  let quoted = false;
  const add = (letter: string) => row.cells.push((row.cells.pop() ?? "") + letter);
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (letter === "\n") line += 1;
    if (quoted) {
      const doubled = letter === '"' && text[at + 1] === '"';
      if (doubled) at += 1;
      if (letter !== '"' || doubled) add(letter);
      else quoted = false;
    } else if (letter === '"' && row.cells.at(-1) === "") {
      quoted = true;
    } else if (letter === mark) {
      row.cells.push("");
    } else if (letter === "\n") {
      found.push(row);
      row = { line, cells: [""] };
    } else {
      add(letter);
    }
  }
  return [...found, row];
}
