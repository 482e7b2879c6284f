/** Formulas on one line, from MathML or from what MathJax draws, whose elements have the same names. */

import { group, plainLetters } from "./characters.js";

const DEEPEST = 64;
const SKIPPED = /^(?:annotation(?:-xml)?|mphantom|mspace|assistive-mml|speech|help|title|line|strut|nstrut|dstrut)$/;
const isMathML = (element: Element): boolean => element.namespaceURI?.endsWith("MathML") ?? false;

/** `mjx-msup` and `g[data-mml-node=msup]` are `msup`. */
const nameOf = (element: Element): string =>
  element.getAttribute("data-mml-node") ?? element.localName.replace(/^mjx-/, "");

export const linear = (element: Element): string =>
  plainLetters(read(element, 0)).replace(/ +/g, " ").replace(/; *$/, "").trim();

function read(element: Element, depth: number): string {
  const name = nameOf(element);
  if (SKIPPED.test(name) || depth > DEEPEST) return "";
  if (element.matches("mjx-c, use[data-c], path[data-c]")) return glyph(element);
  if (element.children.length === 0) {
    const text = (element.textContent ?? "").replace(/\s+/g, " ").trim();
    // Words between signs.
    return name === "mtext" && /\p{L}/u.test(text) ? ` ${text} ` : text;
  }
  const all = [...element.children].map((child) => read(child, depth + 1));
  // What MathJax draws has lines and gaps in between; in MathML an empty part has its place.
  const parts = isMathML(element) ? all : all.filter(Boolean);
  const [first = "", second = "", third = ""] = parts;
  switch (name) {
    case "msup":
    case "mover":
      return script(first, "", overOf(element, depth) ?? second, element, depth);
    case "msub":
    case "munder":
      return script(first, underOf(element, depth) ?? second, "", element, depth);
    case "msubsup":
    case "munderover":
      if (!isMathML(element) && parts.length < 3) return drawn(element, first, depth);
      return script(first, second, third, element, depth);
    case "mfrac":
    case "frac":
      if (parts.length < 2) return first;
      if (element.getAttribute("linethickness")?.match(/^0/)) return `binom(${first}, ${second})`;
      return `${group(first)}/${group(second)}`;
    case "msqrt":
      return `√${group(parts.join("").replace("√", ""))}`;
    case "mroot":
      return `${group(first)}^(1/${second})`;
    case "mtr":
    case "mlabeledtr":
      return `${parts.join(", ")}; `;
    case "mmultiscripts":
      return around(element, parts);
    case "semantics":
      return first;
    case "mfenced":
      return `${element.getAttribute("open") ?? "("}${parts.join(", ")}${element.getAttribute("close") ?? ")"}`;
    default:
      return parts.join("");
  }
}

function script(first: string, below: string, above: string, element: Element, depth: number): string {
  const base = find(element, "mjx-base", depth) ?? first;
  return `${base}${below && `_${group(below)}`}${above && `^${group(above)}`}`;
}

/** A base with pairs of a lower and an upper script behind it, and, after a mark, in front of it. */
function around(element: Element, [base = "", ...scripts]: string[]): string {
  const mark = [...element.children].findIndex((child) => nameOf(child) === "mprescripts");
  const end = mark < 0 ? scripts.length : mark - 1;
  const text = (parts: string[]) =>
    parts.map((part, index) => part && `${index % 2 === 0 ? "_" : "^"}${group(part)}`).join("");
  return `${text(scripts.slice(end + 1))}${base}${text(scripts.slice(0, end))}`;
}

/** MathJax puts what is above and below into boxes, and the upper one first. */
function drawn(element: Element, first: string, depth: number): string {
  const below = underOf(element, depth);
  const above = overOf(element, depth);
  if (below !== null || above !== null) return script(first, below ?? "", above ?? "", element, depth);
  const box = [...element.children].find((child) => nameOf(child) === "script");
  const [upper = "", lower = ""] = [...(box?.children ?? [])].map((child) => read(child, depth + 2)).filter(Boolean);
  return script(first, lower, upper, element, depth);
}

const underOf = (element: Element, depth: number) => find(element, "mjx-under", depth);
const overOf = (element: Element, depth: number) => find(element, "mjx-over", depth);

/** A box of this element, and of none within it. */
function find(element: Element, selector: string, depth: number): string | null {
  if (isMathML(element)) return null;
  const box = element.querySelector(selector);
  const owner = box?.parentElement?.closest("mjx-munder, mjx-mover, mjx-munderover, mjx-munder mjx-munderover");
  const isOwn = owner && (owner === element || owner.closest("mjx-munderover") === element);
  return box && isOwn ? read(box, depth + 1) : null;
}

/** Without anything for screen readers characters are named by their code points. */
function glyph(element: Element): string {
  if (element.textContent) return element.textContent;
  const code = element.getAttribute("data-c") ?? /(?:^|\s)mjx-c([0-9A-F]+)(?:\s|$)/.exec(element.className)?.[1] ?? "";
  const point = Number.parseInt(code, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : "";
}
