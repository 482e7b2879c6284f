/** How questions are asked; kept in this browser. */

import { keep, recall } from "./keep.js";

/** What shipped calibrations were fitted with; the space belongs to it. */
export const SHORT_PREFIX = "Answer the question concisely. Q: ";

/** Who says which of ten answers mean the same. */
export type Comparison = "lexical" | "judge" | "encoder";

/** The switches. */
export interface Settings {
  short: boolean;
  samples: boolean;
  compare: Comparison;
  explain: boolean;
  follow: boolean;
  maxTokens: number;
}

export const LENGTHS = [32, 64, 128, 256];
export const SAMPLES = 10;

const DEFAULTS: Settings = {
  short: true,
  samples: false,
  compare: "lexical",
  explain: true,
  follow: false,
  maxTokens: 128,
};

/** The settings as last left; one that no longer exists falls back. */
export function loadSettings(): Settings {
  const kept = recall<Partial<Settings>>("settings") ?? {};
  const entries = Object.entries(DEFAULTS).map(([name, value]) => {
    const own = kept[name as keyof Settings];
    return [name, typeof own === typeof value ? own : value];
  });
  const settings = Object.fromEntries(entries) as Settings;
  if (!LENGTHS.includes(settings.maxTokens)) settings.maxTokens = DEFAULTS.maxTokens;
  if (!["lexical", "judge", "encoder"].includes(settings.compare)) settings.compare = DEFAULTS.compare;
  return settings;
}

/** Keeps them. */
export function saveSettings(settings: Settings): void {
  keep("settings", settings);
}
