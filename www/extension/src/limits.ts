/** How much of a page is looked at, and how often. */
export const LIMITS = {
  /** Characters of a question that are read. */
  question: 2000,
  /** Characters of an answer that are read; about a thousand tokens. */
  answer: 4000,
  /** Judgements of page answers that may wait; the longest waiting one gives way. */
  waiting: 16,
  /** An answer is finished when its text has not changed for this long, in ms. */
  quiet: 2000,
  /** Pause between two looks at a page, in ms, however much happens on it. */
  scan: 500,
  /** That pause is at least so many times what the last look took. */
  rest: 10,
  /** Colors of a page that turns dark or light have changed after this long, in ms. */
  fade: 2000,
  /** How often a badge is put back onto a page that removes it. */
  returns: 5,
  /** A badge that stood for this long, in ms, was not removed by a page that fights it. */
  peace: 10_000,
  /** An answer that was judged or is not in sight, and that nothing changed in, is read again after this long, in ms: styles change unseen. */
  fresh: 10_000,
  /** Judgements that are remembered, so that a page that is opened again is not judged again. */
  remembered: 400,
  /** A model that nobody used for this long is put away, in ms. */
  idle: 10 * 60_000,
} as const;

/** What is read of a text, and whether that is less than all. */
export function cut(text: string, limit: number): { text: string; cut: boolean } {
  if (text.length <= limit) return { text, cut: false };
  // Not in the middle of a character that takes two units.
  const end = text.codePointAt(limit - 1) === text.charCodeAt(limit - 1) ? limit : limit - 1;
  return { text: text.slice(0, end), cut: true };
}
