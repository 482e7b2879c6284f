/**
 * Every request that the page and its worker make, as the browser reports them: the page's own by its performance
 * entries, the worker's by the service worker, through which they pass. Kept in memory only.
 */

/** One request. */
export interface Request {
  url: string;
  /** Milliseconds since 1970. */
  at: number;
  by: "page" | "worker";
  /** A copy on this machine answered; null where the browser does not say. */
  copy: boolean;
}

type Message = { type?: string; url: string; kept: boolean; at: number };

/** Collects from the page's first request on. */
export class NetworkLog extends EventTarget {
  readonly requests: Request[] = [];
  /** When the model became ready; null while there is none. */
  loadedAt: number | null = null;

  constructor() {
    super();
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.add(fromEntry(entry as PerformanceResourceTiming));
    });
    observer.observe({ type: "navigation", buffered: true });
    observer.observe({ type: "resource", buffered: true });
    navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
      if (data?.type === "request") this.add({ url: data.url, at: data.at, by: "worker", copy: data.kept });
    });
  }

  /** Requests to the network since the model became ready; null while there is none. */
  get sinceLoaded(): number | null {
    const since = this.loadedAt;
    return since === null ? null : this.requests.filter(({ at, copy }) => at > since && !copy).length;
  }

  /** From now on nothing needs the network. */
  markLoaded(loaded: boolean): void {
    this.loadedAt = loaded ? Date.now() : null;
    this.dispatchEvent(new Event("change"));
  }

  private add(request: Request): void {
    // What lies in memory already is no request.
    if (/^(blob|data):/.test(request.url)) return;
    this.requests.push(request);
    this.dispatchEvent(new Event("change"));
  }
}

function fromEntry(entry: PerformanceResourceTiming): Request {
  const { name, startTime, workerStart, transferSize } = entry;
  const delivered = (entry as { deliveryType?: string }).deliveryType === "cache";
  return {
    url: name,
    at: performance.timeOrigin + startTime,
    by: "page",
    copy: delivered || (workerStart > 0 && transferSize === 0),
  };
}
