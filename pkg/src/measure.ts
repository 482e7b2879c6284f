/** Speed of a transfer and sizes in words. */

/** Bytes per second over the last few seconds. */
export class Speed {
  bytesPerSecond = 0;
  private samples: { at: number; bytes: number }[] = [];

  constructor(
    start: number,
    now = performance.now(),
    private readonly windowMs = 3000,
  ) {
    this.samples.push({ at: now, bytes: start });
  }

  add(bytes: number, now: number): void {
    this.samples.push({ at: now, bytes });
    while (this.samples.length > 2 && now - (this.samples[0]?.at ?? now) > this.windowMs) this.samples.shift();
    const first = this.samples[0];
    if (first && now > first.at) this.bytesPerSecond = ((bytes - first.bytes) * 1000) / (now - first.at);
  }
}

/** A size as people read it, in decimal units. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
