/** The worker that holds a model, wherever the package's files come from. */

import type { Remote } from "./remote.js";

/** Beside this script. Not written into the address below, which bundlers would take for a picture or the like. */
const SCRIPT = "./worker.js";

/** Starts the package's worker, or takes the caller's. */
export function spawn(own?: Worker): Remote {
  const worker = own ?? start();
  return {
    port: worker,
    terminate: () => worker.terminate(),
    onCrash: (listener) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        listener(event.message || null);
      });
    },
  };
}

function start(): Worker {
  const options = { type: "module", name: "semgrad" } as const;
  // The whole expression in one piece: that is what bundlers look for.
  if (!isElsewhere()) return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "semgrad" });
  // A worker's script must come from the page's own origin, but what it imports need not.
  const shim = `import ${JSON.stringify(new URL(SCRIPT, import.meta.url).href)};`;
  const url = URL.createObjectURL(new Blob([shim], { type: "text/javascript" }));
  const worker = new Worker(url, options);
  // Once it answers, it was read.
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}

/** Whether this script came from another origin than the page, as from a content delivery network. */
function isElsewhere(): boolean {
  const page = (globalThis as { location?: Location }).location;
  const { protocol, origin } = new URL(import.meta.url);
  return page !== undefined && /^https?:$/.test(protocol) && origin !== page.origin;
}
