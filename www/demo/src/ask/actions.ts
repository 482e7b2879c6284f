/** What can be done with a question and its answer. */

import { copy } from "../../../shared/clipboard.js";
import { el } from "../../../shared/dom.js";
import { TEXT } from "../text.js";

const T = TEXT.actions;

/** What the buttons do; null for what cannot be done. */
export interface Doings {
  /** Whether there is a model that could be asked now. */
  canAsk: boolean;
  goOn: (() => void) | null;
  again(): void;
  edit(): void;
  remove(): void;
}

/** Buttons that ask the model are usable only while there is one; their owner knows them by this class. */
export const NEEDS_MODEL = "needs-model";

/** The buttons below an answer; without a text there is nothing to copy. */
export function actionRow(
  question: string,
  text: string | null,
  { canAsk, goOn, again, edit, remove }: Doings,
): HTMLElement[] {
  const status = el("small", { role: "status" });
  const button = (name: string, action: () => void, kind = "") =>
    el(
      "button",
      {
        type: "button",
        class: `secondary plain ${kind}`.trim(),
        disabled: kind === NEEDS_MODEL && !canAsk,
        "aria-label": T.named(name, question),
        onclick: action,
      },
      name,
    );
  const take = async (said: string) => {
    status.textContent = (await copy(said)) ? T.copied : T.notCopied;
  };
  return [
    ...(goOn === null ? [] : [button(T.goOn, goOn, NEEDS_MODEL)]),
    ...(text === null ? [] : [button(T.copy, () => void take(text))]),
    button(T.again, again, NEEDS_MODEL),
    button(T.edit, edit, NEEDS_MODEL),
    button(T.remove, remove),
    status,
  ];
}
