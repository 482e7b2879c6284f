/** How questions are asked: the switches with their explanations, and what is best left to the calibration. */

import { el } from "../../../shared/dom.js";
import { LENGTHS, type Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { comparisonChoice } from "./comparison.js";
import type { Switches } from "./switches.js";

const S = TEXT.settings;

/** The panel behind the button. */
export function settingsPanel(settings: Settings, switches: Switches, onChange: () => void): HTMLElement {
  const close = { type: "button", class: "secondary", popovertarget: "settings", popovertargetaction: "hide" };
  return el(
    "section",
    { id: "settings", class: "settings card", popover: "auto", "aria-labelledby": "settings-heading" },
    el("div", { class: "title-row" }, el("h2", { id: "settings-heading" }, S.heading), el("button", close, S.close)),
    switches.row("samples", S.samplesHint, comparisonChoice(settings, onChange)),
    switches.row("follow", S.followHint),
    switches.row("attribute", S.attributeHint),
    lengthChoice(settings, onChange),
    prefixField(settings, onChange),
  );
}

function lengthChoice(settings: Settings, onChange: () => void): HTMLElement {
  const option = (value: number | null, text: string) =>
    el("option", { value: value ?? "", selected: value === settings.length }, text);
  const length = el(
    "select",
    {
      id: "length",
      onchange: () => {
        settings.length = length.value === "" ? null : Number(length.value);
        onChange();
      },
    },
    option(null, S.lengthDefault),
    ...LENGTHS.map((tokens) => option(tokens, S.lengths(tokens))),
  );
  return el("div", { class: "setting" }, el("label", { for: "length", class: "inline" }, S.length), length);
}

function prefixField(settings: Settings, onChange: () => void): HTMLElement {
  const field = el("input", {
    id: "prefix",
    type: "text",
    value: settings.prefix ?? "",
    placeholder: S.prefixDefault,
    autocomplete: "off",
    "aria-describedby": "setting-prefix",
    onchange: () => {
      settings.prefix = field.value === "" ? null : field.value;
      onChange();
    },
  });
  return el(
    "div",
    { class: "setting" },
    el("label", { for: "prefix", class: "inline" }, S.prefix),
    field,
    el("small", { id: "setting-prefix" }, S.prefixHint),
  );
}
