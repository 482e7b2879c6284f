/** The model that was used last, as far as it can be found again: a file of the user's own cannot. */

import type { Device, LoadOptions, ModelSource } from "semgrad";
import { keep, recall } from "../keep.js";

const NAME = "last-model";

/** What the list of models begins with. */
export interface Last {
  source: string;
  device: Device;
}

/** Keeps it where it has a name or an address. */
export function keepLast({ source, options }: { source: ModelSource; options: LoadOptions }): void {
  if (typeof source === "string") keep(NAME, { source, device: options.device ?? "auto" });
}

/** What was kept. */
export function lastChoice(): Last | null {
  const last = recall<Partial<Last>>(NAME);
  const device = (["auto", "webgpu", "cpu"] as const).find((known) => known === last?.device) ?? "auto";
  return typeof last?.source === "string" ? { source: last.source, device } : null;
}
