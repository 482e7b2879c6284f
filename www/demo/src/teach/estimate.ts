/** About how long it will take and how much memory, said before anything begins; from then on it is measured. */

import type { ModelInfo } from "semgrad";

/** Tokens of a short answer. */
const ANSWER = 16;
/** An answer with what its confidence is made of, and one with ten more drawn side by side, in answers that are only written. */
const [LIKELY, DRAWN] = [1.4, 7];
/** English has about so many words to a token. */
const WORDS = 0.75;
/** To learn from a question once takes about as long as to write so many answers. */
const LEARNING = 1;
/** Many questions are learned so often, few ones more often. */
const [LEAST_OFTEN, MOST_OFTEN] = [3, 8];
/** Between few and many, about so many are learned in all, counted as often as they are. */
const IN_ALL = 480;

/** Words of so many tokens. */
export const wordsOf = (tokens: number): number => Math.round(WORDS * tokens);

const answers = (isDrawn: boolean) => (isDrawn ? DRAWN : LIKELY);

/** Seconds for one question, on a machine that writes so many words a second. */
export const askSeconds = (wordsPerSecond: number, isDrawn: boolean): number =>
  (answers(isDrawn) * ANSWER * WORDS) / wordsPerSecond;

/** Seconds of teaching so many questions, of which each took so long to ask. */
export function teachSeconds(askSeconds: number, isDrawn: boolean, count: number): number {
  const learned = Math.max(LEAST_OFTEN * count, Math.min(MOST_OFTEN * count, IN_ALL));
  return (LEARNING * learned * askSeconds) / answers(isDrawn);
}

/** Tokens of a question with its answer, and of an ordinary request's answer. */
const [TOKENS, TARGET] = [64, 64];
/** States are kept of so many numbers in all; the others are computed again each time. */
const KEPT = 64 << 20;
/** Numbers that a layer leaves behind for a token, in widths of the model. */
const TAPE = 15;
/** Rank of what is learned. */
const RANK = 8;
const BYTES = 4;

/**
 * Bytes besides the model, at most: activations of one example through the upper half of the layers, its probabilities
 * before and after, the states at the lower edge of what changes, and the numbers that are learned.
 */
export function teachBytes({ hidden, layers, vocab }: Pick<ModelInfo, "hidden" | "layers" | "vocab">, count: number) {
  const upper = Math.ceil(layers / 2);
  const activations = TOKENS * TAPE * hidden * (upper + 1);
  const logits = 6 * TARGET * vocab;
  const states = Math.min(KEPT, count * TOKENS * hidden);
  const learned = 6 * upper * 4 * RANK * hidden;
  return BYTES * (activations + logits + states + learned);
}
