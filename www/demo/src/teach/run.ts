/**
 * Teaching one list of questions to one model: what it answered, how that is sorted, and the training. All of it is kept in
 * this browser part by part, so that it goes on after a pause or a reload, or in another tab.
 */

import {
  type Asked,
  contains,
  type Lesson,
  type LessonTarget,
  lessonOf,
  type Model,
  type SurveyOptions,
  type TrainingStep,
  type Tuned,
  type TuneOptions,
  type TunePart,
  type TuneProgress,
  type TuneQuestion,
  type TuneState,
} from "semgrad";
import type { List } from "./list.js";
import { engagementOf } from "./share.js";
import { all, drop, type Keeping, put } from "./store.js";
import { isDrawnBy, isKnownBy, type Terms } from "./terms.js";
import { Turn } from "./turn.js";

/** Fewer questions are nothing to learn from. */
export const LEAST = 20;
/** Of 100 questions that can be taught, so many are to be refused unless the user says otherwise. */
const REFUSE = 50;

/** An answer as it is kept. */
interface KeptAnswer {
  key: string;
  kind: "asked" | "ordinary";
  asked: Asked;
}

/** A training as it is kept, with what it cannot go on without. */
interface KeptTraining {
  key: string;
  questions: readonly string[];
  refuse: number;
  /** The share of all questions that were to be answered; absent in what an older page kept, whose `refuse` was one of all. */
  engagement?: number;
  training: Uint8Array<ArrayBuffer>;
  steps: TrainingStep[];
}

/** Why work ended, when it was not paused. */
const LEFT = "the model went away";

/** A question, how unsure the model is of it, and what it would learn. */
export interface Sorted {
  asked: Asked;
  /** What the teacher says: nats of an entropy, or one less a confidence; null where it knows nothing. */
  doubt: number | null;
  target: LessonTarget;
  /** Whether it can be taught, wherever the slider stands. */
  able: boolean;
}

type Attempt = (hooks: Pick<TuneOptions, "signal" | "onKeep" | "onProgress">) => Promise<void>;

/** How far the work is. */
export type Far = Exclude<TuneProgress, { stage: "rest" }>;

/** Which part of the work goes on. */
export type Doing = "ask" | "teach";

/** What went wrong with which part. */
export interface Problem {
  doing: Doing;
  thrown: unknown;
}

/** Fires `change` whenever something is to be shown, `recall` when it was read what is kept, maybe by another tab. */
export class TeachRun extends EventTarget {
  doing: Doing | null = null;
  /** The last that was heard of it. */
  progress: Far | null = null;
  /** Whether it rests, because the device is at its limit. */
  resting = false;
  /** Of 100 of the questions that can be taught, how many are to be refused. */
  refuse = REFUSE;
  /** Those that were answered, the least sure ones first. */
  sorted: Sorted[] = [];
  lesson: Lesson | null = null;
  /** Those of the training that has begun, or of the last one. */
  steps: readonly TrainingStep[] = [];
  /** Whether the browser keeps it. */
  keeping: Keeping = "kept";
  /** What the last attempt failed with. */
  problem: Problem | null = null;
  /** Seconds that asking a question took, in the last attempt. */
  pace: number | null = null;

  private list: Pick<List, "questions" | "answers"> = { questions: [], answers: new Map() };
  private readonly turn: Turn;
  private readonly answers = new Map<string, KeptAnswer>();
  private readonly ordinary = new Map<string, KeptAnswer>();
  private training: KeptTraining | null = null;
  private controller: AbortController | null = null;
  /** Settles when nothing goes on any more. */
  private working: Promise<void> = Promise.resolve();
  /** How many questions were answered when asking began, and when that was. */
  private before = { done: 0, at: 0 };
  /** Counts the times that it was sorted: only the last one counts. */
  private sortings = 0;

  private constructor(
    readonly model: string,
    readonly terms: Terms,
  ) {
    super();
    this.turn = new Turn(model, () => void this.changeTurn());
  }

  /** As it was left. */
  static async open(model: string, terms: Terms): Promise<TeachRun> {
    const run = new TeachRun(model, terms);
    await run.recall();
    await run.turn.look();
    return run;
  }

  /** Whether another tab teaches this model: then nothing begins here. */
  get elsewhere(): boolean {
    return this.turn.elsewhere;
  }

  /** The questions to teach. While a training has begun, those that it was begun with. */
  get questions(): readonly string[] {
    return this.training?.questions ?? this.list.questions;
  }

