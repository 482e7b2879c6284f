/** Finds helpers for an instance: starts them, and keeps as many as make it faster. */

import { crewTrial, employCrew, helperStacks } from "../wasm/semgrad.js";
import { Crew } from "./crew.js";
import { type Hired, NAME } from "./helper.js";
import { WORDS } from "./words.js";

/** More have nothing to gain: they wait for memory. */
const MOST = 8;
/** A worker that has not started by then never will: a policy may forbid it without a word. */
const PATIENCE = 10_000;
/** One more thread has to make this much of a difference. */
const WORTH = 0.95;

/**
 * How many threads a model may have in this thread's program. Memory is shared where the page is isolated from others
 * (the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy), and only workers may wait for others.
 */
export function mostThreads(wanted: number | undefined): number {
  const scope = globalThis as { crossOriginIsolated?: boolean; document?: unknown };
  const isIsolated = typeof SharedArrayBuffer === "function" && scope.crossOriginIsolated !== false;
  if (!isIsolated || typeof Worker !== "function" || "document" in scope || !isWorker()) return 1;
  return wanted ?? Math.min(globalThis.navigator?.hardwareConcurrency ?? 1, MOST);
}

function isWorker(): boolean {
  return "WorkerGlobalScope" in globalThis && typeof globalThis.postMessage === "function";
}

/**
 * Gives the module that has this memory up to so many threads, and says how many they are. Unless that number is wanted, it
 * is the smallest that is about as fast as any: two threads of one core are often slower than one.
 */
export async function hire(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  most: number,
  isWanted: boolean,
): Promise<number> {
  if (most < 2) return 1;
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  const stacks = helperStacks(most - 1);
  const helpers = await Promise.all(
    [...stacks].map((stack, i) => start({ module, memory, words, stack, index: i + 1 })),
  );
  const missing = helpers.indexOf(null);
  // Numbers have no gaps.
  const crew = new Crew(words, missing < 0 ? most : missing + 1);
  employCrew(crew);
  if (!isWanted) choose(crew);
  for (const helper of helpers.slice(crew.threads - 1)) helper?.terminate();
  return crew.threads;
}

/** Starts a helper; null where that cannot be done. */
function start(hired: Hired): Promise<Worker | null> {
  const address = script();
  const started = new Promise<Worker | null>((resolve) => {
    const worker = new Worker(address, { type: "module", name: NAME });
    const settle = (helper: Worker | null) => {
      clearTimeout(timer);
      if (!helper) worker.terminate();
      resolve(helper);
    };
    const timer = setTimeout(() => settle(null), PATIENCE);
    worker.onmessage = () => settle(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      settle(null);
    };
    worker.postMessage(hired);
  });
  // By then it was read, or never will be. What is no blob's address stays as it is.
  return started.catch(() => null).finally(() => URL.revokeObjectURL(address));
}

/** This worker's own script: it becomes a helper by its name. One that came from another origin is imported by a new one. */
function script(): string {
  const { href, protocol } = (globalThis as unknown as { location: Location }).location;
  if (protocol !== "blob:") return href;
  const shim = `import ${JSON.stringify(new URL("../worker.js", import.meta.url).href)};`;
  return URL.createObjectURL(new Blob([shim], { type: "text/javascript" }));
}

/** Takes the smallest number of threads that is about as fast as any. */
function choose(crew: Crew): void {
  const most = crew.threads;
  const numbers = [...new Set([1, Math.ceil(most / 4), Math.ceil(most / 2), most])];
  const paces = numbers.map((threads) => ({ threads, pace: pace(crew, threads) }));
  const best = Math.min(...paces.map(({ pace }) => pace));
  const chosen = paces.find(({ pace }) => pace * WORTH <= best);
  use(crew, chosen?.threads ?? 1);
}

/** Milliseconds, the best of some. */
function pace(crew: Crew, threads: number): number {
  use(crew, threads);
  const times = Array.from({ length: 4 }, () => {
    const began = performance.now();
    crewTrial();
    return performance.now() - began;
  });
  return Math.min(...times);
}

function use(crew: Crew, threads: number): void {
  crew.threads = threads;
  employCrew(crew);
}
