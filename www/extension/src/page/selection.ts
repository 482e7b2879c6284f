/** Runs once for a right click or the shortcut: tells what is selected, and which question it answers if that is known. */

import { cut, LIMITS } from "../limits.js";
import { toBackground } from "../protocol.js";
import { findTurns } from "./find.js";
import { selectedText } from "./text.js";

async function tell(): Promise<void> {
  const selection = getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0) : null;
  // The browser's own text would have what is there for screen readers too; in a field, only that is right.
  const selected = (range && selectedText(range, LIMITS.answer)) || (selection?.toString().trim() ?? "");
  const node = selection?.anchorNode ?? null;
  const rules = await toBackground("rules");
  const turn = node && findTurns(rules).find(({ answer }) => answer.contains(node));
  await toBackground("selected", {
    question: turn?.question ?? "",
    answer: cut(selected, LIMITS.answer).text,
  });
}

void tell();
