/**
 * The view that calibrates: questions → answers → confidence, what the model is worth as a judge of answers that others
 * wrote, or a file that was made elsewhere.
 */

import { el, fill } from "../../../shared/dom.js";
import type { Session } from "../session.js";
import type { Settings } from "../settings.js";
import type { View } from "../shell.js";
import { TEXT } from "../text.js";
import { FitCard } from "./fit-card.js";
import { GivenCard } from "./given-card.js";
import { LoadCard } from "./load-card.js";
import { QuestionsCard } from "./questions-card.js";
import { termsOf } from "./run.js";
import { RunCard } from "./run-card.js";

const T = TEXT.calibrate;

/** Three steps, each shown when the one before is done. */
export class CalibrateView implements View {
  readonly element: HTMLElement;
  private readonly heading = el("h2", { tabindex: -1 }, T.heading);
  private readonly terms = el("p", { class: "note" });
  private readonly noModel: HTMLElement;
  private readonly questions: QuestionsCard;
  private readonly run: RunCard;
  private readonly fit: FitCard;
  private readonly given: GivenCard;
  private readonly load: LoadCard;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    say: (text: string) => void,
  ) {
    this.fit = new FitCard(session, say);
    this.run = new RunCard(session, settings, say, (run, given) => this.fit.offer(run, given));
    this.questions = new QuestionsCard((questions, given) => void this.run.offer(questions, given));
    this.given = new GivenCard(session, settings, say);
    this.load = new LoadCard(session, say);
    this.noModel = el(
      "section",
      { class: "card stack" },
      el("p", {}, T.noModel),
      el("div", { class: "actions" }, el("a", { class: "button primary", href: "#" }, T.toModel)),
    );
    this.element = el(
      "section",
      { class: "view calibrate", hidden: true },
      el("div", { class: "view-intro" }, this.heading, el("p", { class: "note" }, T.intro)),
      this.noModel,
      this.questions.element,
      this.run.element,
      this.fit.element,
      this.given.element,
      this.load.element,
    );
    this.questions.element.append(this.terms);
    session.addEventListener("change", () => this.refresh());
    this.refresh();
  }

  open(moved: boolean): void {
    if (moved) this.heading.focus();
    const { model } = this.session;
    if (model) {
      const { prefix, maxTokens } = termsOf(this.settings, model.info);
      fill(this.terms, T.settingsNote(prefix, maxTokens));
    }
    this.questions.check();
    if (model) this.given.open();
    this.load.refresh();
  }

  /** What runs goes on in the background only while the view is open: the model answers one thing at a time. */
  close(): void {
    this.run.pause();
    this.given.pause();
  }

  private refresh(): void {
    const usable = this.session.model?.info.tokenizer === true;
    this.noModel.hidden = usable;
    for (const card of [this.questions, this.given, this.load]) card.element.hidden = !usable;
    if (!usable) {
      this.run.clear();
      this.fit.clear();
      this.given.clear();
    } else {
      this.load.refresh();
    }
  }
}
