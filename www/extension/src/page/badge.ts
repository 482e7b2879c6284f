/**
 * The badge of one answer. It lives in a closed shadow tree, out of reach of the page's styles and scripts, says what it
 * says in text nodes, and takes only clicks and keys of a real person.
 */

import { el, fill } from "../../../shared/dom.js";
import { TEXT } from "../text.js";
import { type Shown, type State, toWords } from "../words.js";
import css from "./badge.css?inline";
import { schemeOf } from "./scheme.js";

const TAG = "semgrad-badge";
const T = TEXT.badge;

/** Nothing of the page's rules for every element, or for its last child, reaches in past these. */
const OWN_STYLE = { all: "initial", display: "block", margin: "8px 0 4px", clear: "both" };

let sheet: CSSStyleSheet | undefined;

/** A constructed sheet: the page's Content-Security-Policy has no say in it. */
function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

export function isBadge(node: Node): boolean {
  return node instanceof Element && node.localName === TAG;
}

interface Actions {
  again(): void;
  options(): void;
}

export class Badge {
  readonly #host = document.createElement(TAG);
  readonly #root = this.#host.attachShadow({ mode: "closed" });
  readonly #mark = el("span", { class: "mark" });
  readonly #label = el("strong");
  readonly #side = el("span", { class: "side" });
  readonly #details = el("div", { class: "details", hidden: true });
  readonly #head: HTMLButtonElement;
  readonly #box: HTMLElement;

  constructor(private readonly actions: Actions) {
    this.#head = el(
      "button",
      { type: "button", class: "head", "aria-expanded": "false", onclick: (event: Event) => this.#toggle(event) },
      this.#mark,
      el("span", { role: "status" }, this.#label, " ", this.#side),
      el("span", { class: "chevron" }),
    );
    this.#box = el("div", { class: "badge", role: "group", "aria-label": T.name }, this.#head, this.#details);
    for (const [name, value] of Object.entries(OWN_STYLE)) this.#host.style.setProperty(name, value, "important");
    this.#root.adoptedStyleSheets = [styles()];
    this.#root.append(this.#box);
    // The page's shortcuts are for the page.
    for (const type of ["keydown", "keyup", "keypress"]) {
      this.#root.addEventListener(type, (event) => event.stopPropagation());
    }
  }

  isIn(answer: Element): boolean {
    return this.#host.parentNode === placeIn(answer);
  }

  putInto(answer: Element): void {
    this.suit(answer);
    placeIn(answer).append(this.#host);
  }

  /** Becomes as light or dark as the page is by now. */
  suit(answer: Element): void {
    const scheme = schemeOf(answer);
    // A page that watches its attributes hears of changes only.
    if (this.#host.dataset.scheme !== scheme) this.#host.dataset.scheme = scheme;
  }

  remove(): void {
    this.#host.remove();
  }

  /** Says something else; opened details stay open. */
  show(state: State, question: string): void {
    const words: Shown = toWords(state);
    this.#box.toggleAttribute("data-checking", state.kind === "checking");
    this.#mark.dataset.level = words.level ?? "none";
    this.#label.textContent = words.label;
    this.#side.textContent = words.side;
    const hadFocus = this.#details.contains(this.#root.activeElement);
    const again = el("button", { type: "button", onclick: trusted(this.actions.again) }, T.again);
    const options = el("button", { type: "button", onclick: trusted(this.actions.options) }, T.options);
    fill(
      this.#details,
      ...words.reasons.map((reason) => el("p", {}, reason)),
      el("p", { class: "asked" }, T.asked(question)),
      ...words.tested.map((sentence) => el("p", { class: "facts" }, sentence)),
      words.facts ? el("p", { class: "facts" }, words.facts) : null,
      state.kind === "checking"
        ? null
        : el("div", { class: "actions" }, again, state.kind === "no-model" ? options : null),
    );
    // The button that had it is gone.
    if (hadFocus) this.#head.focus();
  }

  #toggle(event: Event): void {
    if (!event.isTrusted) return;
    this.#details.hidden = !this.#details.hidden;
    this.#head.setAttribute("aria-expanded", String(!this.#details.hidden));
  }
}

/** An element with a shadow tree shows what is in there. */
const placeIn = (answer: Element): Element | ShadowRoot => answer.shadowRoot ?? answer;

/** What the page's scripts click does not count. */
function trusted(action: () => void): (event: Event) => void {
  return (event) => {
    event.stopPropagation();
    if (event.isTrusted) action();
  };
}
