/** Buttons that have to be pressed twice, because what they do cannot be taken back. */

import { el } from "../../shared/dom.js";
import { TEXT } from "./text.js";

/** What such a button says, before and after the first press, and to those who do not see what it belongs to. */
export interface TwiceWords {
  text: string;
  sure: string;
  name?: string;
}

/** Asks once more, and forgets that it did when the keyboard goes elsewhere. */
export function twice(onSure: () => void, { text, sure, name }: TwiceWords): HTMLButtonElement {
  let isSure = false;
  const arm = (armed: boolean) => {
    isSure = armed;
    button.textContent = armed ? sure : text;
    // A name would hide what it says now.
    if (name && !armed) button.ariaLabel = name;
    else button.removeAttribute("aria-label");
  };
  const press = () => {
    if (isSure) onSure();
    arm(!isSure);
  };
  const button = el("button", { type: "button", class: "secondary", onclick: press, onblur: () => arm(false) });
  arm(false);
  return button;
}

/** The one that deletes all there is. */
export const deleteAll = (onSure: () => void): HTMLButtonElement =>
  twice(onSure, { text: TEXT.history.clear, sure: TEXT.history.sure });
