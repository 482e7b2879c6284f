/** A calibration of the user's own for the chosen model. */

import { el } from "../../../shared/dom.js";
import { TEXT } from "../text.js";

const T = TEXT.options.model;

export class ProfileField {
  readonly element: HTMLElement;
  /** JSON text; undefined for none. What is wrong with it, the load says. */
  value: string | undefined;
  readonly #remove = el(
    "button",
    { type: "button", class: "secondary", onclick: () => this.set(undefined) },
    T.profileRemove,
  );
  readonly #name = el("span", { class: "own-name" });
  readonly #file = el("input", { type: "file", accept: ".json,application/json", onchange: () => void this.#read() });

  constructor() {
    const choose = el(
      "button",
      { type: "button", class: "secondary", onclick: () => this.#file.click() },
      T.profileChoose,
    );
    this.element = el(
      "div",
      { class: "profile", role: "group", "aria-label": T.profile },
      el("p", {}, el("strong", {}, T.profile), el("small", {}, T.profileHint)),
      el("div", { class: "own-inputs" }, choose, this.#name, this.#remove),
    );
    this.set(undefined);
  }

  set(value: string | undefined, name?: string): void {
    this.value = value;
    this.#remove.hidden = value === undefined;
    this.#name.textContent = value === undefined ? "" : (name ?? T.profileOwn);
  }

  async #read(): Promise<void> {
    const [file] = this.#file.files ?? [];
    if (file) this.set(await file.text(), file.name);
    this.#file.value = "";
  }
}
