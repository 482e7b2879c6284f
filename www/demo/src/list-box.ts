/** A box for a list of questions: pasted, dropped, chosen as a file, or the example. What is in it outlasts a visit. */

import { el, fill } from "../../shared/dom.js";
import { textOf } from "./file.js";
import { forget, keep, recall } from "./keep.js";

/** What it says. */
export interface ListWords {
  heading: string;
  hint: string;
  label: string;
  placeholder: string;
  file: string;
  drop: string;
  example: string;
}

/** Where it keeps what it holds, which files it takes, and what an example is. */
export interface ListPlace {
  id: string;
  kept: string;
  accept: string;
  example: string;
}

/** Milliseconds without a key after which what is typed is read. */
const REST_MS = 250;

/** Before the button itself hears of it. */
const CAPTURE = { capture: true };

/** The card; `onText` gets what it holds. */
export class ListBox {
  readonly element: HTMLElement;
  private readonly box: HTMLTextAreaElement;
  private readonly state: HTMLElement;
  private readonly buttons: HTMLElement;
  private timer = 0;
  private readonly now = () => this.check();

  constructor(
    words: ListWords,
    private readonly place: ListPlace,
    private readonly onText: (text: string) => void,
  ) {
    const { id, kept, accept, example } = place;
    this.box = el("textarea", {
      id,
      rows: 8,
      spellcheck: "false",
      placeholder: words.placeholder,
      "aria-describedby": `${id}-hint ${id}-state`,
      oninput: () => this.later(),
    });
    this.box.value = recall<string>(kept) ?? "";
    this.state = el("div", { id: `${id}-state`, class: "form-state", role: "status" });
    const input = el("input", { type: "file", accept, class: "visually-hidden", tabindex: -1, "data-kind": id });
    input.ariaHidden = "true";
    input.addEventListener("change", () => void this.take(input.files?.[0]));
    this.buttons = el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "secondary", onclick: () => input.click() }, words.file),
      input,
      el("button", { type: "button", class: "secondary", onclick: () => this.set(example) }, words.example),
      el("small", {}, words.drop),
    );
    this.element = el(
      "section",
      {
        class: "card stack questions",
        "aria-labelledby": `${id}-heading`,
        ondragover: (event: DragEvent) => this.dragOver(event),
        ondragleave: () => this.element.classList.remove("dropping"),
        ondrop: (event: DragEvent) => this.drop(event),
      },
      el("h3", { id: `${id}-heading` }, words.heading),
      el("p", { id: `${id}-hint`, class: "note" }, words.hint),
      el("label", { for: id, class: "visually-hidden" }, words.label),
      this.box,
      this.buttons,
      this.state,
    );
  }

  /** What is in it. */
  get text(): string {
    return this.box.value;
  }

  /** Reads the box. */
  check(): void {
    clearTimeout(this.timer);
    removeEventListener("click", this.now, CAPTURE);
    const text = this.box.value;
    if (text.trim() === "") forget(this.place.kept);
    else keep(this.place.kept, text);
    this.onText(text);
  }

  /** Puts another text into it. */
  set(text: string): void {
    this.box.value = text;
    this.check();
  }

  /** What is found in it, below the box. */
  say(...found: Parameters<typeof fill>[1][]): void {
    fill(this.state, ...found);
  }

  /** Whether it can be changed. */
  lock(locked: boolean): void {
    this.box.readOnly = locked;
    this.buttons.hidden = locked;
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.now, REST_MS);
    // Whoever presses a button means what is in the box by then.
    addEventListener("click", this.now, CAPTURE);
  }

  private async take(file: File | undefined): Promise<void> {
    if (file && !this.box.readOnly) this.set(await textOf(file));
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
