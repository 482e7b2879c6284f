/** Sites on which answers are flagged: what the browser's permissions say, no list of our own. */

import { el, fill } from "../../../shared/dom.js";
import { readSettings } from "../settings.js";
import { knownSites } from "../sites.js";
import { TEXT } from "../text.js";
import { result, section } from "./section.js";

const T = TEXT.options.sites;

export class SitesSection {
  readonly element: HTMLElement;
  readonly #list = el("ul", { class: "sites" });
  readonly #address = el("input", { type: "url", id: "site", placeholder: T.placeholder, spellcheck: "false" });
  readonly #result = result();

  constructor() {
    const form = el(
      "form",
      { class: "inline", novalidate: true, onsubmit: (event: SubmitEvent) => this.#submit(event) },
      el("label", { for: "site" }, T.other),
      this.#address,
      el("button", { type: "submit", class: "secondary" }, T.add),
    );
    this.element = section("sites", T.heading, T.hint, this.#list, form, this.#result);
    chrome.permissions.onAdded.addListener(() => void this.show());
    chrome.permissions.onRemoved.addListener(() => void this.show());
  }

  async show(): Promise<void> {
    const [{ origins = [] }, { rules }] = await Promise.all([chrome.permissions.getAll(), readSettings()]);
    const known = knownSites(rules);
    const named = new Set(known.flatMap((site) => site.origins));
    const others = origins
      .filter((origin) => !named.has(origin))
      .map((origin) => ({ name: origin, origins: [origin] }));
    const rows = [...known, ...others].map((site) =>
      this.#row(
        site,
        site.origins.every((origin) => origins.includes(origin)),
      ),
    );
    fill(this.#list, ...rows);
  }

  #row({ name, origins }: { name: string; origins: string[] }, isOn: boolean): HTMLElement {
    const hosts = origins.map((origin) => origin.replace(/^https:\/\/|\/\*$/g, "")).join(", ");
    const input = el("input", {
      type: "checkbox",
      checked: isOn,
      onchange: () => void (input.checked ? this.#allow(origins) : this.#remove(origins)),
    });
    return el(
      "li",
      {},
      el("label", {}, input, el("span", {}, name), name === origins[0] ? null : el("small", {}, hosts)),
    );
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const url = URL.parse(this.#address.value.trim());
    if (!url || !/^https?:$/.test(url.protocol)) {
      this.#result.textContent = T.bad;
      return;
    }
    void this.#allow([`${url.protocol}//${url.hostname}/*`]);
  }

  /** The browser asks; it wants this to be the first thing after the click. */
  async #allow(origins: string[]): Promise<void> {
    const granted = await chrome.permissions.request({ origins }).catch(() => false);
    this.#result.textContent = granted ? "" : T.refused;
    if (granted) this.#address.value = "";
    await this.show();
  }

  async #remove(origins: string[]): Promise<void> {
    await chrome.permissions.remove({ origins }).catch(() => false);
    await this.show();
  }
}
