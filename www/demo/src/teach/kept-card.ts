/** The adapters that are kept for this model: used, exported, thrown away, or loaded from files. */

import type { AdapterFile } from "semgrad";
import { download, el, fill } from "../../../shared/dom.js";
import { twice } from "../delete-all.js";
import { outcomeTable } from "./outcome-table.js";
import { ProblemPlace } from "./problem-place.js";
import type { Keeping } from "./store.js";
import type { KeptAdapter, Result, Taught } from "./taught.js";
import { TEXT } from "./text.js";

const T = TEXT.kept;
const BYTES = "application/octet-stream";

/** An adapter's row, with its switch. */
interface Row {
  id: string;
  element: HTMLElement;
  use: HTMLInputElement;
}

/** One row an adapter. */
export class KeptCard {
  readonly element: HTMLElement;
  private readonly heading = el("h3", { id: "kept-heading", tabindex: -1 }, T.heading);
  private readonly list = el("ul", { class: "rows adapters" });
  private readonly none = el("p", {}, T.none);
  private readonly state = el("p", { class: "note", role: "status" });
  private readonly problems = new ProblemPlace();
  private taught: Taught | null = null;
  /** By the adapter's id. */
  private readonly rows = new Map<string, Row>();

  constructor(private readonly onTry: (kept: KeptAdapter) => void) {
    const input = el("input", {
      type: "file",
      accept: ".json,.safetensors,.gguf",
      multiple: true,
      class: "visually-hidden",
      tabindex: -1,
      "aria-hidden": "true",
      "data-kind": "adapter",
    });
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      // The same files can be chosen again.
      input.value = "";
      void this.take(files);
    });
    this.element = el(
      "section",
      { class: "card stack kept-adapters", "aria-labelledby": "kept-heading" },
      this.heading,
      el("p", { class: "note" }, T.hint, " ", T.useHint),
      this.problems.element,
      this.none,
      this.list,
      this.state,
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "secondary", onclick: () => input.click() }, T.take),
        input,
        el("small", {}, T.takeHint),
      ),
    );
  }

  /** What is kept. */
  show(taught: Taught): void {
    this.taught = taught;
    const { adapters } = taught;
    if (taught.problem) this.problems.show(taught.problem);
    for (const id of this.rows.keys()) if (!adapters.some((kept) => kept.id === id)) this.rows.delete(id);
    for (const kept of adapters) if (!this.rows.has(kept.id)) this.rows.set(kept.id, this.row(kept));
    const rows = adapters.flatMap(({ id }) => this.rows.get(id) ?? []);
    for (const { id, use } of rows) use.checked = id === taught.used?.id;
    this.none.hidden = rows.length > 0;
    const isSame =
      rows.length === this.list.childElementCount &&
      rows.every(({ element }, at) => element === this.list.children[at]);
    // A row that is put anew loses the keyboard.
    if (!isSame) fill(this.list, ...rows.map(({ element }) => element));
  }

  /** What became of keeping one. */
  told(keeping: Keeping, text = ""): void {
    this.state.textContent = keeping === "kept" ? text : TEXT[keeping];
  }

  private row(kept: KeptAdapter): Row {
    const at = T.at(new Date(kept.at));
    const { from, questions, engagement, result } = kept;
    const facts = [
      from === null ? null : T.file(from),
      questions === null ? null : T.questions(questions, result?.learned),
      engagement && T.engagement(engagement),
    ];
    const use = el("input", {
      type: "checkbox",
      role: "switch",
      onchange: () => void this.use(use.checked ? kept : null),
    });
    const named = (text: string) => T.named(text, at);
    const element = el(
      "li",
      {},
      el("div", { class: "adapter" }, el("strong", {}, at), el("small", {}, facts.filter(Boolean).join(" · "))),
      el("label", { class: "check" }, use, ` ${T.use}`, el("span", { class: "visually-hidden" }, `: ${at}`)),
      el(
        "div",
        { class: "actions" },
        el(
          "button",
          { type: "button", class: "secondary", "aria-label": named(T.try), onclick: () => this.onTry(kept) },
          T.try,
        ),
        twice(() => void this.drop(kept), { text: T.drop, sure: T.sure, name: named(T.drop) }),
      ),
      result && this.result(kept, result, at),
      this.exports(kept, at),
    );
    return { id: kept.id, element, use };
  }

  /** In sight where it was made on an earlier visit: of this one's, the training itself has told. */
  private result({ at: made, id }: KeptAdapter, { checked }: Result, at: string): HTMLElement {
    const isEarlier = Date.parse(made) < performance.timeOrigin;
    const isNewest = id === this.taught?.adapters[0]?.id;
    return el(
      "details",
      { class: "result", open: isEarlier && isNewest },
      el("summary", { "aria-label": T.named(T.result, at) }, T.result),
      outcomeTable(checked),
    );
  }

  private exports(kept: KeptAdapter, at: string): HTMLElement {
    const button = (name: string, bytes: () => Promise<Uint8Array<ArrayBuffer>>) => {
      const save = () => void this.attempt(async () => download(name, await bytes(), BYTES));
      return el("button", { type: "button", class: "secondary", "aria-label": T.named(name, at), onclick: save }, name);
    };
    const gguf = async () => {
      if (!this.taught) throw new Error("no model is loaded");
      return (await this.taught.read(kept)).gguf();
    };
    return el(
      "details",
      { class: "export" },
      el("summary", { "aria-label": T.named(T.export, at) }, T.export),
      el(
        "div",
        { class: "stack" },
        el("p", { class: "warning" }, T.warning),
        el("p", {}, T.format),
        el("p", {}, T.peft),
        el("div", { class: "actions" }, ...kept.files.map(({ name, bytes }) => button(name, async () => bytes))),
        el("p", {}, T.gguf),
        el("div", { class: "actions" }, button(T.ggufFile(kept.name), gguf)),
      ),
    );
  }

  private use(kept: KeptAdapter | null): Promise<void> {
    return this.attempt(async () => {
      await this.taught?.use(kept);
      this.state.textContent = kept ? T.used : T.unused;
    });
  }

  private drop(kept: KeptAdapter): Promise<void> {
    return this.attempt(async () => {
      await this.taught?.drop(kept);
      this.state.textContent = T.dropped;
      // The button that had the keyboard is gone.
      this.heading.focus();
    });
  }

  private take(files: readonly File[]): Promise<void> {
    return this.attempt(async () => {
      const [first] = files;
      if (!first || !this.taught) return;
      const read = async (file: File): Promise<AdapterFile> => ({
        name: file.name,
        bytes: new Uint8Array(await file.arrayBuffer()),
      });
      const { keeping } = await this.taught.take(await Promise.all(files.map(read)), first.name);
      this.told(keeping, T.taken);
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    this.problems.show(null);
    this.state.textContent = "";
    try {
      await work();
    } catch (thrown) {
      this.problems.show(thrown);
      // The switch says what the model does.
      for (const { id, use } of this.rows.values()) use.checked = id === this.taught?.used?.id;
    }
  }
}
