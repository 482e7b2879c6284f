/**
 * Where tokens stand in a text. They are parts of it, but one may hold half a letter, which shows as U+FFFD, and what
 * stands before the text may end within its first token.
 */

/** From the first character to the one behind the last, in UTF-16 units. */
export type Range = readonly [start: number, end: number];

const HALF = "\ufffd";
const BEFORE: Range = [0, 0];

/**
 * The place of each token in the text that all of them together end with; an empty one for what stands before it. Halves
 * of letters share the place of what they make together. Null where these are not its tokens.
 */
export function align(tokens: readonly string[], text: string): Range[] | null {
  const ranges: Range[] = tokens.map(() => BEFORE);
  /** Pairs of a count of tokens and an end that were tried in vain. */
  const failed = new Set<string>();

  /** Whether the first `count` tokens end with the text up to `end`. */
  function place(count: number, end: number): boolean {
    if (end === 0) return true;
    const token = tokens[count - 1];
    const tried = `${count} ${end}`;
    if (token === undefined || failed.has(tried)) return false;
    const fits = token.includes(HALF) ? placeHalves(count, end) : placeWhole(token, count, end);
    if (!fits) failed.add(tried);
    return fits;
  }

  function placeWhole(token: string, count: number, end: number): boolean {
    const start = end - token.length;
    if (start < 0) {
      if (!token.endsWith(text.slice(0, end))) return false;
      ranges[count - 1] = [0, end];
      return true;
    }
    if (!text.startsWith(token, start) || !place(count - 1, start)) return false;
    ranges[count - 1] = [start, end];
    return true;
  }

  function placeHalves(count: number, end: number): boolean {
    let first = count;
    while (tokens[first - 1]?.includes(HALF)) first -= 1;
    // A letter is made of two halves or more, so they take no more room than what stands for them.
    const most = tokens.slice(first, count).reduce((sum, token) => sum + token.length, 0);
    for (let size = 1; size <= Math.min(most, end); size++) {
      if (!place(first, end - size)) continue;
      ranges.fill([end - size, end], first, count);
      return true;
    }
    return false;
  }

  if (!place(tokens.length, text.length)) return null;
  // Before the text begins nothing was placed.
  return ranges;
}
