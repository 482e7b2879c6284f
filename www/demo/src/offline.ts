/** The service worker: keeps the page for offline use, applies the policy and isolates the page, see `sw.js`. */

import { isolate } from "./isolate.js";

const container = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
/** Turns of 50 ms to wait for a worker that will take control, however slow the machine, and for one that may not. */
const [PATIENT, IMPATIENT] = [1200, 20];
let registering: Promise<ServiceWorkerRegistration | null> = Promise.resolve(null);

/** Registers the worker; `onUpdate` gets the way to a newer version once one is kept. */
export function keepOffline(onUpdate: (reload: () => void) => void): void {
  // Not while developing: the files would change under the worker.
  if (!import.meta.env.PROD || !container) return;
  // A page that cannot be kept (private window, plain http) still works.
  isolate(container);
  registering = container.register(new URL("./sw.js", document.baseURI)).catch(() => null);
  void registering.then((registration) => {
    if (!registration) return;
    const offer = (worker: ServiceWorker | null) => {
      // The first version takes over by itself.
      if (worker && container.controller) onUpdate(() => takeOver(container, worker));
    };
    offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => worker.state === "installed" && offer(worker));
    });
  });
}

function takeOver(container: ServiceWorkerContainer, worker: ServiceWorker): void {
  container.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.postMessage("activate");
}

/**
 * Waits until the worker is in control, so that its policy binds the model's worker too; false where there is none to
 * come. A first visit waits for the page's own files.
 */
export async function controlled(): Promise<boolean> {
  if (!container) return false;
  if (container.controller) return true;
  const registration = await registering;
  const worker = registration?.installing ?? registration?.waiting ?? registration?.active;
  if (!worker) return false;
  // It claims its pages while it is activated. One that was active before does not: a page reloaded past it (Shift).
  const claimed = worker.state !== "activated";
  await new Promise<void>((settled) => {
    const check = () => ["activated", "redundant"].includes(worker.state) && settled();
    worker.addEventListener("statechange", check);
    check();
  });
  // The page may hear of that a little later.
  const turns = claimed ? PATIENT : IMPATIENT;
  for (let turn = 0; turn < turns && !container.controller; turn++) await new Promise((next) => setTimeout(next, 50));
  return container.controller !== null;
}
