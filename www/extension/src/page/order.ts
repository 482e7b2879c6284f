/** The order in which a person meets what a page holds in another one: lists that grow upwards, rows that are used again. */

import { styleOf } from "./seen.js";
import { isTree } from "./tree.js";

/** Elements in the order of the page, as they are read. */
export function inReadingOrder(elements: readonly Element[]): Element[] {
  const paths = new Map(elements.map((element) => [element, pathOf(element)]));
  const orders = new Map<Node, (a: Element, b: Element) => number>();
  const places = new Map(elements.map((element, index) => [element, index]));
  const compare = (a: Element, b: Element): number => {
    const [first = [], second = []] = [paths.get(a), paths.get(b)];
    const fork = first.findIndex((node, index) => node !== second[index]);
    const [parent, left, right] = [first[fork - 1], first[fork], second[fork]];
    const inPage = (places.get(a) ?? 0) - (places.get(b) ?? 0);
    // One is in the other.
    if (!parent || !left || !right) return inPage;
    if (!orders.has(parent)) orders.set(parent, orderIn(parent));
    return (orders.get(parent)?.(left as Element, right as Element) ?? 0) || inPage;
  };
  const isInOrder = elements.every((element, index) => {
    const next = elements[index + 1];
    return !next || compare(element, next) < 0;
  });
  return isInOrder ? [...elements] : [...elements].sort(compare);
}

/** From the document down to the element. */
function pathOf(element: Element): Node[] {
  const path: Node[] = [];
  for (let node: Node | null = element; node; node = isTree(node) ? node.host : node.parentNode) path.unshift(node);
  return path;
}

/** How children stand in that parent; 0 where they stand as the page holds them. */
function orderIn(parent: Node): (a: Element, b: Element) => number {
  const style = parent.nodeType === 1 ? styleOf(parent as Element) : null;
  const isReversed = style?.display.endsWith("flex") && style.flexDirection === "column-reverse";
  const isPlaced = (element: Element) => styleOf(element)?.position === "absolute";
  const top = (element: Element) => element.getBoundingClientRect().top;
  const isBefore = (a: Element, b: Element) => (a.compareDocumentPosition(b) & a.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return (a, b) => {
    if (isPlaced(a) && isPlaced(b)) return top(a) - top(b);
    if (!isReversed) return 0;
    return isBefore(a, b) ? 1 : -1;
  };
}
