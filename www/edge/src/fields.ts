/** Fields of a request, checked one by one; a name that nobody knows is an error, not ignored. */

import { bad } from "./problem.ts";
import type { Limits } from "./settings.ts";

export type Fields = Readonly<Record<string, unknown>>;

const wrong = (name: string, what: string) => bad(`${name} is not ${what}`, "See the list of fields.");

/** Throws for a name that is not in the list. */
export function only(fields: Fields, names: readonly string[]): void {
  for (const name of Object.keys(fields)) {
    if (!names.includes(name)) throw bad(`unknown field ${name.slice(0, 40)}`, `Known are ${names.join(", ")}.`);
  }
}

export function object(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(name, "an object");
}

export function list(value: unknown, name: string, most: number): unknown[] {
  if (!Array.isArray(value)) throw wrong(name, "a list");
  if (value.length > most) throw bad(`${name} has ${value.length} entries`, `Send at most ${most}.`);
  return value;
}

export function text(value: unknown, name: string, { characters }: Limits): string {
  if (typeof value !== "string") throw wrong(name, "a text");
  // It would become other text on its way into the model.
  if (/\p{Surrogate}/u.test(value)) throw bad(`${name} has half of a surrogate pair`, "Send whole characters.");
  if (value.length > characters) throw bad(`${name} is too long`, `Send at most ${characters} characters.`);
  return value;
}

export function number(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw wrong(name, `a number from ${least} to ${most}`);
}

export function whole(value: unknown, name: string, least: number, most: number): number {
  if (Number.isSafeInteger(value)) return number(value, name, least, most);
  throw wrong(name, `a whole number from ${least} to ${most}`);
}

export function flag(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw wrong(name, "true or false");
}

export function choice<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
  if ((allowed as readonly unknown[]).includes(value)) return value as T;
  throw wrong(name, `one of ${allowed.join(", ")}`);
}
