/**
 * The beginning of a file that is still coming: its header can be read long before the rest is there.
 */

/** No header is longer: that of a model with 262,000 words has 13 MB. Nothing behind it is kept. */
const LIMIT = 32 * 1024 * 1024;

export class Head {
  private chunks: Uint8Array[] = [];
  private received = 0;
  private isOpen = true;
  private wake: () => void = () => {};
  private changed = this.next();

  /** Bytes of the whole file. */
  constructor(readonly size: number) {}

  /** The bytes that come next; they must not be changed afterwards. */
  feed(chunk: Uint8Array): void {
    if (!this.isOpen) return;
    this.chunks.push(chunk);
    this.received += chunk.length;
    if (this.received > LIMIT) this.isOpen = false;
    this.notify();
  }

  /** Nothing more comes: reads that still wait fail. */
  end(): void {
    this.isOpen = false;
    this.notify();
  }

  /** Nothing more is wanted, and nothing kept. */
  close(): void {
    this.end();
    this.chunks = [];
    this.received = 0;
  }

  /** Waits until these bytes are there. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    while (offset + length > this.received) {
      if (!this.isOpen) throw new Error("the header ended early");
      await this.changed;
    }
    const bytes = new Uint8Array(length);
    let start = 0;
    for (const chunk of this.chunks) {
      const [from, to] = [Math.max(offset - start, 0), Math.min(offset + length - start, chunk.length)];
      if (from < to) bytes.set(chunk.subarray(from, to), start + from - offset);
      start += chunk.length;
    }
    return bytes;
  }

  private notify(): void {
    const wake = this.wake;
    this.changed = this.next();
    wake();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
