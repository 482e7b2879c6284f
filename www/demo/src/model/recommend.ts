/** Which model is recommended: the one that is right most often, of those that fit and are quick enough here. */

import type { Device } from "semgrad";
import { assess, type Room } from "./fit.js";
import type { Offer } from "./offers.js";

/** Without a graphics card every word takes the time to read the whole file from memory. */
const LARGEST_WITHOUT_GPU = 6e8;

/** Whether a graphics card will do the work. */
export function usesGpu({ machine: { adapter } }: Room, device: Device): boolean {
  return device !== "cpu" && adapter !== null && !adapter.software;
}

/** Null when none fits, or nobody has tried any of them. */
export function recommended(offers: readonly Offer[], room: Room, device: Device): Offer | null {
  const hasGpu = usesGpu(room, device);
  const fitting = offers.filter(({ size, partial, cached }) => {
    const missing = cached ? 0 : size - partial;
    const isQuick = hasGpu || size <= LARGEST_WITHOUT_GPU;
    return isQuick && assess(size, missing, hasGpu ? "auto" : "cpu", room).level === "fits";
  });
  const tried = fitting.filter(({ right }) => right !== null);
  tried.sort((a, b) => (b.right ?? 0) - (a.right ?? 0) || a.size - b.size);
  return tried[0] ?? null;
}
