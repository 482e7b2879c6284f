/** A judgement in words: one for badges and panel. */

import { duration, number, percent } from "../../shared/format.js";
import { CallError } from "./client.js";
import type { Band, Judgement } from "./protocol.js";
import { TEXT } from "./text.js";

const T = TEXT.judgement;

/** What is shown: a colored mark, a label with something beside, sentences, facts. */
export interface Shown {
  level: Band | null;
  label: string;
  side: string;
  reasons: string[];
  facts: string;
}

const plain = (label: string, reason: string): Shown => ({
  level: null,
  label,
  side: "",
  reasons: [reason],
  facts: "",
});

export function toWords(state: Judgement | { kind: "checking" } | { kind: "failed"; error: unknown }): Shown {
  switch (state.kind) {
    case "checking":
      return plain(T.checking, T.checkingWhy);
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

type Judged = Extract<Judgement, { kind: "judged" }>;

function judged(judgement: Judged): Shown {
  const { confidence, verdict, model, ms, cut } = judgement;
  const facts = T.facts(model, duration(ms));
  const limits = cut ? [T.cut] : [];
  if (confidence === null) return { ...raw(judgement), facts, reasons: [...rawReasons(judgement), ...limits] };
  const level = verdict === "answer" ? "low" : verdict === "abstain" ? "high" : "medium";
  return {
    level,
    label: T.confidence(percent(confidence)),
    side: T.verdicts[verdict ?? "flag"],
    reasons: [T.calibrated(Math.round(confidence * 100)), ...limits],
    facts,
  };
}

function raw({ band, score }: Judged): Pick<Shown, "level" | "label" | "side"> {
  if (band) return { level: band, label: T.bands[band], side: T.notCalibrated };
  return { level: null, label: score === null ? T.undefined : T.raw(number(score)), side: T.notCalibrated };
}

function rawReasons({ band, score, seen, reason }: Judged): string[] {
  // Reasons are sentences, save for a code of old.
  const why = reason && reason !== "not_calibrated" ? T.because(reason) : T.uncalibrated;
  if (!band || score === null) return [why, T.tooFew(seen)];
  return [why, T.band(seen), T.rawScore(number(score))];
}
