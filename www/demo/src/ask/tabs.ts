/** Tabs: one panel at a time, arrow keys between them (ARIA authoring practices, automatic activation). */

import { el, fill } from "../../../shared/dom.js";

/** One tab; `note` stands beside its name, such as a count. */
export interface Tab {
  id: string;
  title: string;
  panel: HTMLElement;
}

let created = 0;

/** A list of tabs and the chosen panel. */
export class Tabs {
  readonly element: HTMLElement;
  private readonly list: HTMLElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly prefix = `tabs-${created++}`;

  constructor(
    label: string,
    private readonly tabs: readonly Tab[],
    chosen: string,
  ) {
    this.buttons = tabs.map(({ id, title }, index) =>
      el(
        "button",
        {
          type: "button",
          role: "tab",
          id: `${this.prefix}-${id}`,
          "aria-controls": `${this.prefix}-${id}-panel`,
          "data-tab": id,
          onclick: () => this.choose(index),
        },
        title,
      ),
    );
    this.list = el(
      "div",
      { class: "tabs", role: "tablist", "aria-label": label, onkeydown: (event: KeyboardEvent) => this.onKey(event) },
      ...this.buttons,
    );
    this.element = el("div", { class: "tabbed" }, this.list);
    for (const { id, panel } of tabs) {
      const attributes = {
        role: "tabpanel",
        id: `${this.prefix}-${id}-panel`,
        "aria-labelledby": `${this.prefix}-${id}`,
        tabindex: 0,
        class: "tab-panel",
      };
      this.element.append(el("div", attributes, panel));
    }
    const first = tabs.findIndex(({ id }) => id === chosen);
    this.choose(Math.max(0, first));
  }

  /** Replaces what a tab holds. */
  set(id: string, ...content: (Node | null)[]): void {
    const panel = this.tabs.find((tab) => tab.id === id)?.panel;
    if (panel) fill(panel, ...content);
  }

  private choose(index: number): void {
    for (const [other, button] of this.buttons.entries()) {
      const chosen = other === index;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      const panel = this.element.children[other + 1] as HTMLElement | undefined;
      if (panel) panel.hidden = !chosen;
    }
  }

  private onKey(event: KeyboardEvent): void {
    const current = this.buttons.indexOf(document.activeElement as HTMLButtonElement);
    const last = this.buttons.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: current === last ? 0 : current + 1,
      ArrowLeft: current === 0 ? last : current - 1,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target === undefined || current < 0) return;
    event.preventDefault();
    this.choose(target);
    this.buttons[target]?.focus();
  }
}
