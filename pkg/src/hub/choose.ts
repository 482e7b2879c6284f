/** Which files of a repository are wanted: the module knows, and so does the command line, which has the same rules. */

import { disk } from "../disk.js";
import type { Instance } from "../instance.js";
import { choose as chooseFiles } from "../wasm/semgrad.js";
import type { Choose } from "./listed.js";

/** The choice by the module of that instance. */
export function chooser(instance: Instance): Choose {
  return (files, repository, wanted) => {
    instance.check();
    return chooseFiles(files, repository, wanted, memory());
  };
}

/** Bytes that the machine has, where it says so. */
function memory(): number | undefined {
  const said = (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory;
  return disk()?.memory() ?? (said === undefined ? undefined : said * 1e9);
}
