/** Some of many. */

/** So many, evenly spread over all, in their order. */
export function spread<T>(all: readonly T[], count: number): T[] {
  return all.filter((_, i) => Math.floor(((i + 1) * count) / all.length) > Math.floor((i * count) / all.length));
}
