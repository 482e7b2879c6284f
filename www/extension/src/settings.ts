/** What the user has chosen. It lies in `chrome.storage.local`, out of reach of content scripts. */

import type { Device } from "semgrad";
import type { SiteRule } from "./sites.js";

/** The model to load: a known name, an address, or a file that was copied into this extension's storage. */
export interface ModelChoice {
  kind: "known" | "url" | "file";
  name: string;
  device: Device;
  /** A calibration of the user's own, as JSON; without one the package's, where it has one for this model. */
  profile?: string;
}

/** The model as people call it. */
export function label({ kind, name }: ModelChoice): string {
  return kind === "url" ? (name.split("/").filter(Boolean).pop() ?? name) : name;
}

export interface Settings {
  model: ModelChoice | null;
  rules: SiteRule[];
}

export const DEFAULTS: Settings = {
  model: null,
  rules: [],
};

/** The settings as they are now. */
export async function readSettings(): Promise<Settings> {
  return (await chrome.storage.local.get({ ...DEFAULTS })) as unknown as Settings;
}

export async function writeSettings(change: Partial<Settings>): Promise<void> {
  await chrome.storage.local.set(change);
}

/** What was selected on a page, for the panel to judge; kept in memory only. */
export interface Selected {
  question: string;
  answer: string;
  /** Tells two equal selections apart. */
  at: number;
}

const SELECTED = "selected";

export async function putSelected(selected: Selected): Promise<void> {
  await chrome.storage.session.set({ [SELECTED]: selected });
}

export async function takeSelected(): Promise<Selected | null> {
  const { [SELECTED]: selected } = await chrome.storage.session.get(SELECTED);
  if (selected !== undefined) await chrome.storage.session.remove(SELECTED);
  return (selected as Selected | undefined) ?? null;
}

/** Calls back when something new was selected. */
export function onSelected(listener: () => void): void {
  chrome.storage.session.onChanged.addListener((changes) => {
    if (changes[SELECTED]?.newValue !== undefined) listener();
  });
}
