/** Texts on their way into the wasm module, which holds them in UTF-8. */

import { SemgradError } from "./errors.js";

/** Half of a pair that stands for one character; UTF-8 has none, and it would become U+FFFD without a word. */
const HALF = /\p{Surrogate}/u;

/**
 * Throws where a text is cut within a character.
 *
 * @throws {SemgradError} `bad_input`
 */
export function checkTexts(value: unknown): void {
  if (typeof value === "string" && HALF.test(value)) {
    throw new SemgradError("bad_input", "a text has half of a surrogate pair", "Cut texts between characters.");
  }
  if (Array.isArray(value)) {
    if (typeof value[0] !== "number") value.forEach(checkTexts);
  } else if (typeof value === "object" && value !== null) Object.values(value).forEach(checkTexts);
}
