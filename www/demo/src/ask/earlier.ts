/** What was asked before: shown on demand, saved as a file, deleted one by one or all at once. */

import { download, el, fill } from "../../../shared/dom.js";
import { toJson, toMarkdown } from "../chat/export.js";
import type { Entry, History } from "../chat/history.js";
import { deleteAll } from "../delete-all.js";
import { TEXT } from "../text.js";
import { Exchange, type ExchangeOwner } from "./exchange.js";

const T = TEXT.history;

/** The line above this visit's questions, and what it opens. */
export class Earlier {
  readonly element: HTMLElement;
  private readonly summary = el("summary", {});
  private readonly list = el("div", { class: "exchanges" });
  private readonly notKept = el("p", { class: "note", hidden: true }, T.notKept);
  private readonly details: HTMLDetailsElement;
  /** By id; made when they are first shown. */
  private readonly made = new Map<string, Exchange>();
  private entries: readonly Entry[] = [];

  constructor(
    private readonly history: History,
    private readonly owner: ExchangeOwner,
    private readonly say: (text: string) => void,
  ) {
    const save = (name: string, make: (entries: readonly Entry[]) => string, file: string, type: string) =>
      el(
        "button",
        { type: "button", class: "secondary", onclick: () => download(file, make(history.entries), type) },
        name,
      );
    this.details = el(
      "details",
      { class: "history", ontoggle: () => this.draw() },
      this.summary,
      el(
        "div",
        { class: "stack" },
        el("p", { class: "note" }, T.where),
        el(
          "div",
          { class: "actions" },
          save(T.markdown, toMarkdown, T.file("md"), "text/markdown"),
          save(T.json, toJson, T.file("json"), "application/json"),
          deleteAll(() => this.clear()),
        ),
        this.list,
      ),
    );
    this.element = el("div", { class: "stack" }, this.notKept, this.details);
  }

  /** Everything that is kept counts; what this visit shows below is not shown twice. */
  show(below: ReadonlySet<string>): void {
    const { entries, isKept } = this.history;
    this.entries = entries.filter(({ id }) => !below.has(id));
    this.notKept.hidden = isKept;
    this.details.hidden = entries.length === 0;
    this.summary.textContent = T.heading(entries.length, entries.length - this.entries.length);
    this.draw();
  }

  private draw(): void {
    if (!this.details.open) return;
    const exchanges = this.entries.map((entry) => this.made.get(entry.id)?.element ?? this.make(entry));
    const isShown = exchanges.length === this.list.children.length;
    // Drawing again would take the keyboard from where it is.
    if (isShown && exchanges.every((element, index) => element === this.list.children[index])) return;
    fill(this.list, ...exchanges);
  }

  private make({ id, question, model, at, told }: Entry): HTMLElement {
    const exchange = new Exchange(id, question, T.by(model, new Date(at)), this.say, this.owner);
    exchange.restore(told);
    this.made.set(id, exchange);
    return exchange.element;
  }

  private clear(): void {
    this.history.clear();
    this.made.clear();
    this.say(T.cleared);
  }
}
