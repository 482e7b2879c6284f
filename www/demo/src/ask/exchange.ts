/** One question and its answer: from the first token to the judgment and its evidence, or as it was kept. */

import type { Answer, AskProgress, Message, Model, Token } from "semgrad";
import { AnswerText } from "../../../shared/answer-text.js";
import { checkedNote } from "../../../shared/checked.js";
import { el, fill } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { judgementPanel } from "../../../shared/judgement.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { type Told, told } from "../../../shared/told.js";
import type { ServedEncoder } from "../model/offers.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { actionRow } from "./actions.js";
import { calibrateLink, evidenceTabs } from "./evidence.js";
import { goOn } from "./go-on.js";
import { askOptions } from "./options.js";
import { shadedQuestion } from "./question.js";

const T = TEXT.answer;

/** Milliseconds between two messages to screen readers while the answer streams. */
const SPEAK_EVERY_MS = 1500;
/** Without a token for so long the answer is complete and something else goes on. */
const SILENCE_MS = 1200;

/** What a question is asked with. */
export interface Asking {
  model: Model;
  settings: Settings;
  encoder: ServedEncoder | null;
  /** Turns before this one; empty unless follow-ups are on. */
  history: readonly Message[];
  signal: AbortSignal;
}

/** Does what the buttons below an answer are for. */
export interface ExchangeOwner {
  /** Whether there is a model that could be asked now. */
  readonly canAsk: boolean;
  again(exchange: Exchange): void;
  edit(exchange: Exchange): void;
  goOn(exchange: Exchange): void;
  remove(exchange: Exchange): void;
}

/** Streams into itself; `ask` settles when everything is shown. */
export class Exchange {
  readonly element: HTMLElement;
  /** The finished answer. */
  told: Told | null = null;
  /** Whether a follow-up sees it. */
  remembered = true;

  private readonly heading: HTMLElement;
  private readonly status = el("p", { class: "status" });
  private readonly text = new AnswerText();
  private readonly checked = el("div", { class: "checked-area" });
  private readonly judgement = el("div", { class: "judgement-area" });
  private readonly evidence = el("div", { class: "evidence" });
  private readonly actions = el("div", { class: "actions exchange-actions" });
  /** Prompt and answer as the model saw them: where a cut answer goes on. */
  private ids: number[] = [];
  /** What was said before the question; null where that is not known. */
  private context: string | null = null;
  private silence = 0;
  private unsaid = "";
  private lastSaid = 0;

  /** @param notice what to notice about it, for an example */
  constructor(
    readonly id: string,
    readonly question: string,
    notice: string | null,
    private readonly say: (text: string) => void,
    private readonly owner: ExchangeOwner,
  ) {
    this.heading = el("h2", { class: "question" }, question);
    this.element = el(
      "article",
      { class: "exchange" },
      this.heading,
      el(
        "div",
        { class: "card answer" },
        this.text.element,
        this.status,
        this.checked,
        this.judgement,
        notice === null ? null : el("p", { class: "notice" }, notice),
        this.evidence,
        this.actions,
      ),
    );
  }

  /** Asks the model; a failure is thrown after the part that was said is kept. */
  async ask(asking: Asking): Promise<Answer> {
    const { model, settings, history, signal } = asking;
    const question = history.length > 0 ? [...history, { role: "user", content: this.question }] : this.question;
    this.context = history.map(({ content }) => content).join("\n");
    this.begin(T.reading);
    const isTaught = model.info.adapter !== null && history.length === 0;
    const taught = isTaught ? (model.info.profile?.prefix ?? null) : null;
    try {
      const answer: Answer = await model.ask(question, {
        ...askOptions(settings, asking.encoder, taught),
        signal,
        onToken: (token) => this.onToken(token, settings.samples),
        onProgress: (progress) => this.onProgress(progress),
      });
      this.ids = [...answer.promptIds, ...answer.responseIds];
      this.show(told(answer), answer.confidenceReason);
      this.showQuestion(answer);
      fill(
        this.evidence,
        evidenceTabs(answer, { question: this.question, alone: history.length === 0 }, model.info, settings),
      );
      this.finish();
      return answer;
    } catch (error) {
      this.interrupted(signal.aborted);
      throw error;
    } finally {
      this.end();
    }
  }