  /** Whether a training has begun and is not done: until then list and slider stay as they are. */
  get begun(): boolean {
    return this.training !== null || this.doing === "teach";
  }

  /** Whether answers are drawn. */
  get isDrawn(): boolean {
    return isDrawnBy(this.terms);
  }

  /** How many of the questions are answered. */
  get done(): number {
    return this.questions.filter((question) => this.answers.has(question)).length;
  }

  /** How many of those can be taught. */
  get able(): number {
    return this.asked().filter((asked) => isKnownBy(this.terms, asked)).length;
  }

  get complete(): boolean {
    return this.questions.length > 0 && this.done === this.questions.length;
  }

  /** Another list; what was answered before is there already. */
  async offer(list: Pick<List, "questions" | "answers">): Promise<void> {
    this.list = list;
    await this.judge();
    await this.sort();
  }

  /** Another wish. */
  async wish(refuse: number): Promise<void> {
    this.refuse = refuse;
    await this.sort();
  }

  pause(): void {
    this.controller?.abort();
  }

  /** The model goes away: that is a pause that the user did not ask for, and is told. */
  leave(): void {
    this.controller?.abort(LEFT);
  }

  /** Nobody looks at it any more. Done when other runs may begin. */
  async close(): Promise<void> {
    this.leave();
    this.turn.close();
    await this.working;
  }

  /** Asks what is not answered yet. */
  async ask(model: Model): Promise<void> {
    await this.work("ask", async (hooks) => {
      await model.survey(this.withAnswers(), { ...this.options(), ...hooks });
    });
    await this.sort();
  }

  /** Trains, from where it was left. */
  async teach(model: Model): Promise<Tuned | null> {
    let tuned = null as Tuned | null;
    const { begun } = this;
    await this.work("teach", async (hooks) => {
      const { training: kept } = this;
      // Another tab has finished it or given it up: what is shown then is not what was pressed.
      if (begun && !kept) return;
      if (!kept) this.steps = [];
      const engagement = this.engagement();
      tuned = await model.tune(this.withAnswers(), { ...this.options(), engagement, ...hooks });
      await this.forgetTraining();
    });
    return tuned;
  }

  /** Gives up a training that has begun; the answers stay. */
  async cancel(): Promise<void> {
    this.pause();
    await this.working;
    await this.turn.take(async () => {
      this.steps = [];
      await this.forgetTraining();
    });
    await this.sort();
  }

  /** Forgets answers and training. */
  async restart(): Promise<void> {
    await this.turn.take(async () => {
      this.answers.clear();
      this.ordinary.clear();
      this.steps = [];
      await Promise.all([drop("answers", this.model, this.terms.name), this.forgetTraining()]);
    });
    await this.sort();
  }

  private async forgetTraining(): Promise<void> {
    this.training = null;
    await drop("trainings", this.model, this.terms.name);
  }

  /** One thing at a time; what was kept of it stays good whatever becomes of it. */
  private work(doing: Doing, attempt: Attempt): Promise<void> {
    if (!this.doing) this.working = this.attempt(doing, attempt);
    return this.working;
  }

