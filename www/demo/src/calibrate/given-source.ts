/** Where answers that others wrote come from: a file, and how many of its questions are used. Both outlast a visit. */

import { el, fill } from "../../../shared/dom.js";
import { textOf } from "../file.js";
import { keep, recall } from "../keep.js";
import { TEXT as PAGE } from "../text.js";
import { type KeptList, keepList, keptList } from "./given-store.js";
import { countsOf, drawn, type Judged, type JudgedList, readJudged } from "./judged.js";
import { TEXT } from "./text.js";

const T = TEXT.source;

const SHOWN_FAULTS = 5;
/** Questions that are used unless the user says otherwise. */
const USUAL = 150;
const COUNT = "given-questions";

/** A file to choose, a number, and what was found. */
export class GivenSource {
  readonly element: HTMLElement;
  private readonly state = el("div", { class: "form-state", role: "status" });
  private readonly choose: HTMLButtonElement;
  private readonly count = el("input", {
    type: "number",
    id: "given-count",
    min: 1,
    step: 1,
    "aria-describedby": "given-count-hint",
    onchange: () => this.changeCount(),
  });
  private readonly amount: HTMLElement;
  private list: KeptList | null = null;
  private recalled = false;

  constructor(private readonly onChange: () => void) {
    const input = el("input", {
      type: "file",
      accept: ".jsonl,.json,.txt,.ndjson",
      class: "visually-hidden",
      tabindex: -1,
      "aria-hidden": "true",
      "data-kind": "given",
    });
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      // The same file can be chosen again.
      if (file) void this.take(file).finally(() => Object.assign(input, { value: "" }));
    });
    this.choose = el("button", { type: "button", class: "secondary", onclick: () => input.click() }, T.choose);
    this.amount = el(
      "div",
      { class: "actions", hidden: true },
      el("label", { for: "given-count" }, T.count),
      this.count,
      el("small", { id: "given-count-hint" }, T.countHint),
    );
    this.element = el(
      "div",
      { class: "stack" },
      el("p", { class: "note" }, T.hint),
      el(
        "p",
        { class: "note" },
        T.data,
        el("a", { href: T.address, target: "_blank", rel: "noopener noreferrer" }, T.evouna),
        T.after,
      ),
      el("div", { class: "actions" }, this.choose, input),
      this.state,
      this.amount,
    );
  }

  /** The answers that are used; none where the file cannot be used. */
  async answers(): Promise<Judged[]> {
    if (!this.recalled) {
      this.recalled = true;
      const list = await keptList();
      if (list && !this.list) this.show(list, []);
    }
    return this.list ? drawn(this.list.answers, Number(this.count.value)) : [];
  }

  /** While it is at work, file and number stay. */
  lock(locked: boolean): void {
    this.choose.disabled = locked;
    this.count.disabled = locked;
  }

  private async take(file: File): Promise<void> {
    const { answers, faults } = readJudged(await textOf(file));
    const list = { name: file.name, answers };
    this.recalled = true;
    this.show(list, faults);
    if (this.list) await keepList(list);
    this.onChange();
  }

  private show(list: KeptList, faults: JudgedList["faults"]): void {
    const { name, answers } = list;
    const { questions, writers, wrong, answers: all } = countsOf(answers);
    const oneWriter = writers === 1 && T.oneWriter;
    const oneSided = all > 0 && (wrong === 0 || wrong === all) && T.oneSided;
    const found = all === 0 ? T.none(name) : T.found(name, questions, all, writers, wrong);
    const Q = PAGE.calibrate.questions;
    fill(
      this.state,
      el("p", {}, [found, oneWriter, oneSided].filter(Boolean).join(" ")),
      ...faults
        .slice(0, SHOWN_FAULTS)
        .map(({ line, fault }) => el("p", { class: "form-hint" }, Q.bad(line, T.problems[fault]))),
      faults.length > SHOWN_FAULTS && el("p", { class: "form-hint" }, Q.more(faults.length - SHOWN_FAULTS)),
    );
    this.list = all > 0 && !oneWriter && !oneSided ? list : null;
    this.amount.hidden = this.list === null;
    this.count.max = String(questions);
    this.count.value = String(Math.min(recall<number>(COUNT) ?? USUAL, questions));
  }

  private changeCount(): void {
    const wanted = Math.floor(Number(this.count.value));
    const most = Number(this.count.max);
    const count = Math.min(wanted >= 1 ? wanted : USUAL, most);
    this.count.value = String(count);
    keep(COUNT, count);
    this.onChange();
  }
}
