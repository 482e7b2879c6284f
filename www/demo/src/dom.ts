/** Building elements without a framework, and without markup in strings. */

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

/** An element; `on…` attributes are listeners, `true` sets a bare attribute, `false` and undefined none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as unknown as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

/** A region that screen readers speak; one message replaces the other. */
export function announcer(): { element: HTMLElement; say(text: string): void } {
  const element = el("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  return {
    element,
    say: (text) => {
      element.textContent = text;
    },
  };
}
