/**
 * How long tests wait. Waits are for something to happen, never for a time to pass, and their limit only ends what hangs:
 * it is far above what a busy machine of a tenth of the usual speed takes.
 */

/** Milliseconds for one wait; `SEMGRAD_PATIENCE` gives seconds. */
export const PATIENCE = 1000 * Number(process.env.SEMGRAD_PATIENCE ?? 600);

/** Waits until something is so, and gives it. */
export async function until(isSo, what) {
  for (const end = performance.now() + PATIENCE; performance.now() < end; ) {
    const value = await isSo();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not in time: ${what}`);
}

/** Waits until there are so many: a page draws what follows from a click or a message a moment later. */
export const counts = (locator, wanted) =>
  until(async () => (await locator.count()) === wanted, `${wanted} of ${locator}`);
