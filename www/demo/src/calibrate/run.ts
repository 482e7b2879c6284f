/**
 * Answers a user's questions one after the other and keeps every answer in this browser, so that a run goes on after a
 * pause or a reload.
 */

import { type Answer, contains, type Model, type ModelInfo, ONE_PASS_METHODS } from "semgrad";
import { forget, keep, recall } from "../keep.js";
import type { Settings } from "../settings.js";
import type { Question } from "./questions.js";

/** One question's outcome. */
export interface Row {
  id: string;
  question: string;
  answer: string;
  /** What counts as right; null for an answer that came judged. */
  wanted: string[] | null;
  right: boolean;
  scores: Record<string, number>;
  tokens: number;
  promptTokens: number;
  /** Missing in runs that an earlier version kept. */
  finishReason?: Answer["finishReason"];
}

/** What has been done of a run. */
export interface Progress {
  rows: Row[];
  /** Questions that failed, by id. */
  failed: string[];
  /** Where gradients were taken; null until something was answered. */
  semanticPosition: { rule: string; offset: number } | null;
}

/** How the model is asked: what the calibration will hold for. */
export interface Terms {
  prefix: string;
  maxTokens: number;
}

/** For a model that nobody has calibrated yet: short answers are what can be judged. */
const SHORT = { prefix: "Answer the question concisely. Q: ", maxTokens: 64 };

/** As the settings say, or else as the model is asked without them. */
export const termsOf = ({ prefix, length }: Settings, { profile }: ModelInfo): Terms => ({
  prefix: prefix ?? profile?.prefix ?? SHORT.prefix,
  maxTokens: length ?? SHORT.maxTokens,
});

/** Of one set of questions, one model, one way to ask. */
export class Run {
  readonly progress: Progress;
  /** False once the browser refused to keep something. */
  kept = true;

  private constructor(
    private readonly name: string,
    readonly questions: readonly Question[],
    readonly terms: Terms,
  ) {
    this.progress = recall<Progress>(name) ?? { rows: [], failed: [], semanticPosition: null };
  }

  /** The run as it was left, or a new one. */
  static async open(model: string, questions: readonly Question[], terms: Terms): Promise<Run> {
    const text = new TextEncoder().encode(JSON.stringify([model, questions, terms]));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).slice(0, 8);
    const name = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return new Run(`run-${name}`, questions, terms);
  }

  get done(): number {
    return this.progress.rows.length + this.progress.failed.length;
  }

  /** Forgets the answers. */
  restart(): void {
    this.progress.rows.length = 0;
    this.progress.failed.length = 0;
    forget(this.name);
  }

  /** Corrects what counts as right. */
  judge(row: Row, right: boolean): void {
    row.right = right;
    this.save();
  }

  /** Answers what is left; an abort rejects with the signal's reason, everything before it is kept. */
  async answer(model: Model, signal: AbortSignal, onDone: () => void): Promise<void> {
    const seen = new Set([...this.progress.rows.map(({ id }) => id), ...this.progress.failed]);
    for (const question of this.questions) {
      if (seen.has(question.id)) continue;
      signal.throwIfAborted();
      try {
        const { row, semanticPosition } = await outcome(model, question, this.terms, signal);
        this.progress.rows.push(row);
        this.progress.semanticPosition ??= semanticPosition;
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        this.progress.failed.push(question.id);
      }
      this.save();
      onDone();
    }
  }

  private save(): void {
    this.kept = keep(this.name, this.progress);
  }
}

async function outcome(model: Model, question: Question, { prefix, maxTokens }: Terms, signal: AbortSignal) {
  const options = { methods: ONE_PASS_METHODS, maxTokens, prefix, signal };
  const given = "answer" in question;
  const answer = given
    ? await model.score(question.question, question.answer, options)
    : await model.ask(question.question, options);
  const text = given ? question.answer : (answer.text ?? "");
  const scores = Object.entries(answer.scores).flatMap(([method, score]) =>
    score?.score == null ? [] : [[method, score.score] as const],
  );
  const row: Row = {
    id: question.id,
    question: question.question,
    answer: text,
    wanted: given ? null : question.answers,
    right: given ? question.right : await contains(text, question.answers),
    scores: Object.fromEntries(scores),
    tokens: answer.responseIds.length,
    promptTokens: answer.promptIds.length,
    finishReason: answer.finishReason,
  };
  const { semanticPosition } = answer;
  return {
    row,
    semanticPosition: semanticPosition && { rule: semanticPosition.rule, offset: semanticPosition.offset },
  };
}
