/**
 * Teaching from the first question to the adapter. Each question and each step is a task of its own in the model's queue, so
 * that others are answered in between.
 */

import type { Asked, TrainingStep } from "../contract.js";
import type { ResolvedEngines } from "../engines.js";
import { throwIfAborted } from "../errors.js";
import type { ModelInfo } from "../types.js";
import { Adapter } from "./adapter.js";
import type { RawAsking, Teach, TeachCall, TeachHooks, TeachValue } from "./calls.js";
import { Clock } from "./clock.js";
import {
  byTrainingOption,
  type Plan,
  type Question,
  type Questions,
  questionsOf,
  type Survey,
  surveyOf,
  tuneOf,
} from "./options.js";
import { Rests } from "./rest.js";
import { spread } from "./sample.js";
import { resolveAdapter } from "./source.js";
import type { Checked, SurveyOptions, Tuned, TuneOptions, TunePart, TuneQuestion, TuneState } from "./types.js";

/** What is needed of a model. */
export interface Desk {
  readonly info: ModelInfo;
  /** Of questions that name no others. */
  readonly engines: ResolvedEngines;
  /** Each call is a task of the queue. */
  readonly teach: Teach;
}

/** What is kept, before it is said of which run it is. */
type Done = WithoutKey<TunePart>;
type WithoutKey<P> = P extends unknown ? Omit<P, "key"> : never;

/** Questions that are asked after each epoch. */
const WATCHED = 20;
/** Share of them that has to be answered for the training to go on, as on the command line. */
const COLLAPSED = 0.05;

/** Number of the next run. */
let next = 1;

/** Asks all questions. */
export async function survey(
  desk: Desk,
  questions: readonly TuneQuestion[],
  options: SurveyOptions | undefined,
): Promise<TuneState> {
  const given = questionsOf(questions);
  const how = surveyOf(options, situation(desk, given));
  return new Run(desk, how, options ?? {}).whole((run) => run.survey(given.questions));
}

/** Asks them, trains, and asks some of them again. */
export async function tune(
  desk: Desk,
  questions: readonly TuneQuestion[],
  options: TuneOptions | undefined,
): Promise<Tuned> {
  const given = questionsOf(questions);
  const plan = tuneOf(options, situation(desk, given));
  return new Run(desk, plan, options ?? {}).whole((run) => run.tune(given, plan));
}

const situation = ({ info, engines }: Desk, { questions }: Questions) => ({ info, engines, count: questions.length });

