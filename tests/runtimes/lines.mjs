/** JSONL in and out, as the native command line does it: what is in the output already is not done again. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** The lines of a file that are not blank. */
export function readLines(path) {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A request, or the record of why it is none. */
export function parseRequest(line) {
  const value = parse(line);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { request: value };
  const error = {
    code: "bad_input",
    message: "the line is not a request.",
    advice: "Write one JSON object a line.",
  };
  return { failure: { id: null, error } };
}

/** An output file that is appended to. */
export class Output {
  constructor(path) {
    this.path = path;
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    const ids = before.split("\n").map((line) => parse(line)?.id ?? null);
    this.done = new Set(ids.filter((id) => id !== null).map((id) => JSON.stringify(id)));
    // Also creates the file, and ends a last line that was cut off.
    appendFileSync(path, before !== "" && !before.endsWith("\n") ? "\n" : "");
  }

  has(id) {
    return id !== undefined && id !== null && this.done.has(JSON.stringify(id));
  }

  write(record) {
    appendFileSync(this.path, `${JSON.stringify(record)}\n`);
  }
}
