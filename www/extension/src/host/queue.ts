/** One thing at a time; what a person waits for goes before what a page waits for. */

interface Waiting {
  urgent: boolean;
  start(): void;
  skip(): void;
}

export class Queue {
  #waiting: Waiting[] = [];
  #busy = false;

  /** @param limit how many that are not urgent may wait */
  constructor(private readonly limit: number) {}

  /** The result of the work, or null when too much came after it. */
  async add<T>(work: () => Promise<T>, urgent: boolean, signal: AbortSignal): Promise<T | null> {
    if (this.#busy && !(await this.#turn(urgent, signal))) return null;
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
      this.#next();
    }
  }

  #turn(urgent: boolean, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (mayStart: boolean) => {
        signal.removeEventListener("abort", entry.skip);
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        resolve(mayStart);
      };
      const entry: Waiting = { urgent, start: () => settle(true), skip: () => settle(false) };
      signal.addEventListener("abort", entry.skip, { once: true });
      this.#waiting.push(entry);
      const patient = this.#waiting.filter((other) => !other.urgent);
      if (patient.length > this.limit) patient[0]?.skip();
    });
  }

  #next(): void {
    const next = this.#waiting.find((entry) => entry.urgent) ?? this.#waiting[0];
    if (!next) return;
    // Taken before it runs, or one that is added meanwhile would run beside it.
    this.#busy = true;
    next.start();
  }
}
