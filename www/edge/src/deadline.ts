/** When to stop: the client has gone, or the time is over. */

import { Problem } from "./problem.ts";

export interface Deadline {
  signal: AbortSignal;
  /** Ends the work for a reason of the service's own. */
  abort(reason: Problem): void;
  /** To be called at the end, whatever it was. */
  clear(): void;
}

/** The same, given up when the signal fires; the work itself goes on. */
export function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/**
 * A signal that fires after `ms`, or with `client`. The time is a timer's, not the clock's, which stands still on
 * Cloudflare while a worker computes; the model gives the event loop its turn often enough for timers to be on time.
 */
export function deadline(ms: number, client?: AbortSignal): Deadline {
  const own = new AbortController();
  const late = new Problem("timed_out", `not done within ${ms} ms`, "Ask for less, or for fewer questions at once.");
  const timer = setTimeout(() => own.abort(late), ms);
  const gone = () => own.abort(new Problem("aborted", "the client has gone", "Call again to start over."));
  client?.addEventListener("abort", gone, { once: true });
  if (client?.aborted) gone();
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    clear() {
      clearTimeout(timer);
      client?.removeEventListener("abort", gone);
    },
  };
}
