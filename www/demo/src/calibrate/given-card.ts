/** What the model is worth as a judge of answers that others wrote: a file, a run that can be interrupted, and the result. */

import type { GivenProgress } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { timeLeft } from "../../../shared/format.js";
import { problem } from "../../../shared/problem.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { twice } from "../delete-all.js";
import { speedHere } from "../model/speed.js";
import type { Session } from "../session.js";
import type { Settings } from "../settings.js";
import { TEXT as PAGE } from "../text.js";
import { fitGiven } from "./given-fit.js";
import { GivenOutcome } from "./given-result.js";
import { GivenRun } from "./given-run.js";
import { GivenSource } from "./given-source.js";
import { termsOf } from "./run.js";
import { TEXT } from "./text.js";

const T = TEXT.run;

/** To look at an answer takes about as long as to write so many words: it is read three times, and own ones are written. */
const WORDS = 30;
/** Answers after which the time that is left is told: the first one also waits for the model's own. */
const FEW = 5;

/** All of it in one card. */
export class GivenCard {
  readonly element: HTMLElement;
  private readonly heading = el("h3", { id: "given-heading", tabindex: -1 }, TEXT.heading);
  private readonly source = new GivenSource(() => void this.prepare());
  private readonly start = el("button", { type: "button", class: "primary", onclick: () => void this.look() });
  private readonly stop = el("button", { type: "button", onclick: () => this.pause() }, T.pause);
  private readonly over = twice(() => void this.forget(), { text: T.forget, sure: T.sure });
  private readonly bar = el("progress", { "aria-label": T.label });
  private readonly state = el("p", { class: "note", role: "status" });
  private readonly problems = el("div", { class: "problems" });
  private readonly outcome: GivenOutcome;
  private run: GivenRun | null = null;
  private running: AbortController | null = null;
  /** Counts the times that it was prepared: only the last one counts. */
  private turns = 0;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly say: (text: string) => void,
  ) {
    this.outcome = new GivenOutcome(session);
    this.element = el(
      "section",
      { class: "card stack given", "aria-labelledby": "given-heading" },
      this.heading,
      el("p", {}, TEXT.what),
      this.source.element,
      this.bar,
      this.state,
      this.problems,
      el("div", { class: "actions" }, this.start, this.stop, this.over),
      this.outcome.element,
    );
    this.refresh();
  }

  /** Looks up what is kept for the model that is loaded. */
  open(): void {
    if (!this.running) void this.prepare();
  }

  /** Nothing to look at: the model went away. */
  clear(): void {
    this.pause();
    this.turns += 1;
    this.take(null);
  }

  pause(): void {
    this.running?.abort();
  }

  private async prepare(): Promise<void> {
    const turn = ++this.turns;
    const { model, key } = this.session;
    const answers = await this.source.answers();
    const prefix = model ? termsOf(this.settings, model.info).prefix : "";
    const run = model && answers.length > 0 ? await GivenRun.open(key, prefix, answers) : null;
    if (turn === this.turns) this.take(run);
  }

  private take(run: GivenRun | null): void {
    // What came of it is not counted again.
    if (!run?.complete || !run.isLike(this.run)) this.outcome.clear();
    this.run = run;
    fill(this.problems);
    this.refresh();
  }

  private async forget(): Promise<void> {
    await this.run?.restart();
    this.outcome.clear();
    this.refresh();
    // The button that had the keyboard is gone.
    this.heading.focus();
  }

  /** Looks at what is left, then fits. */
  private async look(): Promise<void> {
    const { run } = this;
    const { model } = this.session;
    if (!run || !model || this.running) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.running = controller;
    this.outcome.clear();
    fill(this.problems);
    this.refresh();
    this.stop.focus();
    const before = run.done;
    let said: string = PAGE.calibrate.run.paused;
    try {
      await run.look(model, signal, (progress) => run === this.run && this.refresh(left(progress, before)));
      if (run === this.run) this.refresh(T.fitting);
      const result = await fitGiven(run.rows, signal);
      if (run === this.run) said = this.outcome.show(result, run.prefix);
    } catch (thrown) {
      if (!signal.aborted && run === this.run) {
        said = "";
        this.problems.append(problem(thrown));
      }
    } finally {
      this.running = null;
    }
    if (run !== this.run) return;
    const held = document.activeElement === this.stop;
    this.refresh();
    // The button that had the keyboard is gone.
    if (held) this.heading.focus();
    this.say(said);
  }

  private refresh(left = ""): void {
    const { run } = this;
    const running = this.running !== null && run !== null;
    const hasOutcome = this.outcome.element.childElementCount > 0;
    this.source.lock(running);
    this.bar.hidden = run === null || (!running && run.done === 0);
    this.bar.max = Math.max(1, run?.answers.length ?? 1);
    this.bar.value = run?.done ?? 0;
    this.state.textContent = run ? this.told(run, running, left) : "";
    this.start.hidden = run === null || running || hasOutcome;
    this.start.textContent = run ? startText(run) : "";
    this.stop.hidden = !running;
    this.over.hidden = run === null || running || run.done === 0;
  }

  private told(run: GivenRun, running: boolean, left: string): string {
    const { done, answers, complete, keeping, failed, unlike } = run;
    const R = PAGE.calibrate.run;
    const facts = [done > 0 || running ? T.progress(done, answers.length) : "", running ? left : ""];
    const notes = [
      !running && done === 0 ? this.estimate(run) : "",
      !running && done > 0 && !complete ? R.paused : "",
      unlike > 0 ? T.unlike(unlike) : "",
      failed > 0 ? T.failed(failed) : "",
      keeping === "full" ? PAGE.full : "",
      keeping === "refused" ? R.notKept : "",
    ];
    return [facts.filter(Boolean).join(" · "), ...notes].filter(Boolean).join(" · ");
  }

  private estimate({ answers }: GivenRun): string {
    const { choice, model } = this.session;
    const speed = choice && model ? speedHere(choice.name, model.info.device) : null;
    return speed === null ? T.noTime : T.time(timeLeft((answers.length * WORDS) / speed));
  }
}

const startText = ({ done, answers, complete }: GivenRun) => {
  if (complete) return T.result;
  return done > 0 ? T.resume(done, answers.length) : T.start(answers.length);
};

/** The time that is left, once it can be told. */
const left = ({ done, secondsLeft }: GivenProgress, before: number) =>
  secondsLeft === null || done - before < FEW ? "" : SHARED.progress.left(timeLeft(secondsLeft));