class Run {
  private readonly session = next++;
  private readonly hooks: TeachHooks;
  private rests: Rests | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly how: Survey,
    private readonly options: SurveyOptions,
  ) {
    const { onProgress, signal } = options;
    this.hooks = {
      engines: how.engines,
      onProgress: (progress) => onProgress?.({ stage: "engine", progress }),
      signal,
    };
  }

  /** The work from its beginning to its end, whatever that is. */
  async whole<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const { begin, rest, onProgress: tell } = this.options;
    try {
      if (rest !== false) this.rests = new Rests((resting, pressure) => tell?.({ stage: "rest", resting, pressure }));
      if (begin) {
        const source = resolveAdapter(begin, undefined);
        await this.desk.teach({ do: "begin", session: this.session, source }, this.hooks);
      }
      return await work(this);
    } finally {
      this.rests?.end();
      // Also after an abort, and not waited for: a model that has stopped keeps nothing.
      const { engines, onProgress } = this.hooks;
      void this.desk.teach({ do: "end", session: this.session }, { engines, onProgress }).catch(() => undefined);
    }
  }

  async survey(questions: readonly Question[]): Promise<TuneState> {
    const { key, kept, asking, replay, byConfidence } = this.how;
    // What was asked for before there was a profile has no confidence.
    const isUseless = byConfidence && kept?.asked.every(({ confidence }) => typeof confidence !== "number");
    const ordinary = this.how.ordinary.map((question) => ({ question, answers: [] }));
    return {
      key,
      asked: await this.askAll("ask", questions, asking, isUseless ? [] : kept?.asked),
      ordinary: await this.askAll("ordinary", ordinary, replay, kept?.ordinary),
      training: kept?.training ?? null,
      steps: kept?.steps ?? [],
    };
  }

  async tune({ questions, leftOut }: Questions, plan: Plan): Promise<Tuned> {
    // Before hours of asking.
    await this.call({ do: "plan", options: plan.training });
    const state = await this.survey(questions);
    const { lesson, steps, planned } = await this.train(state, plan);
    const adapter = new Adapter(await this.desk.teach({ do: "finish", session: this.session }, this.hooks));
    const checked = await this.check(questions, state.asked, plan.checks);
    const share = (when: "before" | "after") => checked.filter(({ refuses }) => !refuses[when]).length / checked.length;
    return {
      adapter,
      lesson: { ...lesson, questions: questions.map(({ question }) => question), leftOut },
      steps,
      planned,
      engagement: { before: share("before"), after: share("after") },
      checked,
    };
  }

  /** The answers in the order of the questions: those that were kept, and all others. */
  private async askAll(
    stage: "ask" | "ordinary",
    questions: readonly Question[],
    asking: RawAsking,
    kept: readonly Asked[] = [],
  ): Promise<Asked[]> {
    const answers = new Map(kept.map((asked) => [asked.question, asked]));
    // Whoever brings answers later has them judged, and another teacher may need samples.
    const isThere = ({ question, answers: accepted }: Question) => {
      const asked = answers.get(question);
      if (!asked || (asked.samples?.length ?? 0) < asking.samples) return false;
      return accepted.length === 0 || typeof asked.right === "boolean";
    };
    const open = questions.filter((question) => !isThere(question));
    const clock = new Clock(questions.length, questions.length - open.length);
    const tell = (asked: Asked | null) => this.options.onProgress?.({ stage, ...clock.now(), asked });
    tell(null);
    for (const question of open) {
      const asked = await this.ask(question, asking);
      answers.set(question.question, asked);
      await this.keep(stage === "ask" ? { asked } : { ordinary: asked });
      clock.tick();
      tell(asked);
    }
    return questions.flatMap(({ question }) => answers.get(question) ?? []);
  }

  private ask({ question, answers: accepted }: Question, asking: RawAsking, trained = false): Promise<Asked> {
    return this.work({ do: "ask", session: this.session, question, accepted, asking, trained });
  }

  private async train({ asked, ordinary, training: saved, steps: kept }: TuneState, { wish, training }: Plan) {
    const { session } = this;
    const course = { asked, ordinary, wish, options: training };
    const begun = await this.call({ do: "train", session, course, saved });
    const { lesson, bytes, taken, batches, steps: planned } = begun;
    const steps = kept.slice(0, taken);
    const clock = new Clock(planned, taken);
    const tell = (step: TrainingStep | null, engagement: number | null = null) =>
      this.options.onProgress?.({ stage: "train", ...clock.now(), step, engagement, lesson, bytes });
    tell(null);
    const isKept = this.options.onKeep !== undefined;
    let epoch: Uint8Array<ArrayBuffer> | null = null;
    for (let next = taken + 1; ; next++) {
      const isLast = next % batches === 0 && next < planned;
      const done = await this.work({ do: "step", session, save: isKept || isLast });
      if (!done) return { lesson, steps, planned };
      const { step, saved: state } = done;
      steps.push(step);
      if (state && isKept) await this.keep({ training: state, step });
      clock.tick();
      const engagement = isLast ? await this.engagement(asked) : null;
      tell(step, engagement);
      if (engagement !== null && engagement < COLLAPSED) {
        // What is left says nothing any more: the epoch is taken back, if it is not the first.
        if (epoch) await this.call({ do: "train", session, course, saved: epoch });
        return { lesson, steps: epoch ? steps.slice(0, -batches) : steps, planned };
      }
      if (isLast) epoch = state;
    }
  }

  /** Share of some questions that are still answered. */
  private async engagement(asked: readonly Asked[]): Promise<number> {
    let answered = 0;
    const sample = spread(asked, Math.min(WATCHED, asked.length));
    for (const { question } of sample) {
      const { refuses } = await this.ask({ question, answers: [] }, { ...this.how.asking, samples: 0 }, true);
      answered += refuses ? 0 : 1;
    }
    return answered / sample.length;
  }

  /** Asks some of the questions once more, evenly spread over all. */
  private async check(questions: readonly Question[], asked: readonly Asked[], most: number): Promise<Checked[]> {
    const accepted = new Map(questions.map(({ question, answers }) => [question, answers]));
    const sample = spread(asked, Math.min(most, asked.length));
    const [checked, clock]: [Checked[], Clock] = [[], new Clock(sample.length, 0)];
    const tell = () => this.options.onProgress?.({ stage: "check", ...clock.now(), checked: checked.at(-1) ?? null });
    tell();
    for (const before of sample) {
      const { question } = before;
      const answers = accepted.get(question) ?? [];
      const after = await this.ask({ question, answers }, { ...this.how.asking, samples: 0 });
      const refuses = { before: before.refuses, after: after.refuses };
      // What was judged by answers that are given no more says nothing beside what is judged by none.
      const right = answers.length > 0 ? { before: before.right, after: after.right } : { before: null, after: null };
      checked.push({ question, before: before.answer, after: after.answer, refuses, right });
      clock.tick();
      tell();
    }
    return checked;
  }

  /** A question or a step, after a rest where the device needs one. */
  private async work<C extends TeachCall>(call: C): Promise<TeachValue<C>> {
    await this.rests?.rest(this.options.signal);
    return this.desk.teach(call, this.hooks);
  }

  /** In the caller's words. */
  private call<C extends TeachCall>(call: C): Promise<TeachValue<C>> {
    return this.desk.teach(call, this.hooks).catch((thrown: unknown) => {
      throw byTrainingOption(thrown);
    });
  }

  private async keep(part: Done): Promise<void> {
    await this.options.onKeep?.({ key: this.how.key, ...part } as TunePart);
    throwIfAborted(this.options.signal);
  }
}
