/** An error: what happened, what to do, and the code to search for. */

import { SemgradError } from "semgrad";
import { el } from "./dom.js";
import { TEXT } from "./text.js";

/** Whatever was thrown, as the package's error. */
export function toError(thrown: unknown): SemgradError {
  return thrown instanceof SemgradError ? thrown : new SemgradError("internal", String(thrown), TEXT.problem.report);
}

/** A box that is spoken at once and can be put away; `device` says where, if that is not plain. */
export function problem(thrown: unknown, { device, hint }: { device?: string; hint?: string } = {}): HTMLElement {
  const error = toError(thrown);
  const box: HTMLElement = el(
    "section",
    { class: "card problem", role: "alert" },
    el("h2", {}, device ? TEXT.problem.on(device) : TEXT.problem.heading),
    el("p", {}, sentence(error.message)),
    el("p", {}, error.advice),
    hint ? el("p", {}, hint) : null,
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "secondary", onclick: () => box.remove() }, TEXT.problem.dismiss),
      el("small", {}, `${TEXT.problem.code}: `, el("code", {}, error.code)),
    ),
  );
  return box;
}

function sentence(text: string): string {
  // Names of files, tensors and keys keep their spelling.
  const start = /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
