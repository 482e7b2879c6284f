/** What `assets.mjs` writes to `dist/profiles/`: the profiles as parts of the program, for bundles without addresses. */

/** The profile, as JSON text, for weights of that hash, which must be one of the list. */
export function imported(weights: string): Promise<string>;
