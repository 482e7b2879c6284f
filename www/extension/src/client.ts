/**
 * The near end of the port to the offscreen document. When the document is gone, closed by the browser or not there yet,
 * the service worker makes another one and what was not answered is asked again.
 */

import type { ErrorRecord } from "semgrad";
import {
  type Calls,
  type HostEvent,
  type HostState,
  PORT,
  type ToClient,
  type ToHost,
  toBackground,
} from "./protocol.js";

/** How often one question is asked before giving up. */
const TRIES = 3;

interface Pending {
  message: ToHost;
  tries: number;
  onEvent: ((event: HostEvent) => void) | undefined;
  resolve(value: never): void;
  reject(error: CallError): void;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onEvent?: (event: HostEvent) => void;
}

/** A failure as it came over the port. */
export class CallError extends Error {
  constructor(readonly record: ErrorRecord) {
    super(record.message);
  }
}

const LOST: ErrorRecord = {
  code: "internal",
  message: "the part of the extension that holds the model is not there",
  advice: "Try again; if that does not help, load the extension again.",
};

const ABORTED: ErrorRecord = { code: "aborted", message: "the caller aborted", advice: "Ask again." };

export class Client {
  #port: chrome.runtime.Port | null = null;
  #connecting: Promise<void> | null = null;
  #pending = new Map<number, Pending>();
  #nextId = 1;

  /** @param onState hears what goes on with the model; content scripts are not told */
  constructor(private readonly onState: (state: HostState) => void = () => {}) {}

  /** Connects, to hear the state before anything is asked. */
  async watch(): Promise<void> {
    await this.#connect();
  }

  call<K extends keyof Calls>(
    type: K,
    body: Omit<Calls[K], "reply">,
    { signal, onEvent }: CallOptions = {},
  ): Promise<Calls[K]["reply"]> {
    const id = this.#nextId++;
    const abort = () => {
      this.#settle(id)?.reject(new CallError(ABORTED));
      this.#post({ id, type: "abort" });
    };
    return new Promise<Calls[K]["reply"]>((resolve, reject) => {
      if (signal?.aborted) throw new CallError(ABORTED);
      signal?.addEventListener("abort", abort, { once: true });
      this.#pending.set(id, { message: { id, type, ...body } as ToHost, tries: 0, onEvent, resolve, reject });
      void this.#send(id);
    }).finally(() => signal?.removeEventListener("abort", abort));
  }

  async #send(id: number): Promise<void> {
    const pending = this.#pending.get(id);
    if (!pending) return;
    pending.tries += 1;
    try {
      await this.#connect();
      // Aborted while it waited.
      if (this.#pending.has(id)) this.#post(pending.message);
    } catch {
      this.#settle(id)?.reject(new CallError(LOST));
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #post(message: ToHost): void {
    this.#port?.postMessage(message);
  }

  #connect(): Promise<void> {
    if (this.#port) return Promise.resolve();
    this.#connecting ??= toBackground("wake")
      .then(() => {
        const port = chrome.runtime.connect({ name: PORT });
        port.onMessage.addListener((message: ToClient) => this.#hear(message));
        port.onDisconnect.addListener(() => this.#lost());
        this.#port = port;
      })
      .finally(() => {
        this.#connecting = null;
      });
    return this.#connecting;
  }

  #hear(message: ToClient): void {
    if (message.type === "state") this.onState(message.state);
    else if (message.type === "event") this.#pending.get(message.id)?.onEvent?.(message.event);
    else if (message.type === "done") this.#settle(message.id)?.resolve(message.value as never);
    else this.#settle(message.id)?.reject(new CallError(message.error));
  }

  #lost(): void {
    // Reading it is how the browser learns that a refused connection did not go unnoticed.
    void chrome.runtime.lastError;
    this.#port = null;
    this.onState({ kind: "empty" });
    for (const [id, { tries }] of [...this.#pending]) {
      if (tries < TRIES) void this.#send(id);
      else this.#settle(id)?.reject(new CallError(LOST));
    }
  }
}
