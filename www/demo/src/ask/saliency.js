/**
 * From gradients by layer and prompt token to how far each token moves the answer. Pure, and plain JavaScript so that
 * tests read it as it is.
 *
 * @typedef {readonly (readonly (number | null)[] | null)[]} Gradients `[layer][position]`; the last column is the last
 *   prompt token, a layer null or empty where not computed
 */

/**
 * The layers that were computed, as columns counted from the start of the prompt.
 *
 * @param {Gradients} gradients
 * @param {number} tokens of the prompt
 * @returns {{ layer: number, values: (number | null)[] }[]}
 */
export function computedLayers(gradients, tokens) {
  return gradients.flatMap((row, layer) => {
    if (!row || row.every((value) => value === null)) return [];
    const skipped = Math.max(0, tokens - row.length);
    const values = [...Array(skipped).fill(null), ...row.slice(-tokens)];
    return [{ layer, values }];
  });
}

/**
 * Mean over the computed layers, each divided by its own mean first: layers differ in scale by orders of magnitude.
 *
 * @param {Gradients} gradients
 * @param {number} tokens
 * @returns {(number | null)[]} by position; null where nothing was computed
 */
export function saliency(gradients, tokens) {
  const layers = computedLayers(gradients, tokens).map(({ values }) => {
    const known = values.filter((value) => value !== null);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return mean > 0 ? values.map((value) => (value === null ? null : value / mean)) : values;
  });
  return Array.from({ length: tokens }, (_, position) => {
    const known = layers.map((values) => values[position] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
