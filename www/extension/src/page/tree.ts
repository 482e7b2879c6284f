/** The page as it is shown: open shadow trees with what they let through. Closed ones are nobody's but their own. */

import { styleOf } from "./seen.js";

export type Root = Document | ShadowRoot;

/** Links have a `host`, too. */
export const isTree = (node: Node): node is ShadowRoot => node.nodeType === 11 && "host" in node;

/** What is shown in an element: its shadow tree, if it has an open one, with what it lets through. */
export function contents(element: Element | ShadowRoot): Iterable<Node> {
  const shadow = isTree(element) ? null : element.shadowRoot;
  if (shadow) return shadow.childNodes;
  const given = element.nodeName === "SLOT" ? (element as HTMLSlotElement).assignedNodes() : [];
  return given.length > 0 ? given : element.childNodes;
}

/** Whether the inner one is in the outer one, or in a shadow tree within it. */
export function holds(outer: Node, inner: Node): boolean {
  for (let node: Node | null = inner; node; node = hostOf(node)) if (outer.contains(node)) return true;
  return false;
}

/** The element whose shadow tree a node is in. */
function hostOf(node: Node): Element | null {
  const root = node.getRootNode();
  return isTree(root) ? root.host : null;
}

/** The document, and every open shadow tree in it. */
export function rootsOf(root: Root): Root[] {
  return [root, ...hostsIn(root).flatMap(({ shadowRoot }) => (shadowRoot ? rootsOf(shadowRoot) : []))];
}

const hostsIn = (root: Root | Element): Element[] =>
  [...root.querySelectorAll("*")].filter(({ shadowRoot }) => shadowRoot);

/**
 * What matches, in the order of the page. A selector is matched within one tree: it cannot say what a shadow tree is in.
 *
 * @throws for a selector that the browser does not understand
 */
export function findAll(root: Root | Element, selector: string): Element[] {
  const own = "shadowRoot" in root && root.shadowRoot ? findAll(root.shadowRoot, selector) : [];
  const matches = [...root.querySelectorAll(selector)];
  const hosts = hostsIn(root);
  if (hosts.length === 0) return [...own, ...matches];
  const wanted = new Set(matches);
  const both = [...new Set([...matches, ...hosts])].sort((a, b) =>
    a.compareDocumentPosition(b) & a.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
  );
  const found = both.flatMap((element) => [
    ...(wanted.has(element) ? [element] : []),
    ...(element.shadowRoot ? findAll(element.shadowRoot, selector) : []),
  ]);
  return [...own, ...found];
}

/** The nearest element around this one, itself included, that matches, across shadow trees. */
export function closest(element: Element, selector: string): Element | null {
  for (let next: Element | null = element; next; next = hostOf(next)) {
    const found = next.closest(selector);
    if (found) return found;
  }
  return null;
}

/** What an element is seen by: one without a box of its own by its first child that has one, or by what it is in. */
export function boxOf(element: Element): Element {
  const displayOf = (each: Element) => styleOf(each)?.display ?? "";
  if (displayOf(element) !== "contents") return element;
  const children = [...(element.shadowRoot ?? element).children];
  const child = children.find((each) => !/^(none|contents)$/.test(displayOf(each)));
  return child ?? element.parentElement ?? element;
}
