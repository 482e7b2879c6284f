/** What the panel says about the model: none, how to get one, loading, ready. */

import { KNOWN_MODELS, type ModelInfo } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { ProgressView } from "../../../shared/progress.js";
import type { HostState } from "../protocol.js";
import { label, readSettings, writeSettings } from "../settings.js";
import { TEXT } from "../text.js";

const T = TEXT.panel;

interface Actions {
  load(): void;
  cancel(): void;
  unload(): void;
}

export class ModelArea {
  readonly element = el("div", { class: "model-area" });
  /** The loaded model's facts. */
  info: ModelInfo | null = null;
  #progress: ProgressView | null = null;

  constructor(private readonly actions: Actions) {}

  /** Follows the host; `chosen` in the settings decides what an empty host looks like. */
  async show(state: HostState): Promise<void> {
    this.info = state.kind === "ready" ? state.info : null;
    if (state.kind === "loading") {
      this.#loading(state);
      return;
    }
    this.#progress = null;
    if (state.kind === "ready") {
      const { device, gpu } = state.info;
      const where = device === "cpu" ? "CPU" : `WebGPU${gpu ? `, ${gpu}` : ""}`;
      const unload = el("button", { type: "button", class: "secondary", onclick: this.actions.unload }, T.unload);
      fill(this.element, this.#card(state.name, T.loaded(where), unload));
      return;
    }
    const { model } = await readSettings();
    if (this.#progress) return;
    if (!model) {
      fill(this.element, this.#offer());
      return;
    }
    const load = el("button", { type: "button", class: "secondary", onclick: this.actions.load }, T.load);
    fill(this.element, this.#card(label(model), T.idle, load));
  }

  #loading({ name, progress }: Extract<HostState, { kind: "loading" }>): void {
    if (!this.#progress) {
      this.#progress = new ProgressView(name, this.actions.cancel);
      fill(this.element, this.#progress.element);
    }
    if (progress) this.#progress.update(progress);
  }

  #card(name: string, facts: string, button: HTMLElement): HTMLElement {
    return el(
      "section",
      { class: "card loaded", "aria-label": T.model },
      el("p", {}, el("strong", {}, name), el("small", {}, facts)),
      button,
    );
  }

  #offer(): HTMLElement {
    const first = KNOWN_MODELS[0];
    if (!first) throw new Error("the package knows no model");
    const get = async () => {
      await writeSettings({ model: { kind: "known", name: first.name, device: "auto" } });
      this.actions.load();
    };
    return el(
      "section",
      { class: "card offer", "aria-label": T.model },
      el("p", {}, T.none),
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "primary", onclick: get }, T.get(first.name, bytes(first.size))),
        el("button", { type: "button", onclick: () => chrome.runtime.openOptionsPage() }, T.other),
      ),
    );
  }
}
