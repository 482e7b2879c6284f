/** Runs once for a right click or the shortcut: tells what is selected, and which question it answers if that is known. */

import { cut, LIMITS } from "../limits.js";
import { toBackground } from "../protocol.js";
import { findTurns } from "./find.js";
import { selectedText } from "./text.js";
import { holds, isTree, rootsOf } from "./tree.js";

/** What is selected; of a selection within a shadow tree the page itself is told only what that tree is in. */
function selectedRange(selection: Selection | null): Range | null {
  if (!selection?.rangeCount) return null;
  const shadowRoots = rootsOf(document).filter(isTree);
  const [inside] = shadowRoots.length > 0 ? (selection.getComposedRanges?.({ shadowRoots }) ?? []) : [];
  if (!inside || inside.startContainer.getRootNode() !== inside.endContainer.getRootNode()) {
    return selection.getRangeAt(0);
  }
  const range = document.createRange();
  range.setStart(inside.startContainer, inside.startOffset);
  range.setEnd(inside.endContainer, inside.endOffset);
  return range;
}

async function tell(): Promise<void> {
  const selection = getSelection();
  const range = selectedRange(selection);
  // The browser's own text would have what is there for screen readers too; in a field, only that is right.
  const selected = (range && selectedText(range, LIMITS.answer)) || (selection?.toString().trim() ?? "");
  const node = range?.startContainer ?? null;
  const rules = await toBackground("rules");
  const turn = node && findTurns(rules).find(({ answer }) => holds(answer, node));
  await toBackground("selected", {
    question: turn?.question ?? "",
    answer: cut(selected, LIMITS.answer).text,
  });
}

void tell();
