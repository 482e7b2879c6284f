/** Where answers that others wrote come from: files, and how many of their questions are used. Both outlast a visit. */

import { el, fill } from "../../../shared/dom.js";
import { droppedFiles } from "../dropped.js";
import { textOf } from "../file.js";
import { keep, recall } from "../keep.js";
import { TEXT as PAGE } from "../text.js";
import { type KeptList, keepList, keptList } from "./given-store.js";
import { countsOf, drawn, type Judged } from "./judged.js";
import { type JudgedFiles, readFiles } from "./judged-files.js";
import { TEXT } from "./text.js";

const T = TEXT.source;

/** How the names of such files end. */
const ENDS = [".jsonl", ".json", ".txt", ".ndjson"];
const SHOWN_FAULTS = 5;
/** Questions that are used unless the user says otherwise. */
const USUAL = 150;
const COUNT = "given-questions";

/** Files to choose, a number, and what was found. */
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
      multiple: true,
      accept: ENDS.join(),
      class: "visually-hidden",
      tabindex: -1,
      "aria-hidden": "true",
      "data-kind": "given",
    });
    input.addEventListener("change", () => {
      // The same files can be chosen again.
      void this.take([...(input.files ?? [])]).finally(() => Object.assign(input, { value: "" }));
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
      {
        class: "stack",
        ondragover: (event: DragEvent) => this.dragOver(event),
        ondragleave: () => this.element.classList.remove("dropping"),
        ondrop: (event: DragEvent) => void this.drop(event),
      },
      el("p", { class: "note" }, T.hint),
      el(
        "p",
        { class: "note" },
        T.data,
        el("a", { href: T.address, target: "_blank", rel: "noopener noreferrer" }, T.evouna),
        T.after,
      ),
      el("div", { class: "actions" }, this.choose, input, el("small", {}, T.drop)),
      this.state,
      this.amount,
    );
  }

  /** The answers that are used; none where the files cannot be used. */
  async answers(): Promise<Judged[]> {
    if (!this.recalled) {
      this.recalled = true;
      const list = await keptList();
      if (list && !this.list) this.show(list, []);
    }
    return this.list ? drawn(this.list.answers, Number(this.count.value)) : [];
  }

  /** While it is at work, files and number stay. */
  lock(locked: boolean): void {
    this.choose.disabled = locked;
    this.count.disabled = locked;
  }

  private dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.element.classList.add("dropping");
  }

  private async drop(event: DragEvent): Promise<void> {
    event.preventDefault();
    this.element.classList.remove("dropping");
    const files = await droppedFiles(event.dataTransfer);
    const fitting = files.filter(({ name }) => ENDS.some((end) => name.toLowerCase().endsWith(end)));
    // What a folder holds besides is none of them.
    await this.take(fitting.length > 0 ? fitting : files);
  }

  private async take(files: readonly File[]): Promise<void> {
    if (files.length === 0 || this.choose.disabled) return;
    const { answers, faults } = readFiles(
      await Promise.all(files.map(async (file) => ({ name: file.name, text: await textOf(file) }))),
    );
    const list = { name: T.names(files.map(({ name }) => name).sort()), answers };
    this.recalled = true;
    this.show(list, faults);
    if (this.list) await keepList(list);
    this.onChange();
  }

  private show(list: KeptList, faults: JudgedFiles["faults"]): void {
    const { name, answers } = list;
    const { questions, writers, wrong, answers: all } = countsOf(answers);
    const oneWriter = writers === 1 && T.oneWriter;
    const oneSided = all > 0 && (wrong === 0 || wrong === all) && T.oneSided;
    const found = all === 0 ? T.none(name) : T.found(name, questions, all, writers, wrong);
    const names = [...new Set(answers.map(({ set = "" }) => set))].filter(Boolean);
    const sets = names.length > 1 && T.sets(names);
    const Q = PAGE.calibrate.questions;
    fill(
      this.state,
      el("p", {}, [found, oneWriter, oneSided, sets].filter(Boolean).join(" ")),
      ...faults.slice(0, SHOWN_FAULTS).map(({ file, line, fault }) => {
        const why = T.problems[fault];
        return el("p", { class: "form-hint" }, file === name ? Q.bad(line, why) : T.badIn(file, line, why));
      }),
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
