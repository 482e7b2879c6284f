/**
 * Answers that mean the same, as the package's own methods group them: greedy, strict (each entails the other), equal
 * texts compared once. Pure, and plain JavaScript so that tests read it as it is.
 *
 * @typedef {{ entail: number | null, neutral: number | null, contradict: number | null }} Judged
 */

/**
 * Whether a judgment says "follows": ties go against it, as in the package.
 *
 * @param {Judged | undefined} judged
 */
function entails(judged) {
  const { entail, neutral, contradict } = judged ?? { entail: null, neutral: null, contradict: null };
  if (entail === null || neutral === null || contradict === null) return false;
  return entail > neutral && entail > contradict;
}

/**
 * Cluster of each sample, counted from 0 in order of appearance.
 *
 * @param {readonly (readonly Judged[])[]} judged premise row, hypothesis column; index 0 is the greedy answer
 * @param {readonly (string | null)[]} texts of the samples
 * @returns {number[]}
 */
export function clusters(judged, texts) {
  // Texts that Unicode calls equivalent are equal.
  const composed = texts.map((text) => text?.normalize("NFC") ?? null);
  const first = composed.map((text, index) => (text === null ? index : composed.indexOf(text)));
  /** @type {(number | null)[]} */
  const of = texts.map(() => null);
  let count = 0;
  for (const [i] of texts.entries()) {
    if (first[i] !== i || of[i] !== null) continue;
    for (let j = i; j < texts.length; j++) {
      const free = first[j] === j && of[j] === null;
      const same = i === j || (entails(judged[i + 1]?.[j + 1]) && entails(judged[j + 1]?.[i + 1]));
      if (free && same) of[j] = count;
    }
    count += 1;
  }
  return first.map((index) => of[index] ?? 0);
}

/**
 * The groups, largest first.
 *
 * @template {{ text: string | null }} Sample
 * @param {readonly (readonly Judged[])[]} judged
 * @param {readonly Sample[]} samples
 * @returns {{ members: Sample[], like: boolean }[]} `like`: means the same as the greedy answer
 */
export function groups(judged, samples) {
  const of = clusters(
    judged,
    samples.map(({ text }) => text),
  );
  /** @type {{ members: Sample[], like: boolean }[]} */
  const found = [];
  for (const [index, sample] of samples.entries()) {
    const cluster = of[index] ?? 0;
    const group = found[cluster];
    if (group) group.members.push(sample);
    // Its first member stands for the group.
    else found[cluster] = { members: [sample], like: same(judged, index + 1) };
  }
  return found.sort((a, b) => b.members.length - a.members.length);
}

/**
 * @param {readonly (readonly Judged[])[]} judged
 * @param {number} index
 */
function same(judged, index) {
  return entails(judged[0]?.[index]) && entails(judged[index]?.[0]);
}
