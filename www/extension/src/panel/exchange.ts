/** One question and its answer in the panel: the model's own, token by token, or one from elsewhere. */

import type { Answer, ModelInfo, Token } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { percent } from "../../../shared/format.js";
import { TokenText } from "../../../shared/tokens.js";
import type { HostEvent, Judgement } from "../protocol.js";
import { TEXT } from "../text.js";
import { toWords } from "../words.js";
import { details } from "./scores.js";

const T = TEXT.answer;

/** Ms between two messages to screen readers while the answer streams. */
const SPEAK_EVERY = 1500;

export class Exchange {
  readonly element: HTMLElement;
  readonly #status = el("p", { class: "status" }, T.loading);
  readonly #text = new TokenText();
  readonly #card = el("div", { class: "card answer" }, this.#status);
  #unsaid = "";
  #lastSaid = 0;

  /** @param note what kind of answer it is, where it is not the model's own */
  constructor(
    question: string,
    note: string | null,
    private readonly say: (text: string) => void,
  ) {
    this.element = el(
      "article",
      { class: "exchange", "aria-busy": "true" },
      el("h2", { class: "question" }, question),
      note ? el("p", { class: "note" }, note) : null,
      this.#card,
    );
  }

  onEvent(event: HostEvent): void {
    if (event.kind === "token") this.#onToken(event.token);
    else if (event.progress.phase === "score") this.#status.textContent = T.scoring;
    else if (event.progress.phase === "prefill") this.#status.textContent = T.reading;
  }

  /** The model's own answer is there. */
  finish(answer: Answer, info: ModelInfo | null, prefix: string): void {
    if (answer.finishReason === "stop") this.#text.markEnd();
    if (answer.text?.trim() === "") this.#end(T.empty);
    else this.#end(answer.finishReason === "length" ? T.cut : "");
    if (answer.confidence !== null) {
      const side = answer.verdict ? TEXT.judgement.verdicts[answer.verdict] : "";
      const level = answer.verdict === "answer" ? "low" : answer.verdict === "abstain" ? "high" : "medium";
      this.#card.prepend(headline(level, TEXT.judgement.confidence(percent(answer.confidence)), side));
    }
    this.#numbers(answer, info, prefix);
    this.say(`${this.#unsaid.trim()} ${T.done}`);
  }

  /** An answer from elsewhere was judged. */
  judged(answer: Answer, judgement: Judgement, info: ModelInfo | null): void {
    for (const token of withoutEnd(answer)) this.#text.add(token);
    this.#text.markEnd();
    const words = toWords(judgement);
    this.#end("");
    fill(
      this.#card,
      headline(words.level, words.label, words.side),
      ...words.reasons.map((reason) => el("p", { class: "note" }, reason)),
      this.#text.element,
    );
    this.#numbers(answer, info);
    this.say(`${words.label}. ${words.side}`);
  }

  stopped(): void {
    this.#end(T.stopped);
  }

  failed(problem: HTMLElement): void {
    this.#end("");
    this.element.append(problem);
  }

  #end(status: string): void {
    this.#status.textContent = status;
    this.element.removeAttribute("aria-busy");
  }

  #numbers(answer: Answer, info: ModelInfo | null, prefix = ""): void {
    this.#card.append(details(answer, info, prefix));
    this.element.scrollIntoView({ block: "nearest" });
  }

  #onToken(token: Token): void {
    if (this.#text.length === 0) {
      this.#card.prepend(this.#text.element);
      this.#status.textContent = T.writing;
    }
    this.#text.add(token);
    this.#unsaid += token.text ?? "";
    const now = performance.now();
    if (now - this.#lastSaid < SPEAK_EVERY) return;
    if (this.#unsaid.trim()) this.say(this.#unsaid.trim());
    this.#unsaid = "";
    this.#lastSaid = now;
  }
}

/** The end-of-turn token is shown as the end, not by the name that it has in the vocabulary. */
function withoutEnd({ tokens, text }: Answer): Token[] {
  const last = tokens.length - 1;
  const isEnd = (token: Token, index: number) => index === last && !text?.endsWith(token.text ?? "");
  return tokens.map((token, index) => (isEnd(token, index) ? { ...token, text: "" } : token));
}

function headline(level: string | null, label: string, side: string): HTMLElement {
  return el(
    "p",
    { class: "headline" },
    el("span", { class: "mark", "data-level": level ?? "none" }),
    el("strong", {}, label),
    side ? el("small", {}, side) : null,
  );
}
