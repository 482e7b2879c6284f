/**
 * Calibrations of the user's own, kept in this browser by the weights that they belong to: loaded with the model, until
 * they are taken away.
 */

import { KNOWN_MODELS } from "semgrad";
import { forget, keep, recall } from "../keep.js";
import type { Choice } from "../model/picker.js";

/** What of a profile the page reads; the rest is the package's business. */
export interface Profile {
  key?: { weights?: string; template?: string | null; prefix?: string };
  calibrations?: Calibration[];
}

/** How good confidences are; null where undefined. */
export interface Quality {
  questions: number;
  auroc: number | null;
  ece: number | null;
  brier: number | null;
  skill: number | null;
  auroc_interval?: [number | null, number | null];
  skill_interval?: [number | null, number | null];
}

/** The confidence from which on a risk is kept; null for one that cannot be. */
export interface Level {
  alpha: number;
  threshold: number | null;
}

/** One calibration of a profile. */
export interface Calibration {
  answers: "own" | "given";
  fitted: { questions: number; right: number; judge: string; date: string };
  combined?: ({ features?: { name: string; weight: number }[] } & Partial<Quality>) | null;
  thresholds?: { conformal?: Level[] };
}

/** A kept one; `name` is that of the model. */
export interface Kept {
  name: string;
  json: string;
}

const NAME = "profiles";
type Shelf = Record<string, Kept>;

const shelf = (): Shelf => recall<Shelf>(NAME) ?? {};

/** Everything that is kept, by SHA-256 of the weights. */
export function keptProfiles(): [weights: string, kept: Kept][] {
  return Object.entries(shelf());
}

/** The one for these weights. */
export function profileFor(weights: string | null): Kept | null {
  return weights === null ? null : (shelf()[weights] ?? null);
}

/** Keeps one; false where the browser refuses. */
export function keepProfile(weights: string, kept: Kept): boolean {
  return keep(NAME, { ...shelf(), [weights]: kept });
}

/** Takes one away. */
export function dropProfile(weights: string): void {
  const { [weights]: _, ...rest } = shelf();
  if (Object.keys(rest).length === 0) forget(NAME);
  else keep(NAME, rest);
}

/** Its calibration of answers that the model gave itself. */
export function ownCalibration(json: string): Calibration | null {
  try {
    const { calibrations = [] } = JSON.parse(json) as Profile;
    return calibrations.find(({ answers }) => answers === "own") ?? calibrations[0] ?? null;
  } catch {
    return null;
  }
}

/** The option for `load` that puts the kept one into use. */
export function keptProfile({ source, options }: Choice): { profile?: string } {
  const known = KNOWN_MODELS.find(({ name }) => name === source)?.sha256;
  const weights = typeof options.integrity === "string" ? options.integrity : known;
  const kept = profileFor(weights ?? null);
  return kept ? { profile: kept.json } : {};
}
