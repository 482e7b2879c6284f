/**
 * Follows a page: finds answers, waits until each is finished and in sight, has it judged once, and keeps its badge in
 * place. However much the page changes, it is looked at every {@link LIMITS.scan} ms at most.
 */

import type { Client } from "../client.js";
import { LIMITS } from "../limits.js";
import { toBackground } from "../protocol.js";
import type { SiteRule } from "../sites.js";
import { Badge, isBadge } from "./badge.js";
import { findTurns, type Turn } from "./find.js";
import { textOf } from "./text.js";

interface Followed {
  turn: Turn;
  text: string;
  /** When its text was last different. */
  changed: number;
  /** Whether this text was given to the model. */
  asked: boolean;
  inSight: boolean;
  badge: Badge | null;
  returns: number;
  running: AbortController | null;
}

export class Watcher {
  readonly #followed = new Map<Element, Followed>();
  readonly #changes = new MutationObserver((records) => {
    if (!records.every(isOurs)) this.#soon(LIMITS.scan);
  });
  readonly #sight = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: "50%" });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Number.POSITIVE_INFINITY;

  constructor(
    private readonly rules: readonly SiteRule[],
    private readonly client: Client,
  ) {}

  start(): void {
    this.#changes.observe(document.documentElement, { childList: true, characterData: true, subtree: true });
    this.#soon(0);
  }

  /** Leaves the page as it was. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#changes.disconnect();
    this.#sight.disconnect();
    for (const followed of this.#followed.values()) drop(followed);
    this.#followed.clear();
  }

  /** Scans after that long, or when it was going to anyway. */
  #soon(ms: number): void {
    const due = performance.now() + ms;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#scan();
    }, ms);
  }

  #look(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const followed = this.#followed.get(target);
      if (followed) followed.inSight = isIntersecting;
    }
    this.#soon(LIMITS.scan);
  }

  #scan(): void {
    // The extension was updated or removed, and this script belongs to nobody any more.
    if (!chrome.runtime?.id) {
      this.stop();
      return;
    }
    const turns = findTurns(this.rules);
    const present = new Set(turns.map(({ answer }) => answer));
    for (const [answer, followed] of this.#followed) if (!present.has(answer)) this.#forget(answer, followed);
    let unsettled = false;
    for (const turn of turns) {
      const followed = this.#follow(turn);
      this.#keepInPlace(followed);
      if (followed.asked || !followed.inSight || followed.text === "") continue;
      if (turn.busy || performance.now() - followed.changed < LIMITS.quiet) unsettled = true;
      else void this.#judge(followed, false);
    }
    if (unsettled) this.#soon(LIMITS.scan);
  }

  #follow(turn: Turn): Followed {
    const now = performance.now();
    const text = textOf(turn.answer, LIMITS.answer);
    let followed = this.#followed.get(turn.answer);
    if (!followed) {
      followed = {
        turn,
        text,
        changed: now,
        asked: false,
        inSight: false,
        badge: null,
        returns: 0,
        running: null,
      };
      this.#followed.set(turn.answer, followed);
      this.#sight.observe(turn.answer);
    } else if (followed.text !== text || followed.turn.question !== turn.question) {
      followed.running?.abort();
      followed.badge?.remove();
      Object.assign(followed, { turn, text, changed: now, asked: false, badge: null });
    }
    return followed;
  }

  /** A page that renders its answer anew may lose the badge; one that fights it wins. */
  #keepInPlace(followed: Followed): void {
    const { badge, turn } = followed;
    if (!badge || badge.isIn(turn.answer) || followed.returns >= LIMITS.returns) return;
    followed.returns += 1;
    badge.putInto(turn.answer);
  }

  async #judge(followed: Followed, again: boolean): Promise<void> {
    followed.running?.abort();
    const running = new AbortController();
    followed.running = running;
    followed.asked = true;
    followed.badge ??= new Badge({
      again: () => void this.#judge(followed, true),
      options: () => void toBackground("options"),
    });
    const { badge, turn, text } = followed;
    if (!badge.isIn(turn.answer)) badge.putInto(turn.answer);
    badge.show({ kind: "checking" }, turn.question);
    try {
      const judgement = await this.client.call(
        "judge",
        { question: turn.question, answer: text, again },
        { signal: running.signal },
      );
      if (!running.signal.aborted) badge.show(judgement, turn.question);
    } catch (error) {
      if (!running.signal.aborted) badge.show({ kind: "failed", error }, turn.question);
    }
  }

  #forget(answer: Element, followed: Followed): void {
    this.#sight.unobserve(answer);
    this.#followed.delete(answer);
    drop(followed);
  }
}

function drop({ running, badge }: Followed): void {
  running?.abort();
  badge?.remove();
}

/** Our own badges coming and going are no reason to look again. */
function isOurs({ type, addedNodes, removedNodes }: MutationRecord): boolean {
  // A badge that the page removed is one.
  return type === "childList" && removedNodes.length === 0 && [...addedNodes].every(isBadge);
}
