/**
 * The answer as text, each token shaded by the entropy of its choice. One stop for the keyboard: arrow keys move between
 * tokens, and a line below tells about the current one.
 */

import type { Token } from "semgrad";
import { el, fill } from "./dom.js";
import { number, percent } from "./format.js";
import { TEXT } from "./text.js";

const T = TEXT.tokens;

/** Nats at which the shade is full: a choice among about fifty equally likely tokens. */
const FULL_SHADE = 4;

/** Text, legend and inspector. */
export class TokenText {
  readonly element: HTMLElement;
  private readonly text = el("p", {
    class: "tokens",
    tabindex: 0,
    role: "group",
    "aria-label": T.tokens,
    onkeydown: (event: KeyboardEvent) => this.onKey(event),
    onfocus: () => this.inspect(this.current),
    onpointerover: (event: PointerEvent) => this.onPoint(event),
    onclick: (event: MouseEvent) => this.onPoint(event),
  });
  private readonly inspector = el("p", { class: "inspector", "aria-live": "polite" }, T.inspectHint);
  private readonly tokens: Token[] = [];
  private current = 0;

  constructor() {
    this.element = el(
      "div",
      { class: "answer-text" },
      this.text,
      el(
        "div",
        { class: "reading" },
        el(
          "p",
          { class: "legend" },
          `${T.legend}: `,
          el("span", {}, T.legendLow, el("span", { class: "ramp" }), T.legendHigh),
        ),
        this.inspector,
      ),
    );
  }

  get length(): number {
    return this.tokens.length;
  }

  add(token: Token): void {
    const span = el("span", { class: "token" }, token.text ?? `⟨${T.unknownToken(token.id)}⟩`);
    const shade = Math.min(1, Math.max(0, (token.entropy ?? 0) / FULL_SHADE));
    span.style.setProperty("--shade", shade.toFixed(3));
    span.dataset.index = String(this.tokens.length);
    this.tokens.push(token);
    this.text.append(span);
  }

  /** Shows the last token as what it is, the decision to stop: it counts in every score but says nothing. */
  markEnd(): void {
    const last = this.text.lastElementChild;
    if (!last || last.textContent?.trim()) return;
    last.textContent = T.end;
    last.classList.add("end");
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.tokens.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: this.current + 1,
      ArrowLeft: this.current - 1,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.inspect(Math.min(last, Math.max(0, target)));
  }

  private onPoint(event: Event): void {
    const index = (event.target as HTMLElement).dataset.index;
    if (index !== undefined) this.inspect(Number(index));
  }

  private inspect(index: number): void {
    const token = this.tokens[index];
    if (!token) return;
    this.text.querySelector(".current")?.classList.remove("current");
    this.text.children[index]?.classList.add("current");
    this.current = index;
    const facts = [
      token.logprob === null ? null : `${T.probability} ${percent(Math.exp(token.logprob))}`,
      token.entropy === null ? null : T.entropy(number(token.entropy)),
    ];
    const name = token.text === null ? T.unknownToken(token.id) : visible(this.text.children[index]?.textContent ?? "");
    fill(this.inspector, `${T.token} `, el("code", {}, name), ` · ${facts.filter(Boolean).join(" · ")}`);
  }
}

/** A token's text with its spaces and line ends made visible. */
export function visible(text: string): string {
  return text.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥") || "∅";
}
