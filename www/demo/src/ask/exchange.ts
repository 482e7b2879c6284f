/** One question and its answer, from the first token to the last score. */

import type { Answer, AskProgress, Message, Model, Token } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { TokenText } from "../../../shared/tokens.js";
import type { ServedEncoder } from "../model/offers.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { type Context, confidencePanel, whyPanel } from "./confidence.js";
import { askOptions } from "./methods.js";
import { questionPanel, shadedQuestion } from "./question.js";
import { samplesPanel } from "./samples.js";
import { factList, ScoreTable } from "./scores.js";
import { Tabs } from "./tabs.js";

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
  /** Told the answer's SemGrad score, gives what is known beyond the answer. */
  context: (answer: Answer) => Context;
}

/** Streams into itself; `ask` settles when everything is shown. */
export class Exchange {
  readonly element: HTMLElement;
  private readonly heading: HTMLElement;
  private readonly status = el("p", { class: "status" }, T.reading);
  private readonly text = new TokenText();
  private readonly verdict = el("div", { class: "verdict-area" });
  private readonly evidence = el("div", { class: "evidence" });
  private table: ScoreTable | null = null;
  private silence = 0;
  private unsaid = "";
  private lastSaid = 0;

  constructor(
    readonly question: string,
    private readonly say: (text: string) => void,
  ) {
    this.heading = el("h2", { class: "question" }, question);
    this.element = el(
      "article",
      { class: "exchange", "aria-busy": "true" },
      this.heading,
      el("div", { class: "card answer" }, this.status, this.verdict, this.evidence),
    );
  }

  /** Asks the model; a failure is thrown after the part that was said is kept. */
  async ask(asking: Asking): Promise<Answer> {
    const { model, settings, history, signal } = asking;
    const options = askOptions(settings, asking.encoder);
    const question = history.length > 0 ? [...history, { role: "user", content: this.question }] : this.question;
    this.table = new ScoreTable(options.methods ?? []);
    try {
      const answer: Answer = await model.ask(question, {
        ...options,
        signal,
        onToken: (token) => this.onToken(token, settings.samples),
        onProgress: (progress) => this.onProgress(progress),
      });
      this.finish(answer, asking, `${options.prefix ?? ""}${this.question}`);
      return answer;
    } catch (error) {
      this.status.textContent = signal.aborted ? T.stopped : "";
      fill(this.evidence);
      throw error;
    } finally {
      clearTimeout(this.silence);
      this.element.removeAttribute("aria-busy");
    }
  }

  private get card(): Element {
    return this.status.parentElement as Element;
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
      if (progress.method === null) return;
      if (this.table && !this.table.element.isConnected) this.evidence.append(this.table.element);
      this.table?.set(progress.method, progress.score);
    }
  }

  private onToken(token: Token, sampling: boolean): void {
    if (this.text.length === 0) {
      this.card.prepend(this.text.element);
      this.status.textContent = T.writing;
    }
    this.text.add(token);
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

  private finish(answer: Answer, { model, settings, context }: Asking, prompt: string): void {
    if (answer.finishReason === "stop") this.text.markEnd();
    this.status.textContent = "";
    if (answer.text?.trim() === "") this.status.textContent = T.empty;
    else if (answer.finishReason === "length") this.status.textContent = T.cut;
    this.showQuestion(answer);
    const known = context(answer);
    fill(this.verdict, confidencePanel(answer, known));
    this.table?.setAll(answer.scores);
    const why = whyPanel(known);
    const tabs = [
      ...(why ? [{ id: "why", title: TEXT.why.tab, panel: why }] : []),
      { id: "question", title: TEXT.question.tab, panel: questionPanel(answer, this.question) },
      { id: "samples", title: TEXT.samples.tab, panel: samplesPanel(answer, settings.compare) },
      ...(this.table ? [{ id: "scores", title: SHARED.scores.tab, panel: this.table.element }] : []),
      { id: "facts", title: TEXT.facts.tab, panel: factList(answer, model.info, prompt) },
    ];
    fill(this.evidence, new Tabs(T.evidence, tabs, settings.samples ? "samples" : (tabs[0]?.id ?? "")).element);
    this.element.scrollIntoView({ block: "nearest" });
    const verdict = answer.verdict ? `${TEXT.confidence.verdicts[answer.verdict]}.` : "";
    this.say(`${this.unsaid.trim()} ${T.announceDone} ${verdict}`);
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
