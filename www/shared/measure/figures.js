/**
 * What a benchmark reads from an answer, and the figures made of it. Used by the page that measures a device and by
 * `cargo xtask bench`, hence plain JavaScript.
 *
 * @typedef {object} Run One request, answered once. Times in milliseconds; `decode` is the time from the first token to
 *   the last, so that `tokens - 1` steps lie in it.
 * @property {number} prompt tokens
 * @property {number} tokens of the answer
 * @property {number | null} prefill
 * @property {number | null} decode
 * @property {number | null} score all scores together
 * @property {number} suffix positions on which gradients are taken
 * @property {string[]} methods
 * @property {Record<string, number>} costs by method, what it would take alone
 * @property {number} samples
 * @property {number | null} sampling time of the samples alone
 */

/**
 * What a record says about time.
 *
 * @param {import("semgrad").RawRecord} record
 * @returns {Run}
 */
export function summary({ ms, scores, samples, prompt_ids, response_ids, semantic_index }) {
  return {
    prompt: prompt_ids.length,
    tokens: response_ids.length,
    prefill: ms.prefill,
    decode: ms.decode,
    score: ms.score,
    suffix: prompt_ids.length - (semantic_index ?? 0) + response_ids.length - 1,
    methods: Object.keys(scores),
    costs: Object.fromEntries(Object.entries(scores).map(([id, score]) => [id, score.ms])),
    samples: samples?.length ?? 0,
    sampling: ms.samples ?? null,
  };
}

/** Tokens per second of the prompt. @param {Partial<Run> | undefined} run */
export function prefillRate(run) {
  return run?.prefill && run.prompt ? (run.prompt * 1000) / run.prefill : null;
}

/** Tokens per second of the answer. @param {Partial<Run> | undefined} run */
export function decodeRate(run) {
  return run?.decode && run.tokens && run.tokens > 1 ? ((run.tokens - 1) * 1000) / run.decode : null;
}

/** Time of all scores beside that of the answer that they are about. @param {Partial<Run> | undefined} run */
export function scoreShare(run) {
  return run?.methods?.length ? answerShare(run, run.score) : null;
}

/**
 * Any time beside that of the answer.
 *
 * @param {Partial<Run>} run
 * @param {number | null | undefined} ms
 */
export function answerShare({ prefill, decode }, ms) {
  const whole = (prefill ?? 0) + (decode ?? 0);
  return whole > 0 && ms !== null && ms !== undefined ? ms / whole : null;
}

/**
 * The middle of a list; null when there is nothing.
 *
 * @param {Iterable<number | null | undefined>} values
 */
export function median(values) {
  const sorted = [...values].filter((value) => typeof value === "number").filter(Number.isFinite);
  sorted.sort((a, b) => a - b);
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}
