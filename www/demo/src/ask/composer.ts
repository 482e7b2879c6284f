/** The box for the question, with the two switches that matter most beside it. */

import { HINT, QuestionBox } from "../../../shared/box.js";
import { el } from "../../../shared/dom.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { LENGTHS, type Settings, SHORT_PREFIX } from "../settings.js";
import { TEXT } from "../text.js";
import { comparisonChoice } from "./comparison.js";

const S = TEXT.settings;

type Switch = "short" | "samples" | "explain" | "follow";

/** Box, switches, and the settings behind them. */
export class Composer {
  readonly element: HTMLElement;
  private readonly box: QuestionBox;

  constructor(
    private readonly settings: Settings,
    private readonly onChange: () => void,
    onAsk: (question: string) => void,
    onStop: () => void,
  ) {
    this.box = new QuestionBox(onAsk, onStop);
    this.element = el(
      "div",
      { class: "composer" },
      this.box.form,
      el(
        "div",
        { class: "switches" },
        this.chip("short"),
        this.chip("samples"),
        el("button", { type: "button", class: "secondary plain", popovertarget: "settings" }, S.open),
        el("small", { id: HINT }, SHARED.ask.hint),
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
    this.box.enable(usable);
  }

  setBusy(busy: boolean): void {
    this.box.setBusy(busy);
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
}
