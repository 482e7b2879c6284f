/**
 * Judgements of what is on this page, by text: frameworks make elements anew, and lists keep only those in sight, but it is
 * the same answer that comes back, and it is not judged again.
 */

import type { Client } from "../client.js";
import { LIMITS } from "../limits.js";
import type { HostEvent } from "../protocol.js";
import type { State } from "../words.js";

/** What shows a judgement of an answer: its badge, and what is underlined in it. */
interface View {
  show(state: State, question: string): void;
}

/** One answer's judgement, shown as often as that answer is. */
export class Judging {
  readonly #views = new Set<View>();
  #state: State = { kind: "checking", odd: [] };
  #running: AbortController | null = null;

  constructor(
    readonly question: string,
    readonly answer: string,
    private readonly client: Client,
  ) {}

  /** Whether asking again would only repeat it. */
  get isKept(): boolean {
    return this.#running !== null || this.#state.kind === "judged";
  }

  async ask(again: boolean): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#say({ kind: "checking", odd: [] });
    const { question, answer } = this;
    const onEvent = (event: HostEvent) => {
      // The answer was read, and only now is it compared with the model's own.
      if (event.kind !== "progress" || event.progress.phase !== "words") return;
      this.#say({ kind: "checking", odd: event.progress.odd });
    };
    const state = await this.client
      .call("judge", { question, answer, again }, { signal: running.signal, onEvent })
      .catch((error: unknown): State => ({ kind: "failed", error }));
    if (running.signal.aborted) return;
    this.#running = null;
    this.#say(state);
  }

  /** More of the answer came, or the page is left; who still shows it waits for it. */
  abort(): void {
    if (this.#views.size > 0) return;
    this.#running?.abort();
    this.#running = null;
  }

  showOn(view: View): void {
    this.#views.add(view);
    view.show(this.#state, this.question);
  }

  /** What is being judged goes on: the answer may come back. */
  leave(view: View): void {
    this.#views.delete(view);
  }

  #say(state: State): void {
    this.#state = state;
    for (const view of this.#views) view.show(state, this.question);
  }
}

/** The last of them. */
export class Judgings {
  readonly #all = new Map<string, Judging>();

  constructor(private readonly client: Client) {}

  /** What is known or about to be, of that text. */
  known(question: string, answer: string): Judging | null {
    const judging = this.#all.get(nameOf(question, answer));
    return judging?.isKept ? judging : null;
  }

  /** The question that an answer was judged for, where the page shows the answer only. */
  questionOf(answer: string): string {
    return [...this.#all.values()].findLast((judging) => judging.answer === answer)?.question ?? "";
  }

  of(question: string, answer: string): Judging {
    const name = nameOf(question, answer);
    const judging = this.#all.get(name) ?? new Judging(question, answer, this.client);
    this.#all.delete(name);
    this.#all.set(name, judging);
    for (const [oldest, old] of this.#all) {
      if (this.#all.size <= LIMITS.remembered) break;
      old.abort();
      this.#all.delete(oldest);
    }
    return judging;
  }

  stop(): void {
    for (const judging of this.#all.values()) judging.abort();
    this.#all.clear();
  }
}

const nameOf = (question: string, answer: string): string => JSON.stringify([question, answer]);