  private async attempt(doing: Doing, attempt: Attempt): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    this.doing = doing;
    this.progress = null;
    this.problem = null;
    this.changed();
    try {
      await this.turn.take(async () => {
        // Another tab may have gone on with it meanwhile.
        await this.recall();
        this.before = { done: this.done, at: performance.now() };
        await attempt({
          signal: controller.signal,
          // Who gives up wants no more of it.
          onKeep: (part) => (controller.signal.aborted ? undefined : this.keep(part)),
          onProgress: (progress) => this.hear(progress),
        });
      });
    } catch (thrown) {
      const isWanted = controller.signal.aborted && controller.signal.reason !== LEFT;
      if (!isWanted) this.problem = { doing, thrown };
    } finally {
      this.doing = null;
      this.controller = null;
      this.progress = null;
      this.resting = false;
      this.changed();
    }
  }

  private hear(progress: TuneProgress): void {
    if (progress.stage === "rest") this.resting = progress.resting;
    else this.progress = progress;
    this.changed();
  }

  private async keep(part: TunePart): Promise<void> {
    const { key } = part;
    if ("training" in part) {
      const steps = [...this.steps, part.step];
      const [{ questions, refuse }, engagement] = [this, this.engagement()];
      this.training = { key, questions, refuse, engagement, training: part.training, steps };
      this.steps = steps;
      this.keeping = await put("trainings", [this.model, this.terms.name], this.training);
      return;
    }
    const kept: KeptAnswer =
      "asked" in part ? { key, kind: "asked", asked: part.asked } : { key, kind: "ordinary", asked: part.ordinary };
    this.place(kept);
    const place = [this.model, this.terms.name, kept.kind, kept.asked.question];
    this.keeping = await put("answers", place, kept);
    if (kept.kind === "ordinary") return;
    const done = this.done - this.before.done;
    if (done > 0) this.pace = (performance.now() - this.before.at) / done / 1000;
    await this.sort();
  }

  /** Takes what is kept; where not all of it was, more is known here. */
  private async recall(): Promise<void> {
    const { model, terms } = this;
    for (const kept of await all<KeptAnswer>("answers", model, terms.name)) this.place(kept);
    await this.judge();
    const [training = null] = await all<KeptTraining>("trainings", model, terms.name);
    this.dispatchEvent(new Event("recall"));
    if (this.keeping !== "kept" || (training === null && this.training === null)) return;
    this.training = training;
    this.steps = training?.steps ?? [];
    this.refuse = training?.refuse ?? this.refuse;
  }

  /** Another tab begins, or it has stopped and left something. */
  private async changeTurn(): Promise<void> {
    if (!this.elsewhere) await this.recall();
    await this.sort();
  }

  /** What was answered before it was said what is right, or when something else was, is not asked again for that. */
  private async judge(): Promise<void> {
    for (const [question, accepted] of this.list.answers) {
      const kept = this.answers.get(question);
      if (!kept) continue;
      const right = await contains(kept.asked.answer, accepted);
      if (right !== kept.asked.right) this.answers.set(question, { ...kept, asked: { ...kept.asked, right } });
    }
  }

  private place(kept: KeptAnswer): void {
    const answers = kept.kind === "asked" ? this.answers : this.ordinary;
    answers.set(kept.asked.question, kept);
  }

  /** As the package takes them: what counts as right is not learned from, but measured by. */
  private withAnswers(): TuneQuestion[] {
    return this.questions.map((question) => ({ question, answers: this.list.answers.get(question) ?? [] }));
  }

  private options(): SurveyOptions {
    return { ...this.terms.options, ...this.state() };
  }

  /** What is known already, of this list alone. */
  private state(): { kept?: TuneState } {
    const asked = this.questions.flatMap((question) => this.answers.get(question) ?? []);
    const ordinary = [...this.ordinary.values()];
    const key = this.training?.key ?? asked[0]?.key ?? ordinary[0]?.key;
    if (key === undefined) return {};
    const same = (all: readonly KeptAnswer[]) => all.filter((kept) => kept.key === key).map((kept) => kept.asked);
    const { training = null, steps = [] } = this.training ?? {};
    return { kept: { key, asked: same(asked), ordinary: same(ordinary), training, steps } };
  }

  /** A rule, not a model: at once. */
  private async sort(): Promise<void> {
    const sorting = ++this.sortings;
    const asked = this.asked();
    const lesson = this.able === 0 ? null : await this.lessonFor(asked);
    if (sorting !== this.sortings) return;
    this.lesson = lesson;
    this.sorted = asked
      .map((asked, index) => ({
        asked,
        doubt: lesson?.values[index] ?? null,
        target: targetOf(asked, lesson?.targets[index]),
        able: isKnownBy(this.terms, asked),
      }))
      .sort((a, b) => (b.doubt ?? -1) - (a.doubt ?? -1));
    this.changed();
  }

  private async lessonFor(asked: readonly Asked[]): Promise<Lesson | null> {
    try {
      return await lessonOf(asked, { engagement: this.engagement(), teacher: this.terms.options.teacher });
    } catch (thrown) {
      this.problem = { doing: "ask", thrown };
      return null;
    }
  }

  private asked(): Asked[] {
    return this.questions.flatMap((question) => this.answers.get(question)?.asked ?? []);
  }

  /** The wish, as the package takes it. */
  private engagement(): number {
    const { training, refuse, able, done } = this;
    // What a training was begun with stays.
    if (training) return training.engagement ?? 1 - training.refuse / 100;
    return engagementOf(refuse, able, done);
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

/** Of an answer that was cut off nobody says how likely it is right: that it was cut off is then why. */
function targetOf({ cut }: Asked, target: LessonTarget = "unknown"): LessonTarget {
  return target === "unknown" && cut ? "cut" : target;
}
