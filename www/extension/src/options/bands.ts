/** When an uncalibrated score counts as low or high. */

import { el } from "../../../shared/dom.js";
import { readSettings, writeSettings } from "../settings.js";
import { TEXT } from "../text.js";
import { result, section } from "./section.js";

const T = TEXT.options.bands;

export class BandsSection {
  readonly element: HTMLElement;
  readonly #low = el("input", { type: "number", id: "low", min: 1, max: 99, step: 1 });
  readonly #high = el("input", { type: "number", id: "high", min: 1, max: 99, step: 1 });
  readonly #least = el("input", { type: "number", id: "least", min: 5, max: 500, step: 1 });
  readonly #result = result();

  constructor() {
    const field = (label: string, input: HTMLElement) =>
      el("p", { class: "field" }, el("label", { for: input.id }, label), input);
    const form = el(
      "form",
      { novalidate: true, onsubmit: (event: SubmitEvent) => this.#submit(event) },
      el("div", { class: "fields" }, field(T.low, this.#low), field(T.high, this.#high), field(T.least, this.#least)),
      el("div", { class: "actions" }, el("button", { type: "submit", class: "secondary" }, T.save), this.#result),
    );
    this.element = section("bands", T.heading, T.hint, form);
  }

  async show(): Promise<void> {
    const { bands } = await readSettings();
    this.#low.value = String(Math.round(bands.low * 100));
    this.#high.value = String(Math.round(bands.high * 100));
    this.#least.value = String(bands.least);
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const [low, high, least] = [this.#low, this.#high, this.#least].map((input) => input.valueAsNumber / 100);
    void this.#save(low ?? Number.NaN, high ?? Number.NaN, Math.round((least ?? Number.NaN) * 100));
  }

  async #save(low: number, high: number, least: number): Promise<void> {
    // A comparison with what is no number is false.
    const isGood = low > 0 && low < high && high < 1 && least >= 5 && least <= 500;
    if (isGood) await writeSettings({ bands: { low, high, least } });
    this.#result.textContent = isGood ? T.saved : T.bad;
  }
}
