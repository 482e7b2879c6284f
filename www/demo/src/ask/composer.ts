/** The box for the question, with the two switches that matter most beside it. */

import { el } from "../dom.js";
import { LENGTHS, type Settings, SHORT_PREFIX } from "../settings.js";
import { TEXT } from "../text.js";
import { comparisonChoice } from "./comparison.js";

const T = TEXT.ask;
const S = TEXT.settings;

type Switch = "short" | "samples" | "explain" | "follow";

/** Sends on Enter; while an answer is being made, its button stops it. */
export class Composer {
  readonly element: HTMLElement;
  private readonly box = el("textarea", {
    id: "question",
    rows: 1,
    placeholder: T.placeholderUnloaded,
    disabled: true,
    "aria-describedby": "question-hint",
    oninput: () => this.fit(),
    onkeydown: (event: KeyboardEvent) => this.onKey(event),
  });
  private readonly button = el("button", { type: "submit", class: "primary", disabled: true }, T.send);
  private readonly form: HTMLFormElement;
  private busy = false;

  constructor(
    private readonly settings: Settings,
    private readonly onChange: () => void,
    private readonly onAsk: (question: string) => void,
    private readonly onStop: () => void,
  ) {
    this.form = el(
      "form",
      { onsubmit: (event: SubmitEvent) => this.submit(event) },
      el("label", { for: "question", class: "visually-hidden" }, T.label),
      el("div", { class: "composer-row" }, this.box, this.button),
    );
    this.element = el(
      "div",
      { class: "composer" },
      this.form,
      el(
        "div",
        { class: "switches" },
        this.chip("short"),
        this.chip("samples"),
        el("button", { type: "button", class: "secondary plain", popovertarget: "settings" }, S.open),
        el("small", { id: "question-hint" }, T.hint),
      ),
      this.panel(),
    );
  }

  focus(): void {
    this.box.focus();
  }

  /** Usable once there is a model with a tokenizer. */
  enable(usable: boolean): void {
    this.element.classList.toggle("usable", usable);
    this.box.disabled = !usable;
    this.button.disabled = !usable;
    this.box.placeholder = usable ? T.placeholder : T.placeholderUnloaded;
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
    this.button.textContent = busy ? T.stop : T.send;
    this.button.classList.toggle("primary", !busy);
  }

  /** A switch beside the box; its twin in the panel carries the explanation. */
  private chip(name: "short" | "samples"): HTMLElement {
    return el("label", { class: "chip" }, this.check(name), el("span", {}, S[name]));
  }

  private check(name: Switch, describedBy?: string): HTMLInputElement {
    const input = el("input", {
      type: "checkbox",
      "data-setting": name,
      checked: this.settings[name],
      "aria-describedby": describedBy,
      onchange: () => {
        this.settings[name] = input.checked;
        for (const twin of this.element.querySelectorAll<HTMLInputElement>(`[data-setting=${name}]`)) {
          twin.checked = input.checked;
        }
        this.onChange();
      },
    });
    return input;
  }

  private panel(): HTMLElement {
    const row = (name: Switch, hint: string, ...more: (HTMLElement | null)[]) =>
      el(
        "div",
        { class: "setting" },
        el("label", { class: "check" }, this.check(name, `setting-${name}`), ` ${S[name]}`),
        el("small", { id: `setting-${name}` }, hint),
        ...more,
      );
    const length = el(
      "select",
      {
        id: "length",
        onchange: () => {
          this.settings.maxTokens = Number(length.value);
          this.onChange();
        },
      },
      ...LENGTHS.map((tokens) =>
        el("option", { value: tokens, selected: tokens === this.settings.maxTokens }, S.lengths(tokens)),
      ),
    );
    return el(
      "section",
      { id: "settings", class: "settings card", popover: "auto", "aria-labelledby": "settings-heading" },
      el(
        "div",
        { class: "title-row" },
        el("h2", { id: "settings-heading" }, S.heading),
        el(
          "button",
          { type: "button", class: "secondary", popovertarget: "settings", popovertargetaction: "hide" },
          S.close,
        ),
      ),
      row("short", S.shortHint(SHORT_PREFIX)),
      row("samples", S.samplesHint, comparisonChoice(this.settings, this.onChange)),
      row("explain", S.explainHint),
      row("follow", S.followHint),
      el("div", { class: "setting" }, el("label", { for: "length", class: "inline" }, S.length), length),
    );
  }

  private onKey(event: KeyboardEvent): void {
    // Enter that confirms an input method's suggestion is not meant for the page.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.busy) this.form.requestSubmit();
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.busy) {
      this.onStop();
      return;
    }
    const question = this.box.value.trim();
    if (!question) return;
    this.box.value = "";
    this.fit();
    this.onAsk(question);
  }

  private fit(): void {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }
}
