/** What every list of models is made of: rows to choose from, one with inputs of its own, and the device. */

import type { Device } from "semgrad";
import { el } from "./dom.js";
import { TEXT } from "./text.js";

const T = TEXT.choices;

/** A choice, with what is known of it; `more` stands at its end. */
export function choiceRow(
  value: string | number,
  name: string,
  known: (string | null)[],
  more: HTMLElement | null = null,
): HTMLElement {
  // A name such as Apache-2.0 would be parted at its hyphen.
  const piece = (fact: string) => (fact.includes(" ") ? fact : el("span", { class: "whole" }, fact));
  const facts = known.flatMap((fact) => (fact ? [" · ", piece(fact)] : [])).slice(1);
  return el(
    "label",
    { class: "choice" },
    el("input", { type: "radio", name: "model", value }),
    el("span", { class: "choice-text" }, el("strong", {}, name), el("small", {}, ...facts)),
    more,
  );
}

/** A choice with inputs of its own, and what belongs below them. */
export function ownChoice(
  value: string,
  name: string,
  hint: string,
  inputs: HTMLElement[],
  ...below: HTMLElement[]
): HTMLElement {
  return el(
    "div",
    { class: "choice own" },
    el("input", { type: "radio", name: "model", value, id: `model-${value}` }),
    el(
      "div",
      { class: "choice-text" },
      el("label", { for: `model-${value}` }, el("strong", {}, name), el("small", {}, hint)),
      el("div", { class: "own-inputs" }, ...inputs),
      ...below,
    ),
  );
}

/** The field `device` of a form. */
export function deviceChoice(hint: string | null = null): HTMLElement {
  const option = (value: Device) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name: "device", value, checked: value === "auto" }),
      el("span", {}, T.devices[value]),
    );
  return el(
    "fieldset",
    { class: "device" },
    el("legend", {}, T.device),
    el("div", { class: "segments" }, option("auto"), option("webgpu"), option("cpu")),
    hint === null ? null : el("small", {}, hint),
  );
}
