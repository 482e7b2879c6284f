/** The files of a model that is split over several GGUF files, by their names: `name-00001-of-00003.gguf`. */

/** Which part of which model a file is. */
export interface Part {
  /** What stands before the numbers. */
  stem: string;
  /** From 1. */
  number: number;
  count: number;
}

const PART = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/i;
/** No model has more. */
const MOST = 1024;

/** What the path of a file says; null for a file that is whole. */
export function partOf(path: string): Part | null {
  const [, stem = "", number, count] = PART.exec(path) ?? [];
  const part = { stem, number: Number(number), count: Number(count) };
  return part.count <= MOST && part.number >= 1 && part.number <= part.count ? part : null;
}

/** The paths of all parts, in their order; of a file that is whole its own. */
export function partsOf(path: string): string[] {
  const { stem, count } = partOf(path) ?? { stem: "", count: 0 };
  if (count === 0) return [path];
  const [, , , written, ending] = PART.exec(path) ?? [];
  return Array.from({ length: count }, (_, i) => `${stem}-${`${i + 1}`.padStart(5, "0")}-of-${written}${ending}`);
}

/** Whether these are files of one model, all or some of them. */
export function areParts(paths: readonly string[]): boolean {
  const [first] = paths;
  const all = first === undefined ? [] : partsOf(first);
  return paths.every((path) => partOf(path) !== null && all.includes(path));
}
