/** The confidence: a number with its verdict, or why there is none and what can be said all the same. */

import type { Answer, VerdictThresholds } from "semgrad";
import { el, styled } from "../../../shared/dom.js";
import { number, percent } from "../../../shared/format.js";
import { visible } from "../../../shared/tokens.js";
import { signedBars } from "../bars.js";
import { TEXT } from "../text.js";
import { sampleGroups } from "./samples.js";

const T = TEXT.confidence;

/** One signal's share in the confidence, in log-odds. */
export interface ConfidencePart {
  name: string;
  contribution: number;
}

/** What the page knows beyond this answer. */
export interface Context {
  /** SemGrad scores of this visit's answers by the same model, this one's included. */
  earlier: readonly number[];
  /** What each signal adds to the confidence; null when unknown. */
  parts: ConfidencePart[] | null;
}

/** The panel above the evidence. */
export function confidencePanel(answer: Answer, context: Context): HTMLElement {
  return answer.confidence === null ? without(answer, context) : withNumber(answer, answer.confidence);
}

function withNumber(answer: Answer, confidence: number): HTMLElement {
  const { verdict, verdictReason, verdictThresholds } = answer;
  const text = percent(confidence);
  return el(
    "div",
    { class: "confidence", role: "group", "data-verdict": verdict ?? "none", "aria-label": T.heading },
    el("p", { class: "confidence-number" }, el("strong", {}, text), el("small", {}, T.ofBeing)),
    meter(confidence, text, verdictThresholds),
    verdictThresholds ? el("p", { class: "note meter-scale" }, T.scale(shownThresholds(verdictThresholds))) : null,
    verdict ? el("p", { class: "verdict" }, el("strong", {}, T.verdicts[verdict])) : null,
    el("p", { class: "note" }, verdictReason ?? ""),
  );
}

/** As percentages; null where no confidence is high enough. */
const shownThresholds = ({ answer, abstain }: VerdictThresholds) => ({
  answer: answer === null ? null : percent(answer),
  abstain: abstain === null ? null : percent(abstain),
});

/** The number as a bar, with a line where the verdict changes. */
function meter(confidence: number, text: string, thresholds: VerdictThresholds | null): HTMLElement {
  const track = el("div", {
    class: "meter",
    role: "meter",
    "aria-label": T.meter,
    "aria-valuemin": 0,
    "aria-valuemax": 1,
    "aria-valuenow": confidence.toFixed(3),
    "aria-valuetext": text,
  });
  for (const [name, at] of Object.entries(thresholds ?? {})) {
    if (at === null || at <= 0 || at >= 1) continue;
    track.append(styled(el("span", { class: "meter-line", "data-line": name }), { "--at": at }));
  }
  return styled(track, { "--value": confidence });
}

function without(answer: Answer, context: Context): HTMLElement {
  const reason = answer.confidenceReason ?? "";
  return el(
    "div",
    { class: "confidence none", role: "group", "data-verdict": "none", "aria-label": T.heading },
    el("p", { class: "verdict" }, el("strong", {}, T.none)),
    el("p", { class: "note" }, T.reasons[reason] ?? reason),
    el("p", { class: "note" }, T.raw),
    el("ul", { class: "facts-list" }, ...rawFacts(answer, context).map((fact) => el("li", {}, fact))),
    el("p", {}, el("a", { href: "#calibrate" }, T.calibrate)),
  );
}

/** Sentences that hold without a calibration. */
function rawFacts(answer: Answer, { earlier }: Context): string[] {
  const facts: string[] = [];
  const logprobs = answer.tokens.map(({ logprob }) => logprob).filter((value) => value !== null);
  if (logprobs.length > 0) {
    const total = Math.exp(logprobs.reduce((sum, value) => sum + value, 0));
    facts.push(T.exact(total < 1e-3 ? number(total) : percent(total), logprobs.length));
  }
  const widest = [...answer.tokens].sort((a, b) => (b.entropy ?? 0) - (a.entropy ?? 0))[0];
  if (widest?.text && widest.logprob !== null) {
    facts.push(T.widest(visible(widest.text.trim() || widest.text), percent(Math.exp(widest.logprob))));
  }
  const own = answer.scores.semgrad?.score;
  if (own != null && earlier.length > 1) {
    facts.push(T.rank(1 + earlier.filter((score) => score > own).length, earlier.length));
  }
  const groups = sampleGroups(answer);
  if (groups) {
    const same = groups.filter(({ like }) => like).reduce((sum, { members }) => sum + members.length, 0);
    facts.push(T.agree(same, answer.samples?.length ?? 0));
  }
  return facts;
}

/** Which signals moved the confidence; null where that is unknown. */
export function whyPanel({ parts }: Context): HTMLElement | null {
  if (!parts) return null;
  return el(
    "section",
    { class: "stack" },
    el("h3", {}, TEXT.why.heading),
    el("p", { class: "note" }, TEXT.why.caption),
    signedBars(parts.map(({ name, contribution }) => ({ name, value: contribution }))),
  );
}
