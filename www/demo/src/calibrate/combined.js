/**
 * A calibration's combined confidence, taken apart: what each signal adds to the log-odds, and how well its numbers hold
 * on answers that it was not fitted to. Pure, and plain JavaScript so that tests read it as it is.
 *
 * @typedef {{ name: string, transform: string, mean: number, scale: number, weight: number }} Feature
 * @typedef {{ features: Feature[], intercept: number, isotonic?: { scores: number[], confidence: number[] } | null }} Combined
 * @typedef {{ confidence: number, accuracy: number, count: number }} Bin
 */

/** As in the package: logarithms are of this at least, and nothing counts for more standard deviations. */
const FLOOR = 1e-12;
const CLAMP = 4;

/**
 * What each signal adds, the intercept first; null when one is missing.
 *
 * @param {Combined} combined
 * @param {(name: string) => number | null | undefined} value of a feature, lengths included
 * @returns {{ name: string, contribution: number }[] | null}
 */
export function contributions({ features, intercept }, value) {
  const parts = [{ name: "intercept", contribution: intercept }];
  for (const { name, transform, mean, scale, weight } of features) {
    const raw = value(name);
    if (raw === null || raw === undefined || !Number.isFinite(raw)) return null;
    const transformed = transform === "log" ? Math.log(Math.max(FLOOR, raw)) : raw;
    const deviations = Math.min(CLAMP, Math.max(-CLAMP, (transformed - mean) / scale));
    parts.push({ name, contribution: weight * deviations });
  }
  return parts;
}

/**
 * The confidence that the parts add up to.
 *
 * @param {Combined} combined
 * @param {readonly { contribution: number }[]} parts
 */
export function confidenceOf({ isotonic }, parts) {
  const logit = parts.reduce((sum, { contribution }) => sum + contribution, 0);
  return isotonic ? interpolate(isotonic, -logit) : 1 / (1 + Math.exp(-logit));
}

/**
 * A falling map, linear between its knots and constant beyond.
 *
 * @param {{ scores: readonly number[], confidence: readonly number[] }} map
 * @param {number} score
 */
function interpolate({ scores, confidence }, score) {
  const above = scores.findIndex((knot) => knot >= score);
  const [first, last] = [confidence[0] ?? Number.NaN, confidence.at(-1) ?? Number.NaN];
  if (above < 0) return last;
  if (above === 0) return first;
  const [x, y] = [scores[above - 1] ?? 0, scores[above] ?? 0];
  const [p, q] = [confidence[above - 1] ?? 0, confidence[above] ?? 0];
  return p + ((q - p) * (score - x)) / (y - x);
}

/**
 * Bins of about equal size by confidence.
 *
 * @param {readonly { confidence: number, right: boolean }[]} answers
 * @param {number} most bins
 * @returns {Bin[]}
 */
export function reliability(answers, most = 10) {
  const sorted = [...answers].sort((a, b) => a.confidence - b.confidence);
  // Fewer than five answers say nothing.
  const count = Math.max(1, Math.min(most, Math.floor(sorted.length / 5)));
  return Array.from({ length: count }, (_, index) => {
    const from = Math.round((index * sorted.length) / count);
    const own = sorted.slice(from, Math.round(((index + 1) * sorted.length) / count));
    const mean = own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length;
    const right = own.filter((answer) => answer.right).length;
    return { confidence: mean, accuracy: right / own.length, count: own.length };
  }).filter(({ count }) => count > 0);
}

/**
 * Folds of about equal size with right and wrong answers spread evenly, by their order.
 *
 * @template {{ right: boolean }} Row
 * @param {readonly Row[]} rows
 * @param {number} folds
 * @returns {{ train: Row[], test: Row[] }[]}
 */
export function split(rows, folds) {
  const dealt = [...rows.filter(({ right }) => right), ...rows.filter(({ right }) => !right)];
  return Array.from({ length: folds }, (_, fold) => ({
    train: dealt.filter((_, index) => index % folds !== fold),
    test: dealt.filter((_, index) => index % folds === fold),
  }));
}
