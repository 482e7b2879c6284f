/** One question and its answer in the panel: the model's own, token by token, or one from elsewhere. */

import type { Answer, ModelInfo, OddWord, Token } from "semgrad";
import { AnswerText } from "../../../shared/answer-text.js";
import { checkedNote } from "../../../shared/checked.js";
import { el } from "../../../shared/dom.js";
import { judgementPanel } from "../../../shared/judgement.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { type Told, told } from "../../../shared/told.js";
import { whyBars } from "../../../shared/why.js";
import type { HostEvent, Judged } from "../protocol.js";
import { TEXT } from "../text.js";
import { asides, explained, toWords } from "../words.js";
import { doubtPanel } from "./doubt.js";
import { details } from "./scores.js";

const T = TEXT.answer;

/** Ms between two messages to screen readers while the answer streams. */
const SPEAK_EVERY = 1500;

export class Exchange {
  readonly element: HTMLElement;
  readonly #status = el("p", { class: "status" }, T.loading);
  readonly #text = new AnswerText();
  readonly #card = el("div", { class: "card answer" }, this.#text.element, this.#status);
  #unsaid = "";
  #lastSaid = 0;
  /** Whether it was read already: then it is read again beside the model's own. */
  #isRead = false;

  /** @param note what kind of answer it is, where it is not the model's own */
  constructor(
    private readonly question: string,
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
    else if (event.progress.phase === "words") this.#onWords(event.progress.odd);
    else if (this.#isRead) return;
    else if (event.progress.phase === "score") this.#status.textContent = T.scoring;
    else if (event.progress.phase === "prefill") this.#status.textContent = T.reading;
  }

  /** The model's own answer is there. */
  finish(answer: Answer, info: ModelInfo | null): void {
    this.#show(told(answer));
    if (answer.text?.trim() === "") this.#end(T.empty);
    else this.#end(answer.finishReason === "length" ? T.cut : "");
    this.#card.append(details(answer, info));
    this.#speak(answer.explanation.verdict, answer.explanation.chance);
  }

  /** An answer from elsewhere was judged. */
  judged(answer: Answer, judgement: Judged, info: ModelInfo | null): void {
    const { label, side } = toWords({ ...judgement, faults: [] });
    this.#show({ ...told(answer), explanation: explained(judgement) }, judgement);
    this.#end("");
    this.#card.append(details(answer, info));
    this.#speak(label, side);
  }

  stopped(): void {
    this.#end(T.stopped);
    // Not under the box for the next question.
    this.#status.scrollIntoView({ block: "nearest" });
  }

  failed(problem: HTMLElement): void {
    this.#end("");
    this.element.append(problem);
  }

  #end(status: string): void {
    this.#status.textContent = status;
    this.element.removeAttribute("aria-busy");
  }

  /** @param judgement of an answer from elsewhere */
  #show(shown: Told, judgement: Judged | null = null): void {
    this.#text.show(shown, this.question, judgement?.examined?.odd);
    const place = el("div", { class: "checked-area" });
    this.#card.append(place);
    void checkedNote(this.question, shown.text ?? "", null).then((note) => note && place.append(note));
    const doubt = judgement?.examined?.judgement && doubtPanel(judgement);
    this.#card.append(doubt || judgementPanel(shown, judgement && notes(judgement)));
    if (shown.confidenceParts) this.#card.append(why(shown.confidenceParts));
  }

  #speak(label: string, side: string | null): void {
    this.element.scrollIntoView({ block: "nearest" });
    this.say([this.#unsaid.trim(), T.done, `${label}.`, side].filter(Boolean).join(" "));
    this.#unsaid = "";
  }

  /** Without words that stand out there is nothing to tell of it yet. */
  #onWords(odd: OddWord[]): void {
    if (odd.length === 0) return;
    this.#isRead = true;
    this.#status.textContent = T.comparing;
  }

  #onToken(token: Token): void {
    if (this.#text.length === 0) this.#status.textContent = T.writing;
    this.#text.add(token.text ?? "");
    this.#unsaid += token.text ?? "";
    const now = performance.now();
    if (now - this.#lastSaid < SPEAK_EVERY) return;
    if (this.#unsaid.trim()) this.say(this.#unsaid.trim());
    this.#unsaid = "";
    this.#lastSaid = now;
  }
}

/** What is known besides. */
function notes(judgement: Judged): HTMLElement | null {
  const lines = asides(judgement).map((text) => el("p", { class: "note" }, text));
  return lines.length > 0 ? el("div", {}, ...lines) : null;
}

/** The plain picture of what moved the confidence. */
function why(parts: NonNullable<Answer["confidenceParts"]>): HTMLElement {
  return el("details", {}, el("summary", {}, SHARED.why.heading), whyBars(parts));
}
