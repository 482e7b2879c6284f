/**
 * Follows a page: finds answers, waits until each is finished and in sight, has it judged once, and keeps its badge in
 * place. However much the page changes, it is looked at every {@link LIMITS.scan} ms at most, and less often where that takes long.
 */

import type { Client } from "../client.js";
import { LIMITS } from "../limits.js";
import { toBackground } from "../protocol.js";
import type { SiteRule } from "../sites.js";
import { Badge, isBadge } from "./badge.js";
import { findTurns, type Turn } from "./find.js";
import { type Judging, Judgings } from "./judging.js";
import { Marks } from "./marks.js";
import { textOf } from "./text.js";
import { boxOf, isTree, rootsOf } from "./tree.js";

/** An answer's element, as it was when it was last looked at. */
interface Followed {
  turn: Turn;
  text: string;
  /** When its text was last different. */
  changed: number;
  /** When it was last read; null when something in it changed since. */
  read: number | null;
  /** What it is watched by: an answer may have no box of its own. */
  box: Element;
  inSight: boolean;
  /** Set once this text was given to the model. */
  shown: { judging: Judging; badge: Badge; marks: Marks } | null;
  /** When its badge was last put into it, and how often in a row that was soon in vain. */
  put: number;
  returns: number;
}

export class Watcher {
  readonly #followed = new Map<Element, Followed>();
  readonly #boxes = new Map<Element, Followed>();
  readonly #judgings: Judgings;
  readonly #roots = new WeakSet<Node>();
  readonly #touched = new Set<Node>();
  readonly #changes = new MutationObserver((records) => {
    for (const record of records) if (!isOurs(record)) this.#touched.add(record.target);
    if (this.#touched.size > 0) this.#soon(LIMITS.scan);
  });
  /** The page may become dark or light: by an attribute of its root, or with the system. */
  readonly #attributes = new MutationObserver(() => this.#onScheme());
  readonly #system = matchMedia("(prefers-color-scheme: dark)");
  readonly #onScheme = () => {
    this.#fading = performance.now() + LIMITS.fade;
    this.#soon(LIMITS.scan);
  };
  readonly #sight = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: "50%" });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Number.POSITIVE_INFINITY;
  /** How long the last look took, in ms: a page may hold a hundred thousand elements. */
  #took = 0;
  /** Until when colors may be on their way from one scheme to the other, which nothing tells. */
  #fading = 0;

  constructor(
    private readonly rules: readonly SiteRule[],
    client: Client,
  ) {
    this.#judgings = new Judgings(client);
  }

  start(): void {
    this.#system.addEventListener("change", this.#onScheme);
    this.#soon(0);
  }

  /** Leaves the page as it was. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#changes.disconnect();
    this.#attributes.disconnect();
    this.#system.removeEventListener("change", this.#onScheme);
    this.#sight.disconnect();
    for (const followed of this.#followed.values()) hide(followed);
    this.#followed.clear();
    this.#boxes.clear();
    this.#judgings.stop();
  }

  /** Scans after that long, or when it was going to anyway. */
  #soon(ms: number): void {
    const rest = Math.max(ms, LIMITS.rest * this.#took);
    const due = performance.now() + rest;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#scan();
    }, rest);
  }

  #look(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const followed = this.#boxes.get(target);
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
    const began = performance.now();
    this.#observe();
    this.#notice();
    const turns = findTurns(this.rules);
    const gone = this.#forget(new Set(turns.map(({ answer }) => answer)));
    let unsettled = performance.now() < this.#fading;
    for (const turn of turns) {
      const followed = this.#follow(turn, gone);
      this.#keepInPlace(followed);
      if (followed.shown || !followed.inSight || followed.turn.question === "") continue;
      // It may be there already, and not be seen yet.
      if (followed.text === "") this.#soon(LIMITS.quiet);
      else if (turn.busy || performance.now() - followed.changed < LIMITS.quiet) unsettled = true;
      else void this.#judge(followed);
    }
    this.#took = performance.now() - began;
    if (unsettled) this.#soon(LIMITS.scan);
  }

  /** Changes within a shadow tree are told to those only who watch that tree. */
  #observe(): void {
    for (const part of [document.documentElement, document.body]) {
      if (part) this.#attributes.observe(part, { attributes: true });
    }
    for (const root of rootsOf(document)) {
      if (this.#roots.has(root)) continue;
      this.#roots.add(root);
      this.#changes.observe(root, { childList: true, characterData: true, subtree: true });
    }
  }

  /** Which answers something changed in. */
  #notice(): void {
    for (const node of this.#touched) {
      for (let next: Node | null = node; next; next = isTree(next) ? next.host : next.parentNode) {
        const followed = this.#followed.get(next as Element);
        if (followed) followed.read = null;
        // What changed in it may be shown anywhere in its shadow tree.
        if ((next as Element).shadowRoot) for (const each of this.#followed.values()) each.read = null;
      }
    }
    this.#touched.clear();
  }

  /** Lets go of elements that are no answers any more; what they said is told, since it may stand in others now. */
  #forget(present: Set<Element>): Followed[] {
    const gone = [...this.#followed].filter(([answer]) => !present.has(answer));
    for (const [answer, followed] of gone) {
      this.#sight.unobserve(followed.box);
      this.#boxes.delete(followed.box);
      this.#followed.delete(answer);
      hide(followed);
    }
    return gone.map(([, followed]) => followed);
  }

  #follow(found: Turn, gone: readonly Followed[]): Followed {
    const now = performance.now();
    const known = this.#followed.get(found.answer);
    // Until it is judged, what is in sight may be faded in by its style, which tells nobody.
    const isSettled = known && (known.shown !== null || !known.inSight);
    const isFresh = isSettled && known.read !== null && now - known.read < LIMITS.fresh;
    const text = isFresh ? known.text : textOf(found.answer, LIMITS.answer);
    if (known && !isFresh) known.read = now;
    // A list may have taken the question out of the page, and left the answer.
    const asked = found.question || (known?.text === text ? known.turn.question : this.#judgings.questionOf(text));
    const turn = { ...found, question: asked };
    const isSame = (other: Followed) => other.text === text && other.turn.question === asked;
    if (known && isSame(known)) {
      known.turn = turn;
      this.#see(known);
      return known;
    }
    if (known) hide(known);
    const before = known ? [known] : gone.filter((other) => other.turn.question === asked);
    for (const { text: earlier, shown } of before) {
      // More of it came: nobody waits for a judgement of its beginning.
      if (text !== earlier && text.startsWith(earlier)) shown?.judging.abort();
    }
    const followed = known ?? {
      turn,
      text,
      changed: 0,
      read: null,
      box: turn.answer,
      inSight: false,
      shown: null,
      put: 0,
      returns: 0,
    };
    const changed = gone.find(isSame)?.changed ?? now;
    Object.assign(followed, { turn, text, changed, read: now, shown: null });
    this.#followed.set(turn.answer, followed);
    this.#see(followed);
    const judging = this.#judgings.known(asked, text);
    if (judging) this.#show(followed, judging);
    return followed;
  }

  /** Watches its box, which may be another one since. */
  #see(followed: Followed): void {
    const box = boxOf(followed.turn.answer);
    if (this.#boxes.get(box) === followed) return;
    this.#sight.unobserve(followed.box);
    this.#boxes.delete(followed.box);
    followed.box = box;
    this.#boxes.set(box, followed);
    this.#sight.observe(box);
  }

  /** A page that renders its answer anew may lose badge and underlines; one that fights the badge wins. */
  #keepInPlace(followed: Followed): void {
    const { shown, turn } = followed;
    if (!shown) return;
    if (!shown.badge.isIn(turn.answer)) {
      const now = performance.now();
      if (now - followed.put > LIMITS.peace) followed.returns = 0;
      if (followed.returns >= LIMITS.returns) {
        // Without the badge nobody knows what they mean.
        shown.marks.remove();
        return;
      }
      followed.returns += 1;
      followed.put = now;
      shown.badge.putInto(turn.answer);
    }
    shown.badge.suit(turn.answer);
    shown.marks.keep();
  }

  async #judge(followed: Followed): Promise<void> {
    const judging = this.#judgings.of(followed.turn.question, followed.text);
    this.#show(followed, judging);
    if (!judging.isKept) await judging.ask(false);
  }

  #show(followed: Followed, judging: Judging): void {
    const badge = new Badge({
      again: () => void judging.ask(true),
      options: () => void toBackground("options"),
    });
    const marks = new Marks(followed.turn.answer, followed.text);
    followed.shown = { judging, badge, marks };
    followed.put = performance.now();
    badge.putInto(followed.turn.answer);
    for (const view of [badge, marks]) judging.showOn(view);
  }
}

function hide({ shown }: Followed): void {
  if (!shown) return;
  const { judging, badge, marks } = shown;
  for (const view of [badge, marks]) {
    judging.leave(view);
    view.remove();
  }
}

/** Our own badges coming and going are no reason to look again. */
function isOurs({ type, addedNodes, removedNodes }: MutationRecord): boolean {
  // A badge that the page removed is one.
  return type === "childList" && removedNodes.length === 0 && [...addedNodes].every(isBadge);
}
