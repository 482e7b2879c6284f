/**
 * What a model thought before it answered. Pages show it in a panel of its own, open or closed; it is not the answer, and
 * an answer does not become another one when somebody opens it.
 */

import { namesOf } from "./cite.js";

/** Names of panels, alone or with what kind of part it is; "thinking-done" says something of a whole message. */
const NAMED =
  /^(?:(?!is|has|no|not|show|hide|with|can|use)[a-z]{1,5}-)?(?:reasoning|think|thinking|thoughts?|cot)(?:[-_]*(?:accordion|area|block|body|box|bubble|card|chain|chunk|collapse|container|content|details|group|item|list|log|message|panel|part|process|section|stage|steps?|summary|text|trace|view|wrapper))*(?:__[\w-]+)?$/i;
const PANEL = "details[type=reasoning], [data-type=reasoning], [data-message-part=reasoning], think, thinking";
const TRIGGER = "button, [role=button], [aria-expanded], summary";

/** "Thought for 5 seconds", which nobody writes as an answer. */
const DURATION =
  /^(?:thought|reasoned|thinking|reasoning|worked)(?: for)? (?:about )?(?:a few |an? |\d[\d:.,]* ?)(?:ms|s|m|h|sec(?:ond)?s?|min(?:ute)?s?|hours?|moments?|while|bit)(?:[ ,]+(?:and )?\d+ ?(?:s|m|sec(?:ond)?s?|min(?:ute)?s?))?[.…]*$/i;
/** What only stands on a button. */
const LABEL =
  /^(?:(?:show|hide|view) )?(?:thinking|thoughts|reasoning|chain of thought|(?:thought|thinking|reasoning) process)(?:…|\.\.\.)?$/i;
const LONGEST = 60;

export function isThought(element: Element): boolean {
  if (element.matches(PANEL) || namesOf(element).some((name) => NAMED.test(name))) return true;
  const text = textOf(element);
  if (text !== null && DURATION.test(text)) return true;
  if (element.nodeName === "DETAILS") return isLabel(element.querySelector("summary"));
  return isOpenedBy(element.previousElementSibling, element);
}

/** The panel that a label stands on, or that it names. */
function isOpenedBy(before: Element | null, panel: Element): boolean {
  const trigger = before && (before.matches(TRIGGER) ? before : before.querySelector(TRIGGER));
  if (trigger && trigger.getAttribute("aria-expanded") !== "false" && isLabel(before)) return true;
  if (!panel.id || /["\\]/.test(panel.id)) return false;
  const root = panel.getRootNode() as Document | ShadowRoot;
  return isLabel(root.querySelector?.(`[aria-controls~="${panel.id}"]`) ?? null);
}

function isLabel(element: Element | null): boolean {
  const text = element && textOf(element);
  return text !== null && (DURATION.test(text) || LABEL.test(text));
}

/** Short texts only. */
function textOf(element: Element): string | null {
  if (element.childElementCount > 4) return null;
  // Arrows that turn when it opens are no part of the label.
  const text = (element.textContent ?? "").replace(/\s+/g, " ").replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}.…]+$/gu, "");
  return text.length > LONGEST ? null : text;
}
