/** Many tasks, a few at a time. */

/** A turn of the event loop: timers and aborts are seen between tasks that do not wait for anything. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** The results in the order of `items`; at most `width` are worked on at once. `work` must not throw. */
export async function pool<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
      await turn();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
