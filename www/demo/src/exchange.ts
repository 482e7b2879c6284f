/** One question and its answer, from the first token to the scores. */

import type { Answer, Model, Token } from "semgrad";
import { el } from "./dom.js";
import { factList, scoreTable } from "./scores.js";
import { TEXT } from "./text.js";
import { TokenText } from "./tokens.js";

const T = TEXT.answer;

/** Milliseconds between two messages to screen readers while the answer streams. */
const SPEAK_EVERY_MS = 1500;

/** Streams into itself; `ask` settles when everything is shown. */
export class Exchange {
  readonly element: HTMLElement;
  private readonly status = el("p", { class: "status" }, T.reading);
  private readonly text = new TokenText();
  private unsaid = "";
  private lastSaid = 0;

  constructor(
    private readonly question: string,
    private readonly say: (text: string) => void,
  ) {
    this.element = el(
      "article",
      { class: "exchange", "aria-busy": "true" },
      el("h2", { class: "question" }, question),
      el("div", { class: "card answer" }, this.status),
    );
  }

  /** Asks the model; a failure is thrown after the part that was said is kept. */
  async ask(model: Model, signal: AbortSignal): Promise<void> {
    try {
      const answer = await model.ask(this.question, {
        signal,
        onToken: (token) => this.onToken(token),
        onProgress: (progress) => {
          if (progress.phase === "score") this.status.textContent = T.scoring;
        },
      });
      this.finish(answer, model);
    } catch (error) {
      this.status.textContent = signal.aborted ? T.stopped : "";
      throw error;
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  private get card(): Element {
    return this.status.parentElement as Element;
  }

  private onToken(token: Token): void {
    if (this.text.length === 0) {
      this.card.prepend(this.text.element);
      this.status.textContent = T.writing;
    }
    this.text.add(token);
    this.unsaid += token.text ?? "";
    const now = performance.now();
    if (now - this.lastSaid > SPEAK_EVERY_MS) this.speak(now);
  }

  private speak(now: number): void {
    if (this.unsaid.trim()) this.say(this.unsaid.trim());
    this.unsaid = "";
    this.lastSaid = now;
  }

  private finish(answer: Answer, model: Model): void {
    if (answer.finishReason === "stop") this.text.markEnd();
    this.status.textContent = "";
    if (answer.text?.trim() === "") this.status.textContent = T.empty;
    else if (answer.finishReason === "length") this.status.textContent = T.cut;
    const table = scoreTable(answer);
    if (table) this.card.append(table);
    this.card.append(factList(answer, model.info));
    this.element.scrollIntoView({ block: "nearest" });
    this.say(`${this.unsaid.trim()} ${T.announceDone}`);
    this.unsaid = "";
  }
}
