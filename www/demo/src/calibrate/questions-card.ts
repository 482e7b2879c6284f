/** Step 1: the user's questions, pasted, dropped or chosen. */

import { el, fill } from "../../../shared/dom.js";
import { forget, keep, recall } from "../keep.js";
import { TEXT } from "../text.js";
import example from "./example.jsonl?raw";
import { textOf } from "./file.js";
import { LEAST } from "./fit.js";
import { parseQuestions, type Question } from "./questions.js";

const T = TEXT.calibrate.questions;

const SHOWN_FAULTS = 5;
const KEPT = "questions";

/** Checks what is typed and hands it on. */
export class QuestionsCard {
  readonly element: HTMLElement;
  private readonly box = el("textarea", {
    id: "questions",
    rows: 8,
    spellcheck: "false",
    placeholder: T.placeholder,
    "aria-describedby": "questions-hint questions-state",
    oninput: () => this.later(),
  });
  private readonly state = el("div", { id: "questions-state", class: "form-state", role: "status" });
  private timer = 0;

  constructor(private readonly onQuestions: (questions: readonly Question[], given: boolean) => void) {
    this.box.value = recall<string>(KEPT) ?? "";
    const input = el("input", {
      type: "file",
      accept: ".jsonl,.json,.txt,.ndjson",
      class: "visually-hidden",
      tabindex: -1,
    });
    input.ariaHidden = "true";
    input.addEventListener("change", () => void this.take(input.files?.[0]));
    this.element = el(
      "section",
      {
        class: "card stack questions",
        "aria-labelledby": "questions-heading",
        ondragover: (event: DragEvent) => this.dragOver(event),
        ondragleave: () => this.element.classList.remove("dropping"),
        ondrop: (event: DragEvent) => this.drop(event),
      },
      el("h3", { id: "questions-heading" }, T.heading),
      el("p", { id: "questions-hint", class: "note" }, T.hint),
      el("label", { for: "questions", class: "visually-hidden" }, T.label),
      this.box,
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "secondary", onclick: () => input.click() }, T.file),
        input,
        el("button", { type: "button", class: "secondary", onclick: () => this.set(example) }, T.example),
        el("small", {}, T.drop),
      ),
      this.state,
    );
  }

  /** Reads the box; says what it holds, and what is wrong with it. */
  async check(): Promise<void> {
    const text = this.box.value;
    if (text.trim() === "") {
      forget(KEPT);
      fill(this.state);
      this.onQuestions([], false);
      return;
    }
    keep(KEPT, text);
    const { questions, given, faults } = parseQuestions(text);
    const found = questions.length > 0 ? T.found(questions.length) : "";
    const few = questions.length < LEAST ? T.few(questions.length, LEAST) : "";
    fill(
      this.state,
      el("p", {}, [found, given ? T.given(questions.length) : "", few].filter(Boolean).join(" ")),
      ...faults
        .slice(0, SHOWN_FAULTS)
        .map(({ line, fault }) => el("p", { class: "form-hint" }, T.bad(line, T.problems[fault]))),
      faults.length > SHOWN_FAULTS && el("p", { class: "form-hint" }, T.more(faults.length - SHOWN_FAULTS)),
    );
    this.onQuestions(questions, given);
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), 250);
  }

  private set(text: string): void {
    this.box.value = text;
    void this.check();
  }

  private async take(file: File | undefined): Promise<void> {
    if (file) this.set(await textOf(file));
  }

  private dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.element.classList.add("dropping");
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.element.classList.remove("dropping");
    void this.take(event.dataTransfer?.files[0]);
  }
}
