/** Formulas of KaTeX where it wrote only what it draws: exponents, indices, fractions and roots are told by its boxes. */

import { group, plainLetters } from "./characters.js";

const DEEPEST = 64;
const SKIPPED = ".katex-mathml, .strut, .pstrut, .vlist-s, .frac-line, .hide-tail, svg, .rule, .sqrt-line";

export const drawnByKatex = (element: Element): string => plainLetters(inside(element, 0)).replace(/\s+/g, " ").trim();

function inside(element: Element, depth: number): string {
  const parts = [...element.childNodes].map((node) => {
    if (node.nodeType === 3) return node.textContent ?? "";
    return node.nodeType === 1 ? read(node as Element, depth + 1) : "";
  });
  return parts.join("");
}

function read(element: Element, depth: number): string {
  if (depth > DEEPEST || element.matches(SKIPPED)) return "";
  if (element.matches(".msupsub")) return scripts(element, depth);
  if (element.matches(".mfrac")) return fraction(element, depth);
  if (element.matches(".sqrt")) return root(element, depth);
  if (element.matches(".op-limits")) return limits(element, depth);
  if (element.matches(".mtable")) return matrix(element, depth);
  return inside(element, depth);
}

/** What a stack of boxes holds, from the lowest to the highest, without those that only keep room. */
function stack(element: Element, depth: number): string[] {
  const boxes = [...(element.querySelector(".vlist")?.children ?? [])];
  return boxes.map((box) => inside(box, depth + 1).trim()).filter(Boolean);
}

/** A stack that reaches below the line has a second row for its depth. */
const isLow = (element: Element): boolean => element.querySelector(".vlist-t")?.matches(".vlist-t2") ?? false;

function scripts(element: Element, depth: number): string {
  const [first = "", second = ""] = stack(element, depth);
  if (second) return `_${group(first)}^${group(second)}`;
  return first && `${isLow(element) ? "_" : "^"}${group(first)}`;
}

function fraction(element: Element, depth: number): string {
  const [below = "", above = ""] = stack(element, depth);
  const hasLine = element.querySelector(".vlist")?.querySelector(":scope > span > .frac-line");
  return hasLine ? `${group(above)}/${group(below)}` : `binom(${above}, ${below})`;
}

function root(element: Element, depth: number): string {
  const [index, body] = [".root", ".vlist-t"].map((part) => [...element.children].find((child) => child.matches(part)));
  const text = group(body ? inside(body, depth).trim() : "");
  return index ? `${text}^(1/${inside(index, depth).trim()})` : `√${text}`;
}

function limits(element: Element, depth: number): string {
  const parts = stack(element, depth);
  const [first = "", second = "", third = ""] = parts;
  if (parts.length === 3) return `${second}_${group(first)}^${group(third)}`;
  if (parts.length < 2) return first;
  return isLow(element) ? `${second}_${group(first)}` : `${first}^${group(second)}`;
}

/** Columns are written one after the other. */
function matrix(element: Element, depth: number): string {
  const columns = [...element.children].filter((child) => /col-align/.test(child.className));
  const cells = columns.map((column) => stack(column, depth));
  const rows = Array.from({ length: Math.max(0, ...cells.map((column) => column.length)) }, (_, index) =>
    cells.map((column) => column[index] ?? "").join(", "),
  );
  return rows.join("; ");
}
