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

/**
 * Where the question stands among the prompt's tokens: what each token holds of it.
 *
 * @param {readonly { text: string | null, part: string | null }[]} tokens
 * @param {string} question as it was typed: what was put before it is left out
 * @returns {{ text: string, index: number }[]} empty when it is not to be found, as when a token holds half a letter
 */
export function questionTokens(tokens, question) {
  const user = tokens.flatMap(({ text, part }, index) => (part === "user" ? [{ text: text ?? "", index }] : []));
  const whole = user.map(({ text }) => text).join("");
  const start = whole.lastIndexOf(question);
  if (start < 0 || question === "") return [];
  let at = 0;
  return user.flatMap(({ text, index }) => {
    const own = text.slice(Math.max(0, start - at), Math.max(0, start + question.length - at));
    at += text.length;
    return own === "" ? [] : [{ text: own, index }];
  });
}

/**
 * The question's words, each with the largest saliency of its tokens; shades are relative to the largest.
 *
 * @param {readonly { text: string, index: number }[]} tokens those of the question
 * @param {readonly (number | null)[]} values by token of the prompt
 * @returns {{ text: string, shade: number }[]} white space belongs to the word that follows
 */
export function shadedWords(tokens, values) {
  /** @type {{ text: string, value: number }[]} */
  const words = [];
  for (const { text, index } of tokens) {
    const value = values[index] ?? 0;
    const last = words.at(-1);
    if (last && !/^\s/.test(text) && !/\s$/.test(last.text)) {
      last.text += text;
      last.value = Math.max(last.value, value);
    } else {
      words.push({ text, value });
    }
  }
  const largest = Math.max(0, ...words.map(({ value }) => value));
  return words.map(({ text, value }) => ({ text, shade: largest > 0 ? value / largest : 0 }));
}
