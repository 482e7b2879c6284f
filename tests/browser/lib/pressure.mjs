/**
 * A device that is pressed when a test says so. Work that rests waits for the test, so what happens meanwhile does not depend
 * on which of the two is faster.
 */

/** What the page says then. */
export const RESTING = "Resting for up to half a minute: this device is hot or busy.";

/** Plays the browser's Compute Pressure API, and the clock by which rests are taken, in all pages that open from now on. */
export const playPressure = (context) =>
  context.addInitScript(() => {
    let [state, hear] = ["fair", (_) => {}];
    /** Milliseconds that were never waited for. */
    let skipped = 0;
    globalThis.press = (pressure) => {
      state = pressure;
      hear([{ state }]);
    };
    globalThis.PressureObserver = class {
      constructor(records) {
        hear = records;
      }
      async observe() {
        hear([{ state }]);
      }
      disconnect() {
        hear = () => {};
      }
    };
    const now = performance.now.bind(performance);
    performance.now = () => {
      // Two minutes are worked before each rest.
      if (state === "critical") skipped += 120_000;
      return now() + skipped;
    };
    const { setTimeout } = globalThis;
    // The rest's own end: here it ends when the test says so.
    globalThis.setTimeout = (call, delay, ...given) => (delay === 30_000 ? 0 : setTimeout(call, delay, ...given));
  });

/** Lets what is done in this page rest as soon as it shows so many more of these. */
export const restAfter = (page, selector, more = 1) =>
  page.evaluate(
    ([selector, more]) => {
      const count = () => document.querySelectorAll(selector).length;
      const wanted = count() + more;
      const watcher = new MutationObserver(() => {
        if (count() < wanted) return;
        watcher.disconnect();
        globalThis.press("critical");
      });
      watcher.observe(document, { childList: true, subtree: true });
    },
    [selector, more],
  );

/** Nothing presses any more. */
export const goOn = (page) => page.evaluate(() => globalThis.press("fair"));
