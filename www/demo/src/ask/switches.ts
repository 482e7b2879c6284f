/** Switches that stand in two places: as chips beside the box, and in the panel with their explanation. */

import { el } from "../../../shared/dom.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";

const S = TEXT.settings;

export type Switch = "samples" | "attribute" | "follow";

/** Twins change together. */
export class Switches {
  private readonly inputs: HTMLInputElement[] = [];

  constructor(
    private readonly settings: Settings,
    private readonly onChange: () => void,
  ) {}

  /** A switch beside the box; its twin in the panel carries the explanation. */
  chip(name: Switch): HTMLElement {
    return el("label", { class: "chip" }, this.check(name), el("span", {}, S[name]));
  }

  /** A switch with its explanation, and what belongs below it. */
  row(name: Switch, hint: string, ...more: HTMLElement[]): HTMLElement {
    return el(
      "div",
      { class: "setting" },
      el("label", { class: "check" }, this.check(name, `setting-${name}`), ` ${S[name]}`),
      el("small", { id: `setting-${name}` }, hint),
      ...more,
    );
  }

  private check(name: Switch, describedBy?: string): HTMLInputElement {
    const input = el("input", {
      type: "checkbox",
      "data-setting": name,
      checked: this.settings[name],
      "aria-describedby": describedBy,
      onchange: () => {
        this.settings[name] = input.checked;
        for (const twin of this.inputs) if (twin.dataset.setting === name) twin.checked = input.checked;
        this.onChange();
      },
    });
    this.inputs.push(input);
    return input;
  }
}
