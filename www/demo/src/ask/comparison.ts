/** Who says which of ten answers mean the same. */

import { el } from "../../../shared/dom.js";
import { servedEncoders } from "../model/offers.js";
import type { Comparison, Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { NLI } from "./options.js";

const S = TEXT.settings;

/** A list with a hint that follows the choice. */
export function comparisonChoice(settings: Settings, onChange: () => void): HTMLElement {
  const hint = el("small", { id: "compare-hint" });
  const choice = el(
    "select",
    { id: "compare", "aria-describedby": "compare-hint", onchange: () => change() },
    ...Object.entries(S.comparisons).map(([value, name]) =>
      el("option", { value, selected: value === settings.compare }, name),
    ),
  );
  let encoder: [name: string, host: string] = [NLI, "huggingface.co"];
  const explain = () => {
    const { compare } = settings;
    hint.textContent = compare === "encoder" ? S.compareHint.encoder(...encoder) : S.compareHint[compare];
  };
  const change = () => {
    settings.compare = choice.value as Comparison;
    explain();
    onChange();
  };
  explain();
  void servedEncoders().then((served) => {
    const own = served.find(({ engine }) => engine === "nli");
    if (own) encoder = [own.name, location.host];
    explain();
  });
  return el("div", { class: "compare" }, el("label", { for: "compare", class: "inline" }, S.compare), choice, hint);
}
