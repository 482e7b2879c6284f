/**
 * A helper: a worker that runs nothing but pieces of kernels, in an instance of the module that has the memory of another
 * worker's. It is the package's worker once more, under another name, so that nobody has to serve or bundle a second script.
 */

import { COUNT, DONE, FAILED, GENERATION, JOB, NEXT, THREADS } from "./words.js";

/** What a worker is called that is to be a helper. */
export const NAME = "semgrad-helper";

/** What makes a worker a helper. */
export interface Hired {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  words: Int32Array;
  /** Where its stack begins. */
  stack: number;
  /** Which helper: the thread that runs the model is number 0. */
  index: number;
}

/** What it calls of the module. */
interface Exports {
  __stack_pointer: WebAssembly.Global<"i32">;
  runPiece(job: number, piece: number): void;
}

/** Looks before it goes to sleep: what comes between two kernels of a token takes less. */
const LOOKS = 1 << 15;

interface Scope {
  name?: string;
  onmessage: ((event: MessageEvent<Hired>) => void) | null;
  postMessage(message: string): void;
}

/** Makes this worker a helper if that is its name. */
export function becomeHelper(): boolean {
  const scope = globalThis as unknown as Scope;
  if (scope.name !== NAME) return false;
  scope.onmessage = ({ data }) => {
    scope.onmessage = null;
    const { __stack_pointer: stack, runPiece } = instantiate(data);
    stack.value = data.stack;
    scope.postMessage("ready");
    // That message must have left before this thread listens to nothing else any more.
    setTimeout(() => help(data, runPiece), 0);
  };
  return true;
}

/** The instance's start function is not called: what it prepares was prepared for this memory. */
function instantiate({ module, memory }: Hired): Exports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const refuse = () => {
      throw new Error(`a helper has no ${name}`);
    };
    imports[from] = { ...imports[from], [name]: kind === "memory" ? memory : refuse };
  }
  return new WebAssembly.Instance(module, imports).exports as unknown as Exports;
}

/** Takes pieces for ever: whoever has started this worker ends it. */
function help({ words, index }: Hired, runPiece: Exports["runPiece"]): never {
  for (let seen = 0; ; ) {
    seen = awaitJob(words, seen);
    if (index >= Atomics.load(words, THREADS)) continue;
    for (;;) {
      const piece = Atomics.add(words, NEXT, 1);
      if (piece >= Atomics.load(words, COUNT)) break;
      try {
        runPiece(Atomics.load(words, JOB), piece);
      } catch {
        Atomics.store(words, FAILED, 1);
      }
      Atomics.add(words, DONE, 1);
      Atomics.notify(words, DONE);
    }
  }
}

/** The number of jobs so far, when that is another one than was seen. */
function awaitJob(words: Int32Array, seen: number): number {
  for (let i = 0; i < LOOKS; i += 1) {
    const now = Atomics.load(words, GENERATION);
    if (now !== seen) return now;
  }
  Atomics.wait(words, GENERATION, seen);
  return Atomics.load(words, GENERATION);
}
