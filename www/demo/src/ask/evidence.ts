/** What stands behind a judgment, in tabs: plain pictures first, names and numbers of methods under "Details". */

import { type Answer, CONFIDENCE_REASONS, type ModelInfo } from "semgrad";
import { el } from "../../../shared/dom.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { signalDetails, whyBars } from "../../../shared/why.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { factList } from "./facts.js";
import { questionPanel } from "./question.js";
import { samplesPanel } from "./samples.js";
import { scoreTable } from "./scores.js";
import { type Tab, Tabs } from "./tabs.js";

/** The way to a judgment where only a calibration is missing. */
export function calibrateLink(reason: string | null): HTMLElement | null {
  if (reason !== CONFIDENCE_REASONS.none) return null;
  return el("p", {}, el("a", { href: "#calibrate" }, TEXT.calibrate.link));
}

/** What was asked, and whether nothing stood before it. */
export interface Asked {
  question: string;
  alone: boolean;
}

/** The tabs; the first one is open, or the ten answers where they were asked for. */
export function evidenceTabs(
  answer: Answer,
  { question, alone }: Asked,
  info: ModelInfo,
  settings: Settings,
): HTMLElement {
  const prompt = alone ? `${settings.prefix ?? info.profile?.prefix ?? ""}${question}` : null;
  const parts = answer.confidenceParts;
  const why: Tab[] = parts ? [{ id: "why", title: SHARED.why.tab, panel: whyPanel(parts) }] : [];
  const details = el(
    "div",
    { class: "stack details" },
    parts && signalDetails(parts),
    scoreTable(answer.scores),
    factList(answer, info, prompt),
  );
  const tabs: Tab[] = [
    ...why,
    { id: "question", title: TEXT.question.tab, panel: questionPanel(answer, question) },
    { id: "samples", title: TEXT.samples.tab, panel: samplesPanel(answer, settings.compare) },
    { id: "details", title: TEXT.facts.tab, panel: details },
  ];
  const first = settings.samples ? "samples" : (tabs[0]?.id ?? "");
  return new Tabs(TEXT.answer.evidence, tabs, first).element;
}

function whyPanel(parts: NonNullable<Answer["confidenceParts"]>): HTMLElement {
  return el("section", { class: "stack" }, el("h3", {}, SHARED.why.heading), whyBars(parts));
}
