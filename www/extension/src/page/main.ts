/** The content script, on pages of sites that the user allowed. */

import { Client } from "../client.js";
import { toBackground } from "../protocol.js";
import { Watcher } from "./watch.js";

/** Set by the first of several injections. */
const page = globalThis as typeof globalThis & { semgradWatches?: boolean };

async function main(): Promise<void> {
  if (page.semgradWatches) return;
  page.semgradWatches = true;
  const rules = await toBackground("rules");
  if (rules) new Watcher(rules, new Client()).start();
}

void main();
