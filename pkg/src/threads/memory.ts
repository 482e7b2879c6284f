/** Memory that instances of one module share. The bindings ask for it when the module starts. */

/** Pages of 64 KiB, as the module wants them. */
interface Limits {
  initial: number;
  maximum: number;
  shared: true;
}

let isWanted = false;

/** Whether instances that start from now on share their memory with helpers. */
export function shareMemory(wanted: boolean): void {
  isWanted = wanted;
}

/** New memory for an instance; undefined where it has its own. Its address space is reserved at once, which not all grant. */
export function sharedMemory({ initial, maximum }: Limits): WebAssembly.Memory | undefined {
  for (let most = maximum; isWanted; most /= 2) {
    try {
      return new WebAssembly.Memory({ initial, maximum: most, shared: true });
    } catch (thrown) {
      if (most / 2 < initial * 8) throw thrown;
    }
  }
  return undefined;
}
