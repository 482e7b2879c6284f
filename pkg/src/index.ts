/**
 * Small language models in the browser that say how far their answers can be trusted.
 *
 * @packageDocumentation
 */

export type { ShippedProfile } from "./assets.js";
export { type CacheEntry, type CacheOptions, cache } from "./cache.js";
export {
  applyCalibration,
  calibrate,
  calibrateGiven,
  check,
  contains,
  evaluate,
  lessonOf,
  methods,
  refuses,
  type WasmOptions,
} from "./evaluate.js";
export { load } from "./load.js";
export { PROFILES } from "./profiles/index.js";
export * from "./shared.js";
