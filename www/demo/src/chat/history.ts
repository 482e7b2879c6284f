/**
 * What was asked and answered, kept in this browser and nowhere else: until it is deleted, or makes room for newer. Where
 * the browser keeps nothing it lasts as long as the page.
 */

import type { Told, ToldToken } from "../../../shared/told.js";
import { forget, keep, recall } from "../keep.js";

/** One question with its answer. */
export interface Entry {
  id: string;
  /** When, as ISO 8601. */
  at: string;
  /** The model's name. */
  model: string;
  question: string;
  told: Told;
}

const NAME = "chat";
/** The newest are kept, so many of them, and no more than a part of what browsers grant. */
const MOST = 200;
const MOST_CHARACTERS = 1_000_000;

/** Fires `change`, and `clear` where all of it was deleted at once. */
export class History extends EventTarget {
  /** The oldest first. */
  entries: readonly Entry[] = kept();
  /** False once the browser refused to keep something. */
  isKept = true;

  /** Adds an answer, or puts a longer one in its place. */
  put(entry: Entry): void {
    const others = this.current();
    const at = others.findIndex(({ id }) => id === entry.id);
    this.set(at < 0 ? [...others, entry] : others.with(at, entry));
  }

  remove(id: string): void {
    this.set(this.current().filter((entry) => entry.id !== id));
  }

  clear(): void {
    this.set([]);
    this.dispatchEvent(new Event("clear"));
  }

  /** Another window may have added to it. */
  private current(): readonly Entry[] {
    return this.isKept ? kept() : this.entries;
  }

  private set(entries: readonly Entry[]): void {
    this.entries = newest(entries);
    if (this.entries.length === 0) forget(NAME);
    else this.isKept = keep(NAME, this.entries);
    this.dispatchEvent(new Event("change"));
  }
}

/** What is there; what an older page wrote otherwise is none of it. */
function kept(): Entry[] {
  const found = recall<Partial<Entry>[]>(NAME);
  const isEntry = ({ id, question, told }: Partial<Entry>) =>
    typeof id === "string" && typeof question === "string" && Array.isArray(told?.tokens) && "explanation" in told;
  return Array.isArray(found) ? (found.filter((entry) => entry && isEntry(entry)) as Entry[]) : [];
}

/** As many of the newest as there is room for, and always the last one. */
export function newest(entries: readonly Entry[]): Entry[] {
  let room = MOST_CHARACTERS;
  const fitting: Entry[] = [];
  for (const entry of entries.slice(-MOST).reverse()) {
    room -= JSON.stringify(entry).length;
    if (room < 0 && fitting.length > 0) break;
    fitting.push(entry);
  }
  return fitting.reverse();
}

const rounded = (value: number) => Number(value.toPrecision(4));

/** Tells one entry from the others; pages that are not secure have no better source of chance. */
export const newId = (): string => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** An answer as it is kept: numbers that are only drawn need few digits. */
export function entryOf(id: string, question: string, model: string, told: Told): Entry {
  const short = ({ text, logprob }: Pick<ToldToken, "text" | "logprob">) => ({
    text,
    logprob: logprob === null ? null : rounded(logprob),
  });
  const tokens = told.tokens.map(({ rivals, ...token }) =>
    rivals ? { ...short(token), rivals: rivals.map(short) } : short(token),
  );
  const confidenceParts =
    told.confidenceParts?.map(({ name, contribution }) => ({ name, contribution: rounded(contribution) })) ?? null;
  return { id, at: new Date().toISOString(), model, question, told: { ...told, tokens, confidenceParts } };
}
