import { abortedError } from "./errors.js";

/** In workerd a message to oneself arrives before anything else has had its turn: no timer, no abort. */
const isWorkerd = globalThis.navigator?.userAgent === "Cloudflare-Workers";

/**
 * One turn of the event loop, so that aborts and other messages are seen while wasm works. `setTimeout` would cost 4 ms
 * a turn in browsers; a message to oneself costs microseconds, in windows, workers, Node and Deno alike.
 */
export function pause(): Promise<void> {
  if (isWorkerd || typeof MessageChannel === "undefined") return new Promise((resolve) => setTimeout(resolve, 0));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // An open port would keep Node's process alive.
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** So many milliseconds, or until the signal fires, which is an error. */
export function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(abortedError(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
