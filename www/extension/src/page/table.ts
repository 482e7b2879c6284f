/** Rows and cells of tables, whatever they are made of. */

import { styleOf } from "./seen.js";

const ROW = "tr, [role=row]";
const CELL = "td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]";
const MOST_COLUMNS = 1000;

export const isRow = (element: Element, style: CSSStyleDeclaration | null): boolean =>
  element.matches(ROW) || style?.display === "table-row";

/** The cells that stand in that row, with those that reach into it from above. */
export function cellsOf(row: Element): Element[] {
  const section = row.parentElement;
  if (row.nodeName !== "TR" || !section?.querySelector(":scope > tr > [rowspan]")) return ownCells(row);
  /** By column: a cell from above, and how many more rows it takes. */
  const above: { cell: Element; left: number }[] = [];
  for (const each of section.children) {
    if (each.nodeName !== "TR") continue;
    const line = fill(ownCells(each), above);
    if (each === row) return line;
  }
  return ownCells(row);
}

function ownCells(row: Element): Element[] {
  const children = [...row.children];
  const direct = children.filter((child) => child.matches(CELL) || styleOf(child)?.display === "table-cell");
  if (direct.length > 0) return direct;
  return [...row.querySelectorAll(CELL)].filter((cell) => cell.parentElement?.closest(ROW) === row);
}

function fill(own: Element[], above: { cell: Element; left: number }[]): Element[] {
  const line = new Set<Element>();
  const waiting = [...own];
  for (let column = 0; column < MOST_COLUMNS; ) {
    const reaching = above[column];
    if (reaching && reaching.left > 0) {
      reaching.left -= 1;
      line.add(reaching.cell);
      column += 1;
      continue;
    }
    const cell = waiting.shift();
    if (!cell) {
      // One further right may still reach in.
      if (column >= above.length) break;
      column += 1;
      continue;
    }
    line.add(cell);
    const { colSpan = 1, rowSpan = 1 } = cell as HTMLTableCellElement;
    for (let each = 0; each < colSpan; each += 1) {
      // None means down to the last row.
      above[column] = { cell, left: rowSpan === 0 ? Number.POSITIVE_INFINITY : rowSpan - 1 };
      column += 1;
    }
  }
  return [...line];
}
