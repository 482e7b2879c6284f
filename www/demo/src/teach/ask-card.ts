/** Step 2: the model answers again and again, and the user says how much of it is to be refused. */

import { el } from "../../../shared/dom.js";
import { timeLeft } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { twice } from "../delete-all.js";
import { ProblemPlace } from "./problem-place.js";
import type { TeachRun } from "./run.js";
import { SortedList } from "./sorted-list.js";
import { TEXT } from "./text.js";

const T = TEXT.ask;

/** What the card's owner does. */
export interface AskActions {
  ask(): void;
  restart(): void;
}

/** Progress, the list that grows, and the slider. */
export class AskCard {
  readonly element: HTMLElement;
  private readonly heading = el("h3", { id: "teach-ask-heading", tabindex: -1 }, T.heading);
  private readonly hint = el("p", { class: "note" });
  private readonly start: HTMLButtonElement;
  private readonly pause = el("button", { type: "button", onclick: () => this.run?.pause() }, TEXT.pause);
  private readonly over: HTMLButtonElement;
  private readonly bar = el("progress", { "aria-label": T.label });
  private readonly state = el("p", { class: "note", role: "status" });
  private readonly problems = new ProblemPlace();
  private readonly slider = el("input", {
    type: "range",
    id: "refuse",
    min: 5,
    max: 95,
    step: 5,
    "aria-describedby": "refuse-sum",
    oninput: () => void this.run?.wish(Number(this.slider.value)),
  });
  private readonly wished = el("output", { for: "refuse" });
  private readonly sum = el("p", { id: "refuse-sum", role: "status" });
  private readonly leftOut = el("p", { class: "left-out" });
  private readonly list = new SortedList();
  private readonly sorting: HTMLElement;
  private run: TeachRun | null = null;

  constructor(actions: AskActions) {
    this.start = el("button", { type: "button", class: "primary", onclick: actions.ask });
    this.over = twice(actions.restart, { text: T.restart, sure: T.sure });
    this.sorting = el(
      "div",
      { class: "stack", hidden: true },
      el("div", { class: "refuse" }, el("label", { for: "refuse" }, T.slider), this.slider, this.wished),
      this.sum,
      this.leftOut,
      this.list.element,
    );
    this.element = el(
      "section",
      { class: "card stack teach-ask", hidden: true, "aria-labelledby": "teach-ask-heading" },
      this.heading,
      this.hint,
      this.bar,
      this.state,
      this.problems.element,
      el("div", { class: "actions" }, this.start, this.pause, this.over),
      this.sorting,
    );
  }

  /** Moves the keyboard to the button that stops it. */
  focus(): void {
    this.pause.focus();
  }

  show(run: TeachRun): void {
    this.run = run;
    const { questions, done, complete, begun, doing, elsewhere, sorted, refuse } = run;
    const asking = doing === "ask";
    this.element.hidden = questions.length === 0;
    this.bar.max = Math.max(1, questions.length);
    this.bar.value = done;
    const more = asking ? run.resting && TEXT.resting : openText(run);
    this.state.textContent = [this.progress(run), more].filter(Boolean).join(" ");
    this.start.hidden = doing !== null || complete;
    this.start.disabled = elsewhere;
    this.start.textContent = done > 0 ? T.resume(done, questions.length) : T.start(questions.length);
    const held = document.activeElement === this.pause;
    this.pause.hidden = !asking;
    // The button that had the keyboard is gone.
    if (held && !asking) this.heading.focus();
    this.over.hidden = doing !== null || elsewhere || begun || done === 0;
    this.sorting.hidden = sorted.length === 0;
    this.slider.disabled = begun;
    // Not while it is moved: its value is then ahead of the run's.
    if (document.activeElement !== this.slider) this.slider.value = String(refuse);
    this.wished.textContent = T.of100(refuse);
    this.sum.textContent = sumOf(run);
    this.leftOut.textContent = leftOutOf(run);
    this.leftOut.hidden = this.leftOut.textContent === "";
    this.hint.textContent = run.isDrawn ? T.drawnHint : T.likelyHint;
    this.list.show(sorted, run.isDrawn);
    this.problems.show(run.problem?.doing === "ask" ? run.problem.thrown : null);
  }

  private progress({ doing, done, questions, complete, progress }: TeachRun): string {
    if (doing !== "ask") return complete ? T.done : done > 0 ? `${T.progress(done, questions.length)}.` : "";
    if (progress?.stage === "engine") return `${T.engine}.`;
    if (progress?.stage !== "ask" && progress?.stage !== "ordinary") return `${T.progress(done, questions.length)}.`;
    const said =
      progress.stage === "ask" ? T.progress(done, questions.length) : T.ordinary(progress.done, progress.total);
    const { secondsLeft } = progress;
    return secondsLeft === null ? `${said}.` : `${said} · ${SHARED.progress.left(timeLeft(secondsLeft))}.`;
  }
}

/** Of what is not all asked: that it cannot go on here, or what is kept. */
const openText = (run: TeachRun) => (run.elsewhere && !run.complete && !run.begun ? TEXT.elsewhere : keptText(run));

/** What is kept of it, and whether. */
export function keptText({ keeping, done, complete, begun }: TeachRun): string {
  if (keeping === "full") return TEXT.full;
  if (keeping === "refused") return TEXT.refused;
  return done > 0 && !complete && !begun ? T.paused : "";
}

/** What the training would do, by the very rule that it goes by. */
function sumOf({ lesson, complete, able, done }: TeachRun): string {
  if (!lesson) return complete ? T.noneAble : "";
  const { own, refusals } = lesson.count;
  const answers = Math.round(lesson.engagement * done);
  const rule = T.rule(able, able - answers);
  return complete && (own === 0 || refusals === 0) ? `${rule} ${T.oneSided}` : `${rule} ${T.learned(refusals, own)}`;
}

/** How many cannot be taught, and why. */
function leftOutOf({ sorted, isDrawn }: TeachRun): string {
  const out = sorted.filter(({ able }) => !able);
  if (out.length === 0) return "";
  const cut = out.filter(({ target }) => target === "cut").length;
  const unknown = out.length - cut;
  const why = [
    unknown > 0 ? (isDrawn ? T.leftOut.unknown : T.leftOut.kind)(unknown) : "",
    cut > 0 ? T.leftOut.cut(cut) : "",
  ];
  return [T.leftOut.count(out.length, sorted.length), ...why, T.leftOut.marked].filter(Boolean).join(" ");
}
