/** The questions that were answered: the model's own answer, how far it doubts, and what it would learn. */

import { el, fill, styled } from "../../../shared/dom.js";
import { withoutLabel } from "../../../shared/without-label.js";
import type { Sorted } from "./run.js";
import { TEXT } from "./text.js";

const T = TEXT.ask;

/** Keeps the rows that it made: most change their target or their place alone. */
export class SortedList {
  readonly element: HTMLElement;
  private readonly list = el("ol", { class: "doubts" });
  private readonly only = el("input", { type: "checkbox", onchange: () => this.fill() });
  private readonly choice = el("label", { class: "check" }, this.only, ` ${T.onlyLeftOut}`);
  private readonly rows = new Map<string, Row>();
  private sorted: readonly Sorted[] = [];
  private isDrawn = false;

  constructor() {
    const region = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": T.list }, this.list);
    this.element = el("div", { class: "stack" }, this.choice, region);
  }

  /** @param isDrawn whether doubt is how much drawn answers differ, or how likely an answer is wrong */
  show(sorted: readonly Sorted[], isDrawn: boolean): void {
    this.sorted = sorted;
    this.isDrawn = isDrawn;
    this.choice.hidden = !sorted.some(({ able }) => !able);
    if (this.choice.hidden) this.only.checked = false;
    this.fill();
  }

  private fill(): void {
    const { sorted, isDrawn } = this;
    const rows = (this.only.checked ? sorted.filter(({ able }) => !able) : sorted).map((one) => {
      const { question } = one.asked;
      const known = this.rows.get(question);
      const row = known?.asked === one.asked && known.isDrawn === isDrawn ? known : new Row(one, isDrawn);
      this.rows.set(question, row);
      row.show(one);
      return row.element;
    });
    const isSame =
      rows.length === this.list.childElementCount && rows.every((row, at) => row === this.list.children[at]);
    // A row that is put anew loses the keyboard and what was opened in it.
    if (!isSame) fill(this.list, ...rows);
  }
}

class Row {
  readonly element: HTMLElement;
  readonly asked: Sorted["asked"];
  private readonly target = el("span", { class: "target" });

  constructor(
    { asked, doubt }: Sorted,
    readonly isDrawn: boolean,
  ) {
    this.asked = asked;
    const samples = asked.samples ?? [];
    // As if so many answers of another meaning had been equally frequent.
    const of = (doubt: number) => (isDrawn ? T.doubt(T.meanings(Math.exp(doubt))) : T.likely(1 - doubt));
    const said = doubt === null ? T.noDoubt : of(doubt);
    const most = isDrawn ? Math.log(Math.max(2, samples.length)) : 1;
    const bar = styled(el("span", { class: "share-bar", "aria-hidden": "true" }), {
      "--length": doubt === null ? 0 : Math.min(1, doubt / most),
    });
    const drawn = el("ol", {});
    const details = el(
      "details",
      {
        ontoggle: () => {
          if (!details.open) return;
          fill(drawn, ...samples.map((sample) => el("li", {}, withoutLabel(sample).trim() || T.empty)));
        },
      },
      el("summary", {}, T.drawn),
      drawn,
    );
    this.element = el(
      "li",
      { class: "doubted" },
      el(
        "div",
        {},
        el("strong", {}, asked.question),
        el("p", {}, withoutLabel(asked.answer).trim() || T.empty),
        samples.length > 0 && details,
      ),
      el("div", { class: "doubt" }, bar, el("small", {}, said), this.target),
    );
  }

  show({ target }: Sorted): void {
    this.target.textContent = target === "unknown" && !this.isDrawn ? T.otherKind : T.targets[target];
    this.target.dataset.target = target;
  }
}
