/** A judgement in words: one for badges and panel. */

import { duration } from "../../shared/format.js";
import { type Tone, toneOf } from "../../shared/tone.js";
import { CallError } from "./client.js";
import type { Band, Judged, Judgement } from "./protocol.js";
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

/** Colors of the mark. */
const LEVELS: Record<Tone, Band | null> = { answer: "low", flag: "medium", abstain: "high", none: null };

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

/** What is known besides: the place among other answers where there is no judgment, and whether all was read. */
export function asides({ explanation, band, seen, cut }: Judged): string[] {
  const place = explanation.none !== null && band ? [T.band(T.bands[band], seen)] : [];
  return cut ? [...place, T.cut] : place;
}
