/** How questions are asked; kept in this browser. */

import { keep, recall } from "./keep.js";

/** Who says which of ten answers mean the same. */
export type Comparison = "lexical" | "judge" | "encoder";

/** The switches. What is null is left to the model's calibration, which holds for that and nothing else. */
export interface Settings {
  samples: boolean;
  compare: Comparison;
  attribute: boolean;
  follow: boolean;
  /** Put before each question, verbatim. */
  prefix: string | null;
  /** Most tokens of an answer. */
  length: number | null;
}

export const LENGTHS = [32, 64, 128, 256];
export const SAMPLES = 10;

const DEFAULTS: Settings = {
  samples: false,
  compare: "lexical",
  attribute: true,
  follow: false,
  prefix: null,
  length: null,
};

/** The settings as last left; one that no longer exists, or was never there, falls back. */
export function loadSettings(): Settings {
  const kept = recall<Partial<Record<keyof Settings, unknown>>>("settings") ?? {};
  const flag = (name: "samples" | "attribute" | "follow") =>
    typeof kept[name] === "boolean" ? kept[name] : DEFAULTS[name];
  return {
    samples: flag("samples"),
    compare: (["lexical", "judge", "encoder"] as const).find((name) => name === kept.compare) ?? DEFAULTS.compare,
    attribute: flag("attribute"),
    follow: flag("follow"),
    prefix: typeof kept.prefix === "string" ? kept.prefix : DEFAULTS.prefix,
    length: LENGTHS.find((length) => length === kept.length) ?? DEFAULTS.length,
  };
}

/** Keeps them. */
export function saveSettings(settings: Settings): void {
  keep("settings", settings);
}
