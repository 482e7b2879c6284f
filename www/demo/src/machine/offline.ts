/** Whether the page opens without a network, and the way to install it. */

import { el } from "../../../shared/dom.js";
import { controlled } from "../offline.js";
import { TEXT } from "../text.js";

const T = TEXT.machine.offline;

/** Chromium's offer to install; other browsers have a menu for it. */
interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

let offer: InstallPrompt | null = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event as InstallPrompt;
});

/** The card. */
export function offlineSection(): HTMLElement {
  const state = el("p", {});
  void controlled().then((kept) => {
    state.textContent = kept ? T.yes : T.no;
  });
  const install = el(
    "button",
    { type: "button", class: "secondary", hidden: offer === null, onclick: () => void offer?.prompt() },
    T.install,
  );
  return el(
    "section",
    { class: "card stack" },
    el("h3", {}, T.heading),
    state,
    el("div", { class: "actions" }, install),
  );
}
