/**
 * One file from the network into a store: streamed, hashed on the way, resumed after a cut, used from the store alone
 * once complete.
 */

import { SemgradError, throwIfAborted, toSemgradError } from "./errors.js";
import type { Head } from "./head.js";
import { patiently, refused } from "./hub/answer.js";
import { blocksOf, isIntact } from "./intact.js";
import { formatBytes, Speed } from "./measure.js";
import { delay } from "./pause.js";
import type { RemoteFile } from "./source.js";
import type { ByteSource, Meta, Sink, Store } from "./store/store.js";
import type { LoadProgress } from "./types.js";

/** Incremental SHA-256 (the wasm module's, in the product). */
export interface Hasher {
  update(chunk: Uint8Array): void;
  hex(): string;
  free(): void;
}

/** What a download needs from outside. */
export interface DownloadContext {
  store: Store;
  hasher: () => Hasher;
  onProgress: (progress: LoadProgress) => void;
  signal?: AbortSignal | undefined;
  fetch?: typeof fetch;
  /** After so many milliseconds without a byte the connection counts as cut. */
  silence?: number;
  /** A download of so many bytes begins, from the start; what is returned is fed with them. */
  begin?: (name: string, size: number) => Head | undefined;
}

/** A file that is ready to be read. */
export interface Obtained {
  source: ByteSource;
  sha256: string;
}

const VERIFY_CHUNK = 4 * 1024 * 1024;
/** Cuts in a row, without a byte in between, before giving up. */
const MAX_CUTS = 3;
const RETRY_DELAY_MS = 400;
/** A machine that slept, or changed networks, may keep a connection that nobody answers any more. */
const SILENCE_MS = 120_000;
const PROGRESS_EVERY_MS = 100;

