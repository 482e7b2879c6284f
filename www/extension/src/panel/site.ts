/**
 * Whether answers on the page beside are flagged. The panel sees that page's address only after the user has called the
 * extension on it (toolbar button, menu, shortcut), or where it is allowed already.
 */

import { el, fill } from "../../../shared/dom.js";
import { TEXT } from "../text.js";

const T = TEXT.panel;

export class SiteRow {
  readonly element = el("div", { class: "site" });

  constructor() {
    chrome.tabs.onActivated.addListener(() => void this.show());
    chrome.tabs.onUpdated.addListener(() => void this.show());
    chrome.permissions.onAdded.addListener(() => void this.show());
    chrome.permissions.onRemoved.addListener(() => void this.show());
  }

  async show(): Promise<void> {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    const url = tab?.url ? new URL(tab.url) : null;
    if (!url || !/^https?:$/.test(url.protocol)) {
      fill(this.element);
      return;
    }
    // A port is no part of a permission.
    const origins = [`${url.protocol}//${url.hostname}/*`];
    const isOn = await chrome.permissions.contains({ origins });
    const change = () => (isOn ? chrome.permissions.remove({ origins }) : chrome.permissions.request({ origins }));
    fill(
      this.element,
      isOn ? el("small", {}, T.siteOn(url.hostname)) : null,
      el(
        "button",
        { type: "button", class: "secondary", onclick: () => void change().catch(() => undefined) },
        isOn ? T.siteOff : T.site(url.hostname),
      ),
    );
  }
}
