/** What orders the work of threads, as the module calls it. */

import { COUNT, DONE, FAILED, GENERATION, JOB, NEXT, THREADS } from "./words.js";

/** Looks before a thread goes to sleep: some ten microseconds, while most pieces last longer. */
const LOOKS = 4096;
/** A piece lasts milliseconds; a helper that says nothing for so long is gone. */
const LONGEST = 60_000;

/** The thread that runs the model, and its helpers. */
export class Crew {
  constructor(
    private readonly words: Int32Array,
    threads: number,
  ) {
    this.threads = threads;
  }

  /** How many take part in the next job, this thread among them. */
  get threads(): number {
    return this.words[THREADS] ?? 1;
  }

  set threads(threads: number) {
    Atomics.store(this.words, THREADS, threads);
  }

  /** Offers the pieces of a job. */
  open(job: number, count: number): void {
    const { words } = this;
    Atomics.store(words, JOB, job);
    Atomics.store(words, COUNT, count);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, NEXT, 0);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
  }

  /** The next piece for this thread. */
  next(): number {
    return Atomics.add(this.words, NEXT, 1);
  }

  /** Waits until helpers have done so many pieces; false where one of them failed or is gone. */
  close(pieces: number): boolean {
    const { words } = this;
    for (let i = 0; Atomics.load(words, DONE) < pieces; i += 1) {
      if (i >= LOOKS && !this.#sleep(pieces)) return false;
    }
    return Atomics.load(words, FAILED) === 0;
  }

  #sleep(pieces: number): boolean {
    const end = performance.now() + LONGEST;
    for (;;) {
      const done = Atomics.load(this.words, DONE);
      if (done >= pieces) return true;
      if (performance.now() > end) return false;
      Atomics.wait(this.words, DONE, done, 1);
    }
  }
}
