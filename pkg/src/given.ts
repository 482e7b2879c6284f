/**
 * What callers give, checked before anything is done with it: a name that nobody knows is refused and not ignored, and a
 * value of the wrong type is an error of ours.
 */

import { badInput, type SemgradError } from "./errors.js";
import type { Wasm } from "./types.js";

/** The names of options. None can be missing and none too many: their type is that of the options. */
export type Names<T> = Readonly<Record<keyof T, unknown>>;

/** The options that were given, none of them unknown. */
export function known<T extends object>(options: T | undefined, names: Names<T>): T {
  if (options === undefined) return {} as T;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw badInput("the options are no object", "Give { name: value }, or leave them out.");
  for (const name of Object.keys(options))
    if (!Object.hasOwn(names, name)) throw unknownName("option", name, Object.keys(names));
  return options;
}

/** The error of a name that is none of these. */
export function unknownName(what: string, name: string, names: readonly string[]): SemgradError {
  const asked = name.slice(0, LONGEST);
  const [near] = names
    .map((one) => ({ one, steps: distance(bare(asked), bare(one)) }))
    .filter(({ steps }) => steps <= asked.length / 3)
    .sort((a, b) => a.steps - b.steps);
  const hint = near ? `; did you mean "${near.one}"?` : "";
  return badInput(`unknown ${what} "${asked}"${hint}`, `There are ${names.join(", ")}.`);
}

/** A function to be called back, if any. */
export function callback<T>(name: string, value: T): T {
  if (value == null || typeof value === "function") return value;
  throw badInput(`${name} is no function`, "Give a function, or leave it out.");
}

/** A signal, if any; one of another window has another class. */
export function signal<T>(value: T): T {
  const given = value as Partial<AbortSignal> | null | undefined;
  if (given == null || (typeof given.aborted === "boolean" && typeof given.addEventListener === "function"))
    return value;
  throw badInput("signal is no AbortSignal", "Give that of an AbortController, or leave it out.");
}

/** Texts in a list, which a single text is not. */
export function texts(name: string, value: readonly string[]): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return [...value];
  throw badInput(`${name} is no list of texts`, 'Give a list, as ["one", "two"].');
}

/** A number, if any. */
export function finite(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
  throw badInput(`${name} is ${String(value)}`, "Give a number.");
}

/** A whole number from `least` up, if any. */
export function whole(name: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
  throw badInput(`${name} is ${String(value)}`, `Give a whole number from ${least} up.`);
}

/**
 * An error of the module about something that callers know by another name, the first word of its message, in their words.
 */
export function renamed(error: SemgradError, names: Readonly<Record<string, string>>): SemgradError {
  const [field = ""] = /^[a-z_]+/.exec(error.message) ?? [];
  const name = Object.hasOwn(names, field) ? names[field] : undefined;
  if (error.code !== "bad_input" || name === undefined || name === field) return error;
  return badInput(name + error.message.slice(field.length), error.advice, { cause: error.cause });
}

/** Without what was not given. */
export function given<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** A wasm module, or where it is, if any. */
export function moduleOf(wasm: Wasm | null | undefined): Wasm | undefined {
  const isBytes = wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm);
  const isPlace = typeof wasm === "string" || wasm instanceof URL;
  if (wasm == null) return undefined;
  if (isBytes || isPlace || wasm instanceof WebAssembly.Module) return wasm;
  throw badInput("wasm is no module", "Pass it compiled, its bytes, or its address.");
}

/** As JSON; what is no plain data has none. */
export function json(name: string, value: unknown): string {
  try {
    return JSON.stringify(value ?? null) ?? "null";
  } catch (cause) {
    throw badInput(`${name} is no plain data`, "Give what can be written as JSON.", { cause });
  }
}

/** Longer names are not compared. */
const LONGEST = 40;

/** `max_tokens` and `maxtokens` mean `maxTokens`. */
const bare = (name: string) => name.replace(/[-_]/g, "").toLowerCase();

/** How many letters have to be changed, left out, put in or swapped with the next one to get from one name to another. */
function distance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= to.length; j++) {
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const changed = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(changed, at(i - 1, j) + 1, at(i, j - 1) + 1, swapped ? at(i - 2, j - 2) + 1 : changed));
    }
  }
  return at(from.length, to.length);
}
