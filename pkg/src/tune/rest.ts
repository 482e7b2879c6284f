/**
 * Rests for the device: it works for minutes to hours here, which makes it hot, and somebody wants to use it meanwhile.
 *
 * The browser says when, where it has the Compute Pressure API: Chromium, in windows and since later in workers; it is asked
 * in the caller's thread, whichever that is. Of its states, `serious` can last and is what steady work looks like; `critical`
 * cannot, and ends in a processor that is slowed down. Chromium makes both of how busy all processors are and knows no
 * temperature: where there are but one or two, work like this can be critical by itself. So a rest ends as soon as there is
 * less pressure and after half a minute at the latest, and two minutes are worked before each.
 *
 * Where nobody says it, nothing rests. Steps that get slower are no sign of heat: longer questions make them so, other
 * programs, others who ask in between, and a page in the background. The system slows down hot processors by itself.
 */

/** How hard the device is pressed, as the browser says it. */
export type Pressure = "nominal" | "fair" | "serious" | "critical";

/** Milliseconds: of a rest at most, and of work before each. A run takes at most a quarter longer than without. */
export const [MOST, BETWEEN] = [30_000, 120_000];

/** What this needs of the API, which TypeScript does not know. */
interface Observer {
  observe(source: "cpu", options: { sampleInterval: number }): Promise<void>;
  disconnect(): void;
}
type Hear = (records: readonly { state: Pressure }[]) => void;

/** Milliseconds between two looks. */
const LOOK = 2000;

/** Those of one run. */
export class Rests {
  private pressure: Pressure | null = null;
  private observer: Observer | null = null;
  /** When work began, or went on after a rest. */
  private since = performance.now();
  /** Called whenever the pressure is another. */
  private heard = () => {};

  /** @param tell hears of the beginning and of the end of a rest */
  constructor(private readonly tell: (resting: boolean, pressure: Pressure | null) => void) {
    this.listen();
  }

  /** Resolves as soon as the work may go on, at once after an abort: mostly it may. */
  async rest(signal?: AbortSignal): Promise<void> {
    if (this.pressure !== "critical" || performance.now() - this.since < BETWEEN) return;
    this.tell(true, this.pressure);
    await this.eased(signal);
    this.since = performance.now();
    this.tell(false, this.pressure);
    // A page that nobody sees hears of no change: what it heard last may have passed long ago, so it is asked for anew.
    if (this.pressure === "critical") this.listen();
  }

  /** Nothing rests any more. */
  end(): void {
    this.observer?.disconnect();
    this.observer = null;
    this.pressure = null;
  }

  private eased(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        this.heard = () => {};
        resolve();
      };
      const timer = setTimeout(done, MOST);
      this.heard = () => {
        if (this.pressure === "nominal" || this.pressure === "fair") done();
      };
      signal?.addEventListener("abort", done);
      if (signal?.aborted) done();
    });
  }

  private listen(): void {
    this.end();
    const { PressureObserver } = globalThis as { PressureObserver?: new (hear: Hear) => Observer };
    if (!PressureObserver) return;
    try {
      this.observer = new PressureObserver((records) => {
        this.pressure = records.at(-1)?.state ?? null;
        this.heard();
      });
      // Forbidden, or the browser cannot tell: then nothing is heard.
      this.observer.observe("cpu", { sampleInterval: LOOK }).catch(() => undefined);
    } catch {
      this.end();
    }
  }
}
