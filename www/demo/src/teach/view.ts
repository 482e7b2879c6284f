/** The view that teaches: questions → what the model is unsure of → training → trying → what is kept. */

import { el } from "../../../shared/dom.js";
import type { Session } from "../session.js";
import type { Settings } from "../settings.js";
import type { View } from "../shell.js";
import { TEXT as PAGE } from "../text.js";
import { AskCard } from "./ask-card.js";
import { KeptCard } from "./kept-card.js";
import { ListCard } from "./list-card.js";
import { TeachRun } from "./run.js";
import { termsOf } from "./terms.js";
import { TEXT as T } from "./text.js";
import { TrainCard } from "./train-card.js";
import { TryCard } from "./try-card.js";

/** So many of either kind are offered to be tried. */
const EXAMPLES = 2;

/** Steps, each shown when there is something for it, and what came of them. What runs goes on while other views are open. */
export class TeachView implements View {
  readonly element: HTMLElement;
  private readonly heading = el("h2", { tabindex: -1 }, T.heading);
  private readonly missing = el("p", {}, T.noModel);
  private readonly noModel: HTMLElement;
  private readonly list = new ListCard((list) => void this.run?.offer(list));
  private readonly ask = new AskCard({ ask: () => void this.askAll(), restart: () => void this.run?.restart() });
  private readonly train = new TrainCard({ teach: () => void this.teach(), cancel: () => void this.run?.cancel() });
  private readonly trial: TryCard;
  private readonly kept: KeptCard;
  private run: TeachRun | null = null;
  /** Counts the runs that were opened: only the last one is shown. */
  private turn = 0;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly say: (text: string) => void,
  ) {
    this.trial = new TryCard(say);
    this.kept = new KeptCard((adapter) => this.trial.take(adapter));
    this.noModel = el(
      "section",
      { class: "card stack" },
      this.missing,
      el("div", { class: "actions" }, el("a", { class: "button primary", href: "#" }, PAGE.calibrate.toModel)),
    );
    this.element = el(
      "section",
      { class: "view teach", hidden: true },
      el(
        "div",
        { class: "view-intro" },
        this.heading,
        el("p", { class: "note" }, T.intro),
        el("p", { class: "note" }, T.honest),
      ),
      this.noModel,
      this.list.element,
      this.ask.element,
      this.train.element,
      this.trial.element,
      this.kept.element,
    );
    session.addEventListener("change", () => {
      // Who never came here has nothing to follow.
      if (this.run !== null || !this.element.hidden) void this.follow();
    });
    session.taught.addEventListener("clear", () => this.clear());
    this.refresh();
  }

  open(moved: boolean): void {
    if (moved) this.heading.focus();
    this.refresh();
    void this.follow();
  }

  /** What runs goes on: questions of other views come in between. */
  close(): void {
    this.trial.stop();
  }

  /** The run of this model and these settings; one that goes on stays as it is. */
  private async follow(): Promise<void> {
    const { model, key } = this.session;
    const turn = ++this.turn;
    if (!model?.info.tokenizer) {
      this.run?.leave();
      this.refresh();
      return;
    }
    const terms = await termsOf(this.settings, model.info);
    const isSame = this.run?.model === key && (this.run.doing !== null || this.run.terms.name === terms.name);
    if (turn !== this.turn) return;
    if (!isSame) {
      await this.run?.close();
      const run = await TeachRun.open(key, terms);
      if (turn !== this.turn) return run.close();
      this.run = run;
      run.addEventListener("change", () => run === this.run && this.refresh());
      run.addEventListener("recall", () => void this.session.taught.look());
    }
    this.list.check();
    this.refresh();
  }

  /** All that was taught is deleted, here and where it is kept. */
  private clear(): void {
    void this.run?.close();
    this.run = null;
    this.list.clear();
    this.train.clear();
    this.refresh();
  }

  private async askAll(): Promise<void> {
    const { run } = this;
    const { model } = this.session;
    if (!run || !model || run.doing || run.questions.length === 0) return;
    const asked = run.ask(model);
    this.ask.focus();
    await asked;
    if (run.complete) this.say(T.ask.done);
  }

  private async teach(): Promise<void> {
    const { run, session } = this;
    const { model, taught } = session;
    if (!run || !model || run.doing) return;
    const { questions, sorted } = run;
    const work = run.teach(model);
    this.train.focus();
    const tuned = await work;
    // One that ended with another model in its place was of the model before.
    if (!tuned || model !== session.model) return;
    const { adapter, engagement, checked, lesson } = tuned;
    const { refusals, own } = lesson.count;
    const of = (target: string) =>
      sorted
        .filter((one) => one.target === target)
        .slice(0, EXAMPLES)
        .map(({ asked }) => asked.question);
    const { kept, keeping } = await taught.add(adapter, {
      from: null,
      questions: questions.length,
      engagement,
      examples: [...of("refusal"), ...of("own")],
      result: { learned: { refusals, own }, checked },
    });
    this.train.done(tuned);
    this.kept.told(keeping);
    this.trial.choose(kept.id);
    this.say(T.train.done(engagement));
  }

  private refresh(): void {
    const { run, session } = this;
    const { model, taught } = session;
    const usable = run !== null && model?.info.tokenizer === true;
    this.missing.textContent = model && !model.info.tokenizer ? T.noTokenizer : T.noModel;
    this.noModel.hidden = model?.info.tokenizer === true;
    for (const card of [this.list, this.kept]) card.element.hidden = !usable;
    // Also while it is hidden: what was deleted is nowhere any more.
    this.kept.show(taught);
    if (!usable) {
      this.ask.element.hidden = true;
      this.train.element.hidden = true;
      this.trial.show(null);
      return;
    }
    this.list.lock(run.begun ? run.questions : null);
    const open = run.doing || run.begun ? 0 : run.questions.length - run.done;
    this.list.estimate({ name: session.choice?.name ?? "", info: model.info, terms: run.terms, open });
    this.ask.show(run);
    this.train.show(run);
    this.trial.show({ model, terms: run.terms, taught });
  }
}
