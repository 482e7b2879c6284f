/** How far a stage is, and how long it is going to take. */

/** Counts what is done. */
export class Clock {
  private readonly began = performance.now();
  private readonly already: number;

  /** @param done what was there before */
  constructor(
    private readonly total: number,
    private done: number,
  ) {
    this.already = done;
  }

  /** One more is done. */
  tick(): void {
    this.done += 1;
  }

  /** At the mean speed so far; the time is null before the first. */
  now(): { done: number; total: number; secondsLeft: number | null } {
    const { done, total } = this;
    const here = done - this.already;
    const each = (performance.now() - this.began) / 1000 / here;
    return { done, total, secondsLeft: here === 0 ? null : each * (total - done) };
  }
}
