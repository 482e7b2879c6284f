/** Step 3: the training, step by step, and what came of it. */

import type { Checked, Tuned } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { bytes, timeLeft } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { twice } from "../delete-all.js";
import { keptText } from "./ask-card.js";
import { Curve } from "./curve.js";
import { teachSeconds } from "./estimate.js";
import { outcomeTable } from "./outcome-table.js";
import { ProblemPlace } from "./problem-place.js";
import type { Far, TeachRun } from "./run.js";
import { TEXT } from "./text.js";

const T = TEXT.train;

/** What the card's owner does. */
export interface TrainActions {
  teach(): void;
  cancel(): void;
}

/** Progress, chart, the ways to stop. */
export class TrainCard {
  readonly element: HTMLElement;
  private readonly heading = el("h3", { id: "train-heading", tabindex: -1 }, T.heading);
  private readonly start: HTMLButtonElement;
  private readonly pause = el("button", { type: "button", onclick: () => this.run?.pause() }, TEXT.pause);
  private readonly cancel: HTMLButtonElement;
  private readonly bar = el("progress", { "aria-label": T.label });
  private readonly state = el("p", { class: "note", role: "status" });
  private readonly usable = el("p", { class: "note", hidden: true }, T.usable);
  private readonly problems = new ProblemPlace({ out_of_memory: T.lessQuestions, device_lost: T.lessQuestions });
  private readonly curve = new Curve();
  private readonly outcome = el("div", {});
  private run: TeachRun | null = null;
  private checked: Checked[] = [];
  private memory: number | null = null;
  private result = "";

  constructor(actions: TrainActions) {
    this.start = el("button", { type: "button", class: "primary", onclick: actions.teach }, T.start);
    this.cancel = twice(actions.cancel, { text: T.cancel, sure: T.sure });
    this.element = el(
      "section",
      { class: "card stack train", hidden: true, "aria-labelledby": "train-heading" },
      this.heading,
      el("p", { class: "note" }, T.hint),
      this.bar,
      this.state,
      this.usable,
      this.problems.element,
      el("div", { class: "actions" }, this.start, this.pause, this.cancel),
      this.curve.element,
      this.outcome,
    );
  }

  /** Moves the keyboard to the button that stops it. */
  focus(): void {
    this.pause.focus();
  }

  /** Another run: nothing of the one before is shown. */
  clear(): void {
    this.run = null;
    this.memory = null;
    this.forgetResult();
  }

  show(run: TeachRun): void {
    if (run !== this.run) this.clear();
    this.run = run;
    const { doing, elsewhere, begun, complete, lesson, steps, progress } = run;
    const teaching = doing === "teach";
    const hasSides = lesson !== null && lesson.count.own > 0 && lesson.count.refusals > 0;
    this.element.hidden = !begun && !(complete && hasSides);
    if (progress) this.hear(progress);
    this.bar.hidden = !begun;
    this.state.textContent = this.said(run);
    this.usable.hidden = !teaching;
    this.start.hidden = teaching;
    this.start.disabled = doing !== null || elsewhere;
    const last = steps.at(-1);
    this.start.textContent = begun && last ? T.resume(last.step, last.steps) : T.start;
    const held = document.activeElement === this.pause;
    this.pause.hidden = !teaching;
    // The button that had the keyboard is gone.
    if (held && !teaching) this.heading.focus();
    this.cancel.hidden = !begun || elsewhere;
    this.curve.show(steps);
    this.problems.show(run.problem?.doing === "teach" ? run.problem.thrown : null);
  }

  /** What came of it. */
  done({ engagement, checked }: Pick<Tuned, "engagement" | "checked">): void {
    this.result = T.done(engagement);
    this.curve.check(checked);
    fill(this.outcome, outcomeTable(checked));
    this.state.textContent = this.result;
  }

  private forgetResult(): void {
    this.checked = [];
    this.result = "";
    this.curve.check([]);
    fill(this.outcome);
  }

  private hear(progress: Far): void {
    if (progress.stage === "engine") {
      this.bar.removeAttribute("value");
      return;
    }
    this.bar.max = Math.max(1, progress.total);
    this.bar.value = progress.done;
    if (progress.stage === "train") {
      this.memory = progress.bytes;
      // A training that begins anew has nothing to do with the last one's questions.
      this.forgetResult();
    }
    if (progress.stage !== "check" || !progress.checked || this.checked.includes(progress.checked)) return;
    this.checked.push(progress.checked);
    this.curve.check(this.checked);
  }

  private said(run: TeachRun): string {
    const { doing, elsewhere, begun, progress, resting, lesson, pace } = run;
    if (doing === "teach")
      return [`${this.progress(progress)}.`, resting && TEXT.resting, this.needs()].filter(Boolean).join(" ");
    if (elsewhere) return TEXT.elsewhere;
    if (begun) return [run.keeping === "kept" ? T.paused : keptText(run), this.needs()].filter(Boolean).join(" ");
    if (this.result !== "") return this.result;
    if (pace === null || lesson === null) return "";
    // What is rehearsed, and asked again in the end, goes with the whole list, however little of it is taught.
    return T.time(timeLeft(teachSeconds(pace, run.isDrawn, run.questions.length)));
  }

  private progress(progress: Far | null): string {
    if (progress === null) return T.starting;
    const stage = T.stages[progress.stage] ?? progress.stage;
    if (progress.stage === "engine") return stage;
    const { done, total, secondsLeft } = progress;
    const far = progress.stage === "train" ? T.steps(done, total) : T.questions(done, total);
    const left = secondsLeft === null ? "" : ` · ${SHARED.progress.left(timeLeft(secondsLeft))}`;
    return `${stage}, ${far}${left}`;
  }

  private needs(): string {
    return this.memory === null ? "" : T.memory(bytes(this.memory));
  }
}
