/** Step 2: the model answers, and the user corrects what counts as right. */

import { el, fill } from "../../../shared/dom.js";
import { percent, timeLeft } from "../../../shared/format.js";
import { problem } from "../../../shared/problem.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { withoutLabel } from "../../../shared/without-label.js";
import type { Session } from "../session.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";
import type { Question } from "./questions.js";
import { type Row, Run, termsOf } from "./run.js";

const T = TEXT.calibrate.run;

/** Progress, pause, and the table of answers. */
export class RunCard {
  readonly element: HTMLElement;
  private readonly start = el("button", { type: "button", class: "primary", onclick: () => void this.answer() });
  private readonly cancel = el("button", { type: "button", hidden: true, onclick: () => this.pause() }, T.cancel);
  private readonly over = el(
    "button",
    { type: "button", class: "secondary", onclick: () => this.restart() },
    T.restart,
  );
  private readonly bar = el("progress", { "aria-label": T.label });
  private readonly state = el("p", { class: "note", role: "status" });
  private readonly problems = el("div", { class: "problems" });
  private readonly table = el("tbody", {});
  private readonly tally = el("p", { role: "status" });
  private readonly review: HTMLElement;
  private run: Run | null = null;
  private given = false;
  private running: AbortController | null = null;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly say: (text: string) => void,
    private readonly onDone: (run: Run | null, given: boolean) => void,
  ) {
    const head = [T.question, T.answer, T.right].map((name) => el("th", { scope: "col" }, name));
    this.review = el(
      "div",
      { class: "stack", hidden: true },
      el("h4", {}, T.review),
      el("p", { class: "note" }, T.reviewHint),
      this.tally,
      el(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": T.table },
        el("table", { class: "review" }, el("thead", {}, el("tr", {}, ...head)), this.table),
      ),
    );
    this.element = el(
      "section",
      { class: "card stack run", hidden: true, "aria-labelledby": "run-heading" },
      el("h3", { id: "run-heading" }, T.heading),
      this.bar,
      this.state,
      this.problems,
      el("div", { class: "actions" }, this.start, this.cancel, this.over),
      this.review,
    );
  }

  /** The questions to answer; what was answered earlier is there already. */
  async offer(questions: readonly Question[], given: boolean): Promise<void> {
    const { model } = this.session;
    this.pause();
    if (!model || questions.length === 0) {
      this.clear();
      return;
    }
    const name = this.session.weights ?? model.info.name;
    this.run = await Run.open(name, questions, termsOf(this.settings, model.info));
    this.given = given;
    this.element.hidden = false;
    fill(this.problems);
    fill(this.table, ...this.run.progress.rows.map((row) => this.tableRow(row)));
    this.refresh();
  }

  /** Nothing to answer. */
  clear(): void {
    this.pause();
    this.run = null;
    this.element.hidden = true;
    this.onDone(null, false);
  }

  pause(): void {
    this.running?.abort();
  }

  private restart(): void {
    this.run?.restart();
    fill(this.table);
    this.refresh();
  }

  private async answer(): Promise<void> {
    const { run, session } = this;
    if (!run || !session.model || this.running) return;
    const controller = new AbortController();
    this.running = controller;
    fill(this.problems);
    this.refresh();
    this.cancel.focus();
    const began = performance.now();
    const before = run.done;
    try {
      await run.answer(session.model, controller.signal, () => {
        if (run !== this.run) return;
        const last = run.progress.rows.at(-1);
        if (last && this.table.childElementCount < run.progress.rows.length) this.table.append(this.tableRow(last));
        const pace = (performance.now() - began) / (run.done - before) / 1000;
        this.refresh(SHARED.progress.left(timeLeft(pace * (run.questions.length - run.done))));
      });
    } catch (thrown) {
      if (!controller.signal.aborted) this.problems.append(problem(thrown));
    } finally {
      this.running = null;
    }
    if (run !== this.run) return;
    this.refresh();
    this.say(controller.signal.aborted ? T.paused : T.progress(run.done, run.questions.length));
  }

  private refresh(left = ""): void {
    const { run } = this;
    if (!run) return;
    const { done, questions, progress } = run;
    const complete = done === questions.length;
    this.bar.max = questions.length;
    this.bar.value = done;
    const running = this.running !== null;
    const facts = [T.progress(done, questions.length), running ? left : ""].filter(Boolean).join(" · ");
    const notes = [
      progress.failed.length > 0 ? T.failed(progress.failed.length) : "",
      !running && done > 0 && !complete ? T.paused : "",
      run.kept ? "" : T.notKept,
    ];
    this.state.textContent = [facts, ...notes.filter(Boolean)].join(" · ");
    this.start.hidden = running || complete;
    this.start.textContent = done > 0 ? T.resume(done, questions.length) : T.start;
    this.cancel.hidden = !running;
    this.over.hidden = running || done === 0;
    this.review.hidden = progress.rows.length === 0;
    this.count(progress.rows);
    this.onDone(complete && !running ? run : null, this.given);
  }

  private count(rows: readonly Row[]): void {
    const right = rows.filter((row) => row.right).length;
    this.tally.textContent = rows.length > 0 ? T.count(right, rows.length, percent(right / rows.length)) : "";
  }

  private tableRow(row: Row): HTMLTableRowElement {
    const check = el("input", {
      type: "checkbox",
      checked: row.right,
      "aria-label": `${T.right}: ${row.question}`,
      onchange: () => {
        this.run?.judge(row, check.checked);
        if (this.run) this.count(this.run.progress.rows);
      },
    });
    const wanted = row.wanted ? el("small", {}, T.wanted(row.wanted.slice(0, 3).join(", "))) : null;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, row.question, wanted),
      el("td", {}, withoutLabel(row.answer)),
      el("td", { class: "check-cell" }, check),
    );
  }
}
