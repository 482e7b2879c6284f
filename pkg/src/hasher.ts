/** SHA-256 by the wasm module, whose download may outlive the instance that it was begun in. */

import type { Hasher } from "./download.js";
import type { Instance } from "./instance.js";
import { Sha256 } from "./wasm/semgrad.js";

/** A hash of that instance; it fails when the instance has ended, and touches no other one's memory. */
export function hasher(instance: Instance): Hasher {
  instance.check();
  const hash = new Sha256();
  return {
    update(chunk) {
      instance.check();
      hash.update(chunk);
    },
    hex() {
      instance.check();
      return hash.hex();
    },
    free() {
      if (!instance.ended) hash.free();
    },
  };
}
