/**
 * One tab at a time teaches a model: two would write over what the other one keeps. The browser's locks (Web Locks) see to it,
 * and let go by themselves of a tab that is closed or dies. A browser without them has nobody to ask, and every tab may.
 */
export class Turn {
  /** Whether another tab is at it, as far as is known here. */
  elsewhere = false;
  private readonly locks = (navigator as Partial<Navigator>).locks;
  private readonly name: string;
  private readonly closing = new AbortController();

  /** @param onChange another tab was found to be at it, or has stopped */
  constructor(
    model: string,
    private readonly onChange: () => void,
  ) {
    this.name = `semgrad-teach ${model}`;
  }

  /** Does the work while no other tab can; nothing where another one is at it, which is then waited for. */
  async take(work: () => Promise<void>): Promise<void> {
    const { locks } = this;
    if (!locks) return work();
    return locks.request(this.name, { ifAvailable: true }, (lock) => (lock ? work() : this.wait(locks)));
  }

  /** Looks whether another tab is at it. */
  async look(): Promise<void> {
    const { locks } = this;
    const { held } = (await locks?.query()) ?? {};
    if (locks && held?.some(({ name }) => name === this.name)) this.wait(locks);
  }

  /** Nobody waits here any more. */
  close(): void {
    this.closing.abort();
  }

  /** Says when the other one has stopped. */
  private wait(locks: LockManager): void {
    if (this.elsewhere) return;
    this.elsewhere = true;
    this.onChange();
    const { signal } = this.closing;
    const free = () => {
      this.elsewhere = false;
      this.onChange();
    };
    // Shared: of several that wait, none waits for another. Whoever was closed has nobody to tell.
    locks.request(this.name, { mode: "shared", signal }, () => undefined).then(free, () => undefined);
  }
}
