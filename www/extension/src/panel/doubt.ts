/** How far an answer that others wrote is to be doubted, in the words of its badge. */

import { el } from "../../../shared/dom.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import type { Tone } from "../../../shared/tone.js";
import type { Judged } from "../protocol.js";
import { type Level, toWords } from "../words.js";

const TONES: Record<Level, Tone> = { low: "answer", medium: "flag", high: "abstain" };

/** Without faults, which the panel has beside it. */
export function doubtPanel(judgement: Judged): HTMLElement {
  const { level, label, reasons, tested } = toWords({ ...judgement, faults: [] });
  const tone = level ? TONES[level] : "none";
  const [first, ...rest] = reasons;
  return el(
    "div",
    { class: "judgement", role: "group", "data-tone": tone, "aria-label": SHARED.judgement.label },
    el("p", { class: "judgement-verdict" }, label),
    first ? el("p", { class: "judgement-chance" }, first) : null,
    ...rest.map((reason) => el("p", {}, reason)),
    ...tested.map((sentence) => el("p", { class: "note" }, sentence)),
  );
}