  /** A cut answer goes on; what comes is not judged. */
  async goOn(model: Model, signal: AbortSignal): Promise<void> {
    const before = this.told;
    if (!before) return;
    this.begin(T.writing);
    try {
      const more = await goOn(model, before, this.ids, signal, (token) => this.onToken(token, false));
      this.ids = more.ids;
      this.show(more.told, before.confidenceReason);
      this.finish();
    } catch (error) {
      this.show(before, before.confidenceReason);
      this.interrupted(signal.aborted);
      throw error;
    } finally {
      this.end();
    }
  }

  /** As it was kept: without the evidence, which was not. */
  restore(kept: Told): void {
    this.show(kept, kept.confidenceReason);
    this.showActions();
  }

  private begin(status: string): void {
    this.element.setAttribute("aria-busy", "true");
    this.status.textContent = status;
    fill(this.actions);
  }

  private end(): void {
    clearTimeout(this.silence);
    this.element.removeAttribute("aria-busy");
    this.showActions();
  }

  /** The last word is in sight, not under the box for the next question. */
  private interrupted(byUser: boolean): void {
    this.status.textContent = byUser ? T.stopped : "";
    if (byUser) this.say(T.stopped);
    requestAnimationFrame(() => this.actions.scrollIntoView({ block: "nearest" }));
  }

  private showActions(): void {
    const canGoOn = this.told?.finishReason === "length" && this.ids.length > 0;
    const { owner } = this;
    const doings = {
      canAsk: owner.canAsk,
      goOn: canGoOn ? () => owner.goOn(this) : null,
      again: () => owner.again(this),
      edit: () => owner.edit(this),
      remove: () => owner.remove(this),
    };
    fill(this.actions, ...actionRow(this.question, this.told?.text ?? null, doings));
  }

  private onProgress(progress: AskProgress): void {
    if (progress.phase === "engine") {
      const { progress: load } = progress;
      if (load.phase === "download") {
        const total = load.total === null ? "" : bytes(load.total);
        this.status.textContent = T.engine(SHARED.progress.amount(bytes(load.loaded), total));
      }
    } else if (progress.phase === "score") {
      clearTimeout(this.silence);
      this.status.textContent = T.scoring;
    }
  }

  private onToken(token: Pick<Token, "text">, sampling: boolean): void {
    if (this.text.length === 0) this.status.textContent = T.writing;
    this.text.add(token.text ?? "");
    clearTimeout(this.silence);
    if (sampling) {
      this.silence = window.setTimeout(() => {
        this.status.textContent = T.sampling;
      }, SILENCE_MS);
    }
    this.unsaid += token.text ?? "";
    const now = performance.now();
    if (now - this.lastSaid > SPEAK_EVERY_MS) this.speak(now);
  }

  private speak(now: number): void {
    if (this.unsaid.trim()) this.say(this.unsaid.trim());
    this.unsaid = "";
    this.lastSaid = now;
  }

  private show(answer: Told, reason: string | null): void {
    this.told = answer;
    this.status.textContent = "";
    if (answer.text?.trim() === "") this.status.textContent = T.empty;
    else if (answer.finishReason === "length") this.status.textContent = T.cut;
    this.text.show(answer, this.question);
    fill(this.judgement, judgementPanel(answer, calibrateLink(reason)));
    void this.check(answer);
  }

  /** What is wrong with it that needs no knowledge; of what is not finished too, since it is not said of the end. */
  private async check(answer: Told): Promise<void> {
    const note = await checkedNote(this.question, answer.text ?? "", this.context);
    if (this.told === answer) fill(this.checked, note);
  }

  private finish(): void {
    this.element.scrollIntoView({ block: "nearest" });
    const { verdict, chance } = this.told?.explanation ?? {};
    this.say([this.unsaid.trim(), T.announceDone, verdict && `${verdict}.`, chance].filter(Boolean).join(" "));
    this.unsaid = "";
  }

  private showQuestion(answer: Answer): void {
    const shaded = shadedQuestion(answer, this.question);
    if (!shaded) return;
    fill(this.heading, ...shaded.words);
    this.heading.title = TEXT.question.label;
    this.heading.after(
      el(
        "p",
        { class: "legend question-legend" },
        `${TEXT.question.legend}: `,
        el("span", {}, TEXT.question.legendLow, el("span", { class: "ramp cool" }), TEXT.question.legendHigh),
      ),
    );
  }
}
