/** Step 1: the questions to teach, and what is said before anything is done with them. */

import type { ModelInfo } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { bytes, timeLeft } from "../../../shared/format.js";
import { ListBox } from "../list-box.js";
import { speedHere } from "../model/speed.js";
import { askSeconds, teachBytes, teachSeconds, wordsOf } from "./estimate.js";
import example from "./example.txt?raw";
import { type List, readList } from "./list.js";
import { LEAST } from "./run.js";
import { isDrawnBy, type Terms } from "./terms.js";
import { TEXT } from "./text.js";

const T = TEXT.list;

const SHOWN_FAULTS = 5;

/** What is said before: of which model, how it is asked, and how many questions are not answered yet. */
export interface Prospect {
  name: string;
  info: ModelInfo;
  terms: Terms;
  open: number;
}

/** Checks what is typed and hands it on. */
export class ListCard {
  private readonly box = new ListBox(
    T,
    { id: "teach-list", kept: "teach-list", accept: ".txt,.jsonl,.ndjson,.json,.csv,.tsv", example },
    (text) => this.read(text),
  );
  private readonly locked = el("p", { class: "note", hidden: true }, T.locked);
  private readonly before = el("div", { class: "stack before" });
  private count = 0;

  constructor(private readonly onList: (list: Pick<List, "questions" | "answers">) => void) {
    const files = el("details", {}, el("summary", {}, T.files), el("p", { class: "note" }, T.fileKinds));
    this.box.element.append(files, this.locked, this.before);
  }

  get element(): HTMLElement {
    return this.box.element;
  }

  /** Reads the box; says what it holds, and what is wrong with it. */
  check(): void {
    this.box.check();
  }

  /** Empties it. */
  clear(): void {
    this.lock(null);
    this.box.set("");
  }

  /** The questions of a training that has begun, which stay; null when there is none. */
  lock(questions: readonly string[] | null): void {
    if (questions && questions.join() !== readList(this.box.text).questions.join()) this.box.set(questions.join("\n"));
    this.box.lock(questions !== null);
    this.locked.hidden = questions === null;
  }

  /** Says how long it will take here, how much memory, and what stays where. */
  estimate({ name, info, terms, open }: Prospect): void {
    const { count } = this;
    const { prefix, maxTokens } = terms.options;
    this.before.hidden = count < LEAST;
    const words = speedHere(name, info.device);
    const isDrawn = isDrawnBy(terms);
    const asking = words === null ? null : askSeconds(words, isDrawn);
    const teaching = asking === null ? 0 : teachSeconds(asking, isDrawn, count);
    const time = asking === null ? T.noTime : T.time(timeLeft(asking * open), timeLeft(teaching));
    const costs = open > 0 ? [time, T.memory(bytes(teachBytes(info, count)))] : [];
    const said = [...costs, T.stays, T.only, T.terms(prefix, wordsOf(maxTokens))];
    fill(
      this.before,
      el("h4", {}, T.before),
      el("ul", { class: "facts-list note" }, ...said.map((text) => el("li", {}, text))),
    );
  }

  private read(text: string): void {
    const { questions, answers, duplicates, faults } = readList(text);
    this.count = questions.length;
    if (text.trim() === "") {
      this.box.say();
    } else {
      const few = questions.length < LEAST ? T.few(LEAST) : "";
      this.box.say(
        el(
          "p",
          {},
          [T.found(questions.length, duplicates), answers.size > 0 ? T.answers(answers.size) : "", few]
            .filter(Boolean)
            .join(" "),
        ),
        ...faults
          .slice(0, SHOWN_FAULTS)
          .map(({ line, fault }) => el("p", { class: "form-hint" }, T.bad(line, T.problems[fault]))),
        faults.length > SHOWN_FAULTS && el("p", { class: "form-hint" }, T.more(faults.length - SHOWN_FAULTS)),
      );
    }
    this.onList({ questions: questions.length < LEAST ? [] : questions, answers });
  }
}
