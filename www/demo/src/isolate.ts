/**
 * Whether the page is isolated from others, so that a model on the CPU may have several threads. Where the server sends no
 * headers for that, the service worker does (`sw.js`), but only when the page is opened again. A first visit is opened again
 * at once, by itself and one time, as long as nobody has touched the page: whoever only looks sees it flash, while typed
 * words, a place in the text or a load would be lost. For all others it is isolated on their next visit.
 */

/** In the address it leaves isolation out: `?isolate=off`. */
const [SWITCH, OFF] = ["isolate", "off"];
/** What people, and the programs that read to them, do to a page. */
const TOUCHES = ["pointerdown", "keydown", "click", "focusin", "input", "wheel", "touchmove", "dragenter"];
/** Milliseconds since the page was opened. Later somebody reads it. */
const AT_ONCE = 30_000;
const DONE = "semgrad-isolated";

let touched = false;

/** From now on the page is left as it is. */
export function stay(): void {
  touched = true;
}

/** Opens the page again once the first service worker has taken it, if that isolates it and nobody minds. */
export function isolate(container: ServiceWorkerContainer): void {
  if (container.controller || !isPossible()) return;
  for (const touch of TOUCHES) addEventListener(touch, stay, { once: true, capture: true, passive: true });
  const open = () => !touched && performance.now() < AT_ONCE && isFirst() && location.reload();
  container.addEventListener("controllerchange", open, { once: true });
}

/** Whether models may have several threads when the page is opened the next time, and have not now. */
export function isolatedNext(): boolean {
  return isPossible() && navigator.serviceWorker?.controller != null && navigator.hardwareConcurrency > 1;
}

/** Not in a frame, whose outermost page decides; nor in a browser that does not know isolation. */
function isPossible(): boolean {
  const isOff = new URLSearchParams(location.search).get(SWITCH) === OFF;
  return globalThis.crossOriginIsolated === false && window.top === window && !isOff;
}

/** Once in a tab, whatever becomes of the service worker; never where that cannot be noted. */
function isFirst(): boolean {
  try {
    if (sessionStorage.getItem(DONE) !== null) return false;
    sessionStorage.setItem(DONE, "tried");
    return true;
  } catch {
    return false;
  }
}