/** The key of a file: its expected hash, so that every mirror fills the same entry, or else its address. */
export async function cacheKey(file: RemoteFile): Promise<string> {
  if (file.sha256) return file.sha256;
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  // Without a secure context there is no lasting store either: any unique text will do in memory.
  if (!subtle) return encodeURIComponent(file.url);
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(file.url));
  return `url-${Array.from(new Uint8Array(digest).slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The file, from the store or else from the network; null for an optional file that does not exist. */
export async function obtain(file: RemoteFile, context: DownloadContext): Promise<Obtained | null> {
  const key = await cacheKey(file);
  const { store, signal, onProgress } = context;
  return exclusively(key, signal, async () => {
    const message = `another program downloads ${file.name}: waiting for it`;
    await store.take?.(key, () => onProgress({ phase: "warning", message }), signal);
    const { meta, bytes } = await store.stat(key);
    if (meta?.complete) {
      if (meta.absent && file.optional) return null;
      const usable = meta.sha256 && bytes === meta.size && (!file.sha256 || file.sha256 === meta.sha256);
      const kept = usable ? await intact(file.name, key, meta, context) : null;
      if (kept) return kept;
      await store.remove(key);
    }
    const [, other] = await cacheKeys(file);
    // It may have come by its address alone, when nobody knew its hash.
    const same = other === undefined ? null : await store.stat(other);
    if (other && same?.meta?.complete && same.meta.sha256 === file.sha256 && same.bytes === same.meta.size) {
      const kept = await intact(file.name, other, same.meta, context);
      if (kept) return kept;
    }
    return new Download(file, key, context).run();
  });
}

/** A file that is complete in the store; null where it is not any more what it was. */
async function intact(name: string, key: string, meta: Meta, context: DownloadContext): Promise<Obtained | null> {
  const { store, onProgress, signal } = context;
  const source = await store.open(key);
  const hear = (loaded: number) => onProgress({ phase: "verify", file: name, loaded, total: source.size });
  const check = () =>
    isIntact(source, meta, hear, signal).catch((thrown: unknown) => {
      // A part that the browser took away is a part that is not what it was.
      if (toSemgradError(thrown).code === "corrupt_weights") return false;
      throw thrown;
    });
  return !isLasting(store) || (await check()) ? { source, sha256: meta.sha256 as string } : null;
}

/** Whether a browser keeps it, where nobody looks at what is kept. On a disk, whoever puts a file there looks at its hash. */
const isLasting = ({ kind }: Store): boolean => kind === "opfs" || kind === "cache-api";

/** All keys that a file may be found under. */
export async function cacheKeys(file: RemoteFile): Promise<string[]> {
  const { sha256, ...bare } = file;
  return sha256 ? [sha256, await cacheKey(bare)] : [await cacheKey(bare)];
}

/** One tab downloads, the others wait and find the file complete. */
async function exclusively<T>(key: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return work();
  throwIfAborted(signal);
  return (await locks.request(`semgrad:${key}`, signal ? { signal } : {}, work)) as T;
}

class Download {
  private offset = 0;
  private resumed = false;
  private hasher: Hasher;
  private meta: Meta;
  private lastReport = 0;
  private head: Head | undefined;

  constructor(
    private readonly file: RemoteFile,
    private readonly key: string,
    private readonly context: DownloadContext,
  ) {
    this.hasher = context.hasher();
    this.meta = this.emptyMeta();
  }

  async run(): Promise<Obtained | null> {
    try {
      await this.adoptPartial();
      for (;;) {
        if (!(await this.fetchAll())) return null;
        const sha256 = this.hasher.hex();
        if (!this.file.sha256 || sha256 === this.file.sha256) {
          const meta = { ...this.meta, size: this.offset, sha256, complete: true };
          // Complete before it is read once more: an abort in between costs the hashes of blocks only.
          await this.context.store.seal(this.key, meta);
          const source = await this.context.store.open(this.key);
          await this.keepBlocks(meta, source);
          return { source, sha256 };
        }
        await this.context.store.remove(this.key);
        if (!this.resumed) throw this.mismatch(`SHA-256 is ${sha256}, expected ${this.file.sha256}`);
        // The first part may stem from an older version of the file: once more, from the start.
        this.restart();
      }
    } finally {
      this.head?.end();
      this.hasher.free();
    }
  }

  /** What a later load looks at. */
  private async keepBlocks(meta: Meta, source: ByteSource): Promise<void> {
    const { store, signal } = this.context;
    if (!isLasting(store)) return;
    const blocks = await blocksOf(source, signal);
    if (blocks.length > 0) await store.seal(this.key, { ...meta, blocks });
  }

  private emptyMeta(): Meta {
    const { name, url, size } = this.file;
    return { name, url, size: size ?? null, etag: null, sha256: null, complete: false };
  }

  private restart(): void {
    this.head?.end();
    this.head = undefined;
    this.hasher.free();
    this.hasher = this.context.hasher();
    this.meta = this.emptyMeta();
    this.offset = 0;
    this.resumed = false;
  }

  /** Hashes what an earlier download left, so that only the rest is fetched. */
  private async adoptPartial(): Promise<void> {
    const { store } = this.context;
    const { meta, bytes } = await store.stat(this.key);
    if (!meta || meta.complete || bytes === 0) return;
    // With a known hash the end result is checked anyway; otherwise only the very same address may continue.
    if (!this.file.sha256 && meta.url !== this.file.url) return;
    if (meta.size !== null && bytes > meta.size) return;
    const source = await store.open(this.key);
    await hashInto(this.hasher, this.file.name, source, this.context);
    this.offset = source.size;
    this.meta = { ...meta, url: this.file.url };
    this.resumed = true;
  }

  /** Fetches until the end, going on after cuts. False when an optional file does not exist. */
  private async fetchAll(): Promise<boolean> {
    let cuts = 0;
    while (this.meta.size === null || this.offset < this.meta.size) {
      const before = this.offset;
      try {
        const response = await this.request();
        if (!response) return false;
        await this.receive(response);
        if (this.meta.size === null) return true;
        if (this.offset < this.meta.size) throw new Error(`the connection ended after ${this.offset} bytes`);
      } catch (thrown) {
        throwIfAborted(this.context.signal);
        if (thrown instanceof SemgradError) throw thrown;
        const name = thrown instanceof Error ? thrown.name : "";
        if (name === "QuotaExceededError") throw await this.full(thrown);
        cuts = this.offset > before ? 1 : cuts + 1;
        // An address that never answered is not asked again: only a cut is worth another try.
        if (this.offset === 0 || cuts > MAX_CUTS) throw this.networkError(thrown);
        await delay(RETRY_DELAY_MS * cuts, this.context.signal);
      }
    }
    return true;
  }

  /** Asks for the rest of the file, and settles what is being answered: the rest, or all of it again. */
  private async request(): Promise<Response | null> {
    const { signal } = this.context;
    const ask = (headers: Record<string, string>) =>
      (this.context.fetch ?? fetch)(this.file.url, {
        headers,
        cache: "no-store",
        referrerPolicy: "no-referrer",
        ...(signal ? { signal } : {}),
      });
    const get = (headers: Record<string, string>) => patiently(() => ask(headers), signal);
    let response = await get(this.offset > 0 ? { Range: `bytes=${this.offset}-` } : {});
    if (this.offset > 0 && !this.continues(response)) {
      if (response.status !== 200) {
        await response.body?.cancel();
        response = await get({});
      }
      this.restart();
    }
    // A page server that answers everything with its index has no such file either.
    const page = this.file.optional && /^text\/html/.test(response.headers.get("content-type") ?? "");
    if (this.file.optional && (response.status === 404 || page)) {
      await response.body?.cancel();
      const meta = { ...this.meta, size: 0, complete: true, absent: true };
      await this.context.store.seal(this.key, meta);
      return null;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw refused(this.file.name, response, this.file.ifMissing);
    }
    this.readHeaders(response);
    return response;
  }

  /** Whether the answer is the missing rest of the very file that was begun. */
  private continues(response: Response): boolean {
    if (response.status !== 206) return false;
    // Across origins these headers may be hidden; then the size must do.
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    if (range && Number(range[1]) !== this.offset) return false;
    const total = range?.[2] && range[2] !== "*" ? Number(range[2]) : this.offset + contentLength(response, 0);
    if (this.meta.size !== null && total !== this.meta.size) return false;
    const etag = response.headers.get("etag");
    return Boolean(this.file.sha256) || !this.meta.etag || !etag || etag === this.meta.etag;
  }

  private readHeaders(response: Response): void {
    this.meta.etag = response.headers.get("etag") ?? this.meta.etag;
    // The length of a compressed transfer is not that of the file.
    const encoded = (response.headers.get("content-encoding") ?? "identity") !== "identity";
    const rest = encoded ? null : contentLength(response, null);
    if (rest === null) return;
    const size = this.offset + rest;
    if (this.file.size !== undefined && size !== this.file.size) {
      throw this.mismatch(`the server offers ${size} bytes, expected ${this.file.size}`);
    }
    this.meta.size = size;
  }

  private async receive(response: Response): Promise<void> {
    const body = response.body;
    if (!body) throw new Error("empty response");
    let sink: Sink | null = null;
    const reader = body.getReader();
    const speed = new Speed(this.offset);
    try {
      await this.checkQuota();
      sink = await this.context.store.write(this.key, this.meta, this.offset);
      this.report(speed, true);
      if (this.offset === 0 && this.meta.size !== null) {
        this.head = this.context.begin?.(this.file.name, this.meta.size);
      }
      for (;;) {
        throwIfAborted(this.context.signal);
        const { done, value } = await this.heard(reader);
        if (done) break;
        if (this.meta.size !== null && this.offset + value.length > this.meta.size) {
          throw this.mismatch(`the server sends more than ${this.meta.size} bytes`);
        }
        await sink.write(value);
        this.head?.feed(value);
        this.hasher.update(value);
        this.offset += value.length;
        this.report(speed, false);
      }
      this.report(speed, true);
    } finally {
      // Close first: what was written must be kept, whatever becomes of the connection.
      try {
        await sink?.close();
      } finally {
        await reader.cancel().catch(() => undefined);
      }
    }
  }

  /** The next bytes, which do not stay away for ever. */
  private async heard(reader: ReadableStreamDefaultReader<Uint8Array>) {
    const { silence = SILENCE_MS } = this.context;
    const came = new AbortController();
    const silent = delay(silence, came.signal).then((): never => {
      throw new Error(`nothing came for ${silence / 1000} s`);
    });
    // Once something came, nobody waits for it.
    silent.catch(() => undefined);
    try {
      return await Promise.race([reader.read(), silent]);
    } finally {
      came.abort();
    }
  }

  private report(speed: Speed, always: boolean): void {
    const now = performance.now();
    speed.add(this.offset, now);
    if (!always && now - this.lastReport < PROGRESS_EVERY_MS) return;
    this.lastReport = now;
    this.context.onProgress({
      phase: "download",
      file: this.file.name,
      loaded: this.offset,
      total: this.meta.size,
      bytesPerSecond: speed.bytesPerSecond,
    });
  }

  private async checkQuota(): Promise<void> {
    if (this.meta.size === null) return;
    const free = await this.context.store.free();
    if (free !== null && this.meta.size - this.offset > free)
      throw this.quota(this.meta.size - this.offset, undefined, free);
  }

  /** What did not go in was counted as it came: how much is there, the store knows. */
  private async full(cause: unknown): Promise<SemgradError> {
    const { bytes } = await this.context.store.stat(this.key);
    return this.quota(this.meta.size === null ? null : this.meta.size - bytes, cause);
  }

  private quota(missing: number | null, cause: unknown, free?: number): SemgradError {
    const need = missing === null ? "more" : formatBytes(missing);
    const isDisk = this.context.store.kind === "disk";
    const have = free === undefined ? "" : `, ${isDisk ? "the disk has" : "the browser grants"} ${formatBytes(free)}`;
    const others = isDisk ? "name another folder as cacheDir" : "remove other models from the cache";
    return new SemgradError(
      "quota_exceeded",
      `${this.file.name} needs ${need}${have}`,
      `Free disk space, ${others}, or use cache: "none".`,
      cause === undefined ? undefined : { cause },
    );
  }

  private mismatch(detail: string): SemgradError {
    return new SemgradError(
      "integrity_mismatch",
      `${this.file.name} is not the expected file: ${detail}`,
      "Nothing of it was kept. Check the address, or ask its owner for the right file.",
    );
  }

  private networkError(thrown: unknown): SemgradError {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const kept = this.offset > 0 ? ` after ${formatBytes(this.offset)}` : "";
    return new SemgradError(
      "network",
      `${this.file.name} could not be downloaded${kept}: ${reason}`,
      "Check the connection and the address, then load again: a cut download continues where it stopped.",
      { cause: thrown },
    );
  }
}

function contentLength<T>(response: Response, otherwise: T): number | T {
  const text = response.headers.get("content-length");
  return text !== null && /^\d+$/.test(text) ? Number(text) : otherwise;
}

type HashContext = Pick<DownloadContext, "hasher" | "onProgress" | "signal">;

/** Feeds a file to a hasher, slice by slice. */
export async function hashInto(
  hasher: Hasher,
  name: string,
  source: ByteSource,
  { onProgress, signal }: HashContext,
): Promise<void> {
  for (let offset = 0; offset < source.size; ) {
    throwIfAborted(signal);
    const length = Math.min(VERIFY_CHUNK, source.size - offset);
    hasher.update(await source.read(offset, length));
    offset += length;
    onProgress({ phase: "verify", file: name, loaded: offset, total: source.size });
  }
}

/** Hashes a file that the page handed over; the error names it when it is not the expected one. */
export async function verifyLocal(
  name: string,
  source: ByteSource,
  expected: string,
  context: HashContext,
): Promise<void> {
  const hasher = context.hasher();
  try {
    await hashInto(hasher, name, source, context);
    const sha256 = hasher.hex();
    if (sha256 === expected) return;
    throw new SemgradError(
      "integrity_mismatch",
      `${name} is not the expected file: SHA-256 is ${sha256}, expected ${expected}`,
      "Choose the right file, or leave integrity away.",
    );
  } catch (thrown) {
    throw toSemgradError(thrown);
  } finally {
    hasher.free();
  }
}
