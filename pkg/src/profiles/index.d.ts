/** What `assets.mjs` writes to `dist/profiles/`: the profiles that come with the package. */
import type { ShippedProfile } from "../assets.js";

/** By model. */
export const PROFILES: readonly ShippedProfile[];

/** Address of the profile for weights of that hash, which must be one of the list. */
export function addressOf(weights: string): URL;
