/** JSONL in and out, as the native command line does it: what is in the output already is not done again, what failed is. */
import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";

/** A file's bytes as text; a byte order mark says which, and is no part of it. */
function decode(bytes, options) {
  const [first, second] = bytes;
  const wide = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : null;
  return new TextDecoder(wide ?? "utf-8", options).decode(bytes);
}

/** Whether the bytes are text. */
function isText(bytes) {
  try {
    decode(bytes, { fatal: true });
    return true;
  } catch {
    return false;
  }
}

/** The text of a file. */
export const readText = (path) => decode(readFileSync(path));

/** The lines of a file that are not blank, and which of them are no text in its encoding. */
export function readLines(path) {
  const bytes = readFileSync(path);
  // Only where something cannot be read is it looked for, in bytes, which are lines in UTF-8 alone.
  const broken = new Set();
  if (!isText(bytes)) {
    for (let from = 0, line = 0; from <= bytes.length; line++) {
      const end = bytes.indexOf(0x0a, from);
      const to = end < 0 ? bytes.length : end;
      if (!isText(bytes.subarray(from, to))) broken.add(line);
      from = to + 1;
    }
  }
  return decode(bytes)
    .split("\n")
    .map((text, line) => ({ text: text.replace(/\r$/, ""), isBroken: broken.has(line) }))
    .filter(({ text }) => text.trim() !== "");
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The id of a line that is no JSON: a text or a number, where it is written before anything is nested. */
function idOf(line) {
  const written =
    /^\s*\{(?:\s*"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^\s"{[,]+)\s*,)*?\s*"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[^\s,}]*)/.exec(
      line,
    );
  return written ? parse(written[1]) : null;
}

/** A request, or the record of why it is none. */
export function parseRequest({ text, isBroken }) {
  const value = parse(text);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject && !isBroken) return { request: value };
  const what = isBroken ? "is not text in UTF-8" : "is not a request";
  const error = { code: "bad_input", message: `the line ${what}.`, advice: "Write one JSON object a line." };
  return { failure: { id: value?.id ?? idOf(text), error } };
}

const key = (id) => (id === undefined || id === null ? null : JSON.stringify(id));

/** An output file that is appended to. */
export class Output {
  constructor(path) {
    this.path = path;
    this.done = new Map();
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    for (const record of decode(bytes).split("\n").map(parse)) {
      const id = record?.error ? null : key(record?.id);
      if (id !== null) this.done.set(id, (this.done.get(id) ?? 0) + 1);
    }
    // Also creates the file. A last line that was cut off is dropped.
    appendFileSync(path, "");
    const last = bytes.subarray(bytes.lastIndexOf(0x0a) + 1);
    if (last.length === 0) return;
    if (parse(decode(last)) === null && last[0] === 0x7b) truncateSync(path, bytes.length - last.length);
    else appendFileSync(path, "\n");
  }

  /** Takes away the lines that failed before and have one of these ids: in a new file first, so that nothing is lost. */
  retry(ids) {
    const wanted = new Set(ids.map(key));
    const lines = readText(this.path).split("\n");
    const kept = lines.filter((line) => {
      const record = parse(line);
      return !(record?.error && wanted.has(key(record.id)));
    });
    if (kept.length === lines.length) return;
    writeFileSync(`${this.path}.new`, kept.join("\n"));
    renameSync(`${this.path}.new`, this.path);
  }

  /** Whether a line with this id is there already. Of lines with the same id each is asked for once. */
  take(id) {
    const count = this.done.get(key(id)) ?? 0;
    if (count > 0) this.done.set(key(id), count - 1);
    return count > 0;
  }

  write(record) {
    appendFileSync(this.path, `${JSON.stringify(record)}\n`);
  }
}
