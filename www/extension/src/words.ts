/** A judgement in words: one for badges and panel. */

import type { Answer, Examined, OddWord } from "semgrad";
import { faultLine } from "../../shared/fault.js";
import { duration } from "../../shared/format.js";
import { type Tone, toneOf } from "../../shared/tone.js";
import { CallError } from "./client.js";
import type { Judged, Judgement } from "./protocol.js";
import { TEXT } from "./text.js";

const T = TEXT.judgement;

/** What can be said of an answer: a judgement, or why there is none yet. */
export type State =
  | Judgement
  /** With what was found so far. */
  | { kind: "checking"; odd: OddWord[] }
  | { kind: "failed"; error: unknown };

/** Colors of the mark. */
export type Level = "low" | "medium" | "high";

/** What is shown: a colored mark, a label with something beside, sentences, how far to believe them, facts. */
export interface Shown {
  level: Level | null;
  label: string;
  side: string;
  reasons: string[];
  tested: string[];
  facts: string;
}

const LEVELS: Record<Tone, Level | null> = { answer: "low", flag: "medium", abstain: "high", none: null };
/** Without more doubt than usual there is no color either: that of what is probably right would say too much. */
const DOUBTS: Record<NonNullable<Examined["judgement"]>["doubt"], Level | null> = {
  nothing_odd: null,
  some_doubt: "medium",
  strong_doubt: "high",
};

const plain = (label: string, reason: string): Shown => ({
  level: null,
  label,
  side: "",
  reasons: [reason],
  tested: [],
  facts: "",
});

/** The words that stand out, as far as they are known. */
export function oddOf(state: State): OddWord[] {
  if (state.kind === "checking") return state.odd;
  return (state.kind === "judged" && state.examined?.odd) || [];
}

export function toWords(state: State): Shown {
  const shown = opinion(state);
  // Whatever the model makes of the whole: who sees underlines is to know from the closed badge that it knows of them.
  const marked = oddOf(state).length;
  const standOut = marked > 0 ? T.standOut(marked) : "";
  const faults = "faults" in state ? state.faults : [];
  if (faults.length === 0) return { ...shown, side: shown.side || standOut };
  // What is certain comes first; what the model thinks stays below it.
  const isJudged = state.kind === "judged";
  const beside = [isJudged ? T.besides(shown.label) : `${shown.label}.`, shown.side].filter(Boolean).join(" ");
  return {
    ...shown,
    level: "high",
    label: T.faults,
    side: standOut,
    reasons: [...faults.map(faultLine), T.byRules, beside, ...shown.reasons],
  };
}

function opinion(state: State): Shown {
  switch (state.kind) {
    case "checking":
      return checking(state.odd);
    case "no-model":
      return plain(T.noModel, T.noModelWhy);
    case "skipped":
      return plain(T.skipped, T.skippedWhy);
    case "failed": {
      const { error } = state;
      return plain(T.failed, error instanceof CallError ? `${error.message}. ${error.record.advice}` : String(error));
    }
    case "judged":
      return judged(state);
  }
}

/** Words are underlined already; without any there is nothing to tell yet. */
function checking(odd: OddWord[]): Shown {
  if (odd.length === 0) return plain(T.checking, T.checkingWhy);
  return { ...plain(T.checking, T.comparingWhy), side: T.comparing, reasons: [T.comparingWhy, T.odd] };
}

function judged(judgement: Judged): Shown {
  const { examined, model, ms } = judgement;
  const doubt = examined?.judgement;
  const explanation = explained(judgement);
  const { verdict, chance, level, agreement, reasons, guarantee, none } = explanation;
  const calibrated = none === null ? [agreement, level, ...reasons, guarantee] : [none, agreement];
  const sentences = doubt ? doubted(judgement, doubt) : calibrated;
  return {
    level: doubt ? DOUBTS[doubt.doubt] : LEVELS[toneOf(explanation)],
    label: doubt ? doubt.word : verdict,
    side: (!doubt && none === null && chance) || "",
    reasons: [...sentences.filter((sentence) => sentence != null), ...asides(judgement)],
    tested: doubt ? [`${doubt.ratioSentence} ${doubt.range}`, doubt.tested] : [],
    facts: T.facts(model, duration(ms)),
  };
}

/** The sentences of a doubt: of this answer, and last what a profile of the user's own says. */
function doubted({ examined, explanation }: Judged, doubt: NonNullable<Examined["judgement"]>): (string | null)[] {
  const { none, chance, level } = explanation;
  return [doubt.reason, ...seen(examined), ...(none === null ? [chance, level] : [])];
}

/** What needs no calibration: what the model would have said itself, and what is underlined. */
const seen = (examined: Examined | null): string[] => [
  ...(examined?.own ? [`${T.own(examined.own.answer)} ${examined.own.sentence}`] : []),
  ...(examined?.odd.length ? [T.odd] : []),
];

/** Why nothing is said of an answer that others wrote is more than that no confidence fits. */
export function explained({ explanation, examined }: Judged): Answer["explanation"] {
  if (explanation.none === null || !examined?.none) return explanation;
  return { ...explanation, none: examined.none };
}

/** What is known besides: what was seen where no doubt was made of it, and whether all was read. */
export function asides({ examined, cut }: Judged): string[] {
  return [...(examined?.judgement ? [] : seen(examined)), ...(cut ? [T.cut] : [])];
}
