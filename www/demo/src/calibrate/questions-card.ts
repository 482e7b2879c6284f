/** Step 1: the user's questions, and what is wrong with them. */

import { el } from "../../../shared/dom.js";
import { ListBox } from "../list-box.js";
import { TEXT } from "../text.js";
import example from "./example.jsonl?raw";
import { LEAST } from "./fit.js";
import { parseQuestions, type Question } from "./questions.js";

const T = TEXT.calibrate.questions;

const SHOWN_FAULTS = 5;

/** Checks what is typed and hands it on. */
export class QuestionsCard {
  private readonly box = new ListBox(
    T,
    { id: "questions", kept: "questions", accept: ".jsonl,.json,.txt,.ndjson", example },
    (text) => this.read(text),
  );

  constructor(private readonly onQuestions: (questions: readonly Question[], given: boolean) => void) {}

  get element(): HTMLElement {
    return this.box.element;
  }

  /** Reads the box; says what it holds, and what is wrong with it. */
  check(): void {
    this.box.check();
  }

  private read(text: string): void {
    if (text.trim() === "") {
      this.box.say();
      this.onQuestions([], false);
      return;
    }
    const { questions, given, faults } = parseQuestions(text);
    const found = questions.length > 0 ? T.found(questions.length) : "";
    const few = questions.length < LEAST ? T.few(questions.length, LEAST) : "";
    this.box.say(
      el("p", {}, [found, given ? T.given(questions.length) : "", few].filter(Boolean).join(" ")),
      ...faults
        .slice(0, SHOWN_FAULTS)
        .map(({ line, fault }) => el("p", { class: "form-hint" }, T.bad(line, T.problems[fault]))),
      faults.length > SHOWN_FAULTS && el("p", { class: "form-hint" }, T.more(faults.length - SHOWN_FAULTS)),
    );
    this.onQuestions(questions, given);
  }
}
