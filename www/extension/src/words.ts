/** A judgement in words: one for badges and panel. */

import { duration } from "../../shared/format.js";
import { type Tone, toneOf } from "../../shared/tone.js";
import { CallError } from "./client.js";
import type { Judged, Judgement } from "./protocol.js";
import { TEXT } from "./text.js";

const T = TEXT.judgement;

/** Colors of the mark. */
type Level = "low" | "medium" | "high";

/** What is shown: a colored mark, a label with something beside, sentences, facts. */
export interface Shown {
  level: Level | null;
  label: string;
  side: string;
  reasons: string[];
  facts: string;
}

const LEVELS: Record<Tone, Level | null> = { answer: "low", flag: "medium", abstain: "high", none: null };

const plain = (label: string, reason: string): Shown => ({
  level: null,
  label,
  side: "",
  reasons: [reason],
  facts: "",
});

export function toWords(state: Judgement | { kind: "checking" } | { kind: "failed"; error: unknown }): Shown {
  const shown = opinion(state);
  const faults = "faults" in state ? state.faults : [];
  if (faults.length === 0) return shown;
  // What is certain comes first; what the model thinks stays below it.
  const found = faults.map(({ said, message }) => T.fault(said, message));
  const beside = [`${shown.label}.`, shown.side].filter(Boolean).join(" ");
  return {
    ...shown,
    level: "high",
    label: T.faults,
    side: "",
    reasons: [...found, T.byRules, beside, ...shown.reasons],
  };
}

function opinion(state: Parameters<typeof toWords>[0]): Shown {
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

function judged(judgement: Judged): Shown {
  const { explanation, model, ms } = judgement;
  const { verdict, chance, level, agreement, reasons, guarantee, none } = explanation;
  const sentences = none === null ? [agreement, level, ...reasons, guarantee] : [none, agreement];
  return {
    level: LEVELS[toneOf(explanation)],
    label: verdict,
    side: (none === null && chance) || "",
    reasons: [...sentences.filter((sentence) => sentence != null), ...asides(judgement)],
    facts: T.facts(model, duration(ms)),
  };
}

/** What is known besides: whether all was read. */
export function asides({ cut }: Judged): string[] {
  return cut ? [T.cut] : [];
}
