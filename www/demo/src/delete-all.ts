/** A button that has to be pressed twice, because what it deletes does not come back. */

import { el } from "../../shared/dom.js";
import { TEXT } from "./text.js";

const T = TEXT.history;

/** Asks once more, and forgets that it did when the keyboard goes elsewhere. */
export function deleteAll(onSure: () => void): HTMLButtonElement {
  let sure = false;
  const arm = (armed: boolean) => {
    sure = armed;
    button.textContent = armed ? T.sure : T.clear;
  };
  const press = () => {
    if (sure) onSure();
    arm(!sure);
  };
  const attributes = { type: "button", class: "secondary", onclick: press, onblur: () => arm(false) };
  const button = el("button", attributes, T.clear);
  return button;
}
