/**
 * Looks at answers that others wrote and keeps what was seen of each in this browser, so that a run goes on after a pause or
 * a reload.
 */

import { type GivenProgress, type GivenRow, type Model, surveyGiven } from "semgrad";
import type { Keeping } from "../database.js";
import { dropRows, keepRow, keptRows } from "./given-store.js";
import type { Judged } from "./judged.js";

/** Answers of the model's own that each one is compared with: as many as judgments ask for unless told otherwise. */
export const OWN_ANSWERS = 5;

/** Of one set of answers, one model, one way to ask. */
export class GivenRun {
  /** Whether the browser keeps it. */
  keeping: Keeping = "kept";
  /** Answers that are too long for the model, of the last attempt. */
  failed = 0;
  private isThrough = false;

  private constructor(
    private readonly model: string,
    readonly prefix: string,
    readonly answers: readonly Judged[],
    private readonly seen: Map<string, GivenRow>,
  ) {}

  /** The run as it was left, or a new one. */
  static async open(model: string, prefix: string, answers: readonly Judged[]): Promise<GivenRun> {
    const rows = await keptRows(model, termsOf(prefix));
    return new GivenRun(model, prefix, answers, new Map(rows.map((row) => [row.id ?? "", row])));
  }

  /** What was seen of the answers, which may be judged otherwise by now. */
  get rows(): GivenRow[] {
    return this.answers.flatMap((answer) => {
      const row = this.seen.get(answer.id);
      // Another text has other signals.
      return row?.answer === answer.answer ? [{ ...answer, examined: row.examined }] : [];
    });
  }

  get done(): number {
    return this.rows.length;
  }

  /** Whether nothing is left to look at. */
  get complete(): boolean {
    return this.isThrough || this.done === this.answers.length;
  }

  /** How many answers are to questions that ask for no single fact: nothing is made of these. */
  get unlike(): number {
    return this.rows.filter(({ examined }) => Object.keys(examined.signals).length === 0).length;
  }

  /** Whether the other one is of the same model, asked in the same way about the same answers. */
  isLike(other: GivenRun | null): boolean {
    const of = ({ model, prefix, answers }: GivenRun) => JSON.stringify([model, prefix, answers]);
    return other !== null && of(this) === of(other);
  }

  /** Looks at what is left; an abort rejects, everything before it is kept. */
  async look(model: Model, signal: AbortSignal, onProgress: (progress: GivenProgress) => void): Promise<void> {
    await surveyGiven(model, this.answers, {
      ownAnswers: OWN_ANSWERS,
      prefix: this.prefix,
      kept: this.rows,
      onKeep: (row) => this.keep(row),
      onProgress: (progress) => {
        this.failed = progress.failed;
        onProgress(progress);
      },
      signal,
    });
    this.isThrough = true;
  }

  /** Forgets what was seen. */
  async restart(): Promise<void> {
    this.seen.clear();
    this.failed = 0;
    this.isThrough = false;
    await dropRows(this.model, termsOf(this.prefix));
  }

  private async keep(row: GivenRow): Promise<void> {
    const { id = "" } = row;
    this.seen.set(id, row);
    this.keeping = await keepRow(this.model, termsOf(this.prefix), id, row);
  }
}

const termsOf = (prefix: string) => JSON.stringify([prefix, OWN_ANSWERS]);
