/** The user's own rows for the table of selectors. */

import { el, fill } from "../../../shared/dom.js";
import { readSettings, writeSettings } from "../settings.js";
import { SITES, type SiteRule } from "../sites.js";
import { TEXT } from "../text.js";
import { result, section } from "./section.js";

const T = TEXT.options.rules;

/** Rows as typed; throws a sentence. */
export function parseRules(text: string): SiteRule[] {
  const rows: unknown = text.trim() === "" ? [] : JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error(T.noList);
  return rows.map((row: Partial<SiteRule> | null, index) => {
    const { name, hosts, question, answer, busy } = row ?? {};
    const texts = [name, question, answer, ...(busy === undefined ? [] : [busy])];
    if (!texts.every((value) => typeof value === "string" && value.trim() !== "")) throw new Error(T.badRow(index + 1));
    if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === "string")) throw new Error(T.badRow(index + 1));
    for (const selector of texts.slice(1)) {
      try {
        document.createDocumentFragment().querySelector(selector as string);
      } catch {
        throw new Error(T.badSelector(selector as string));
      }
    }
    return { name, hosts, question, answer, ...(busy === undefined ? {} : { busy }) } as SiteRule;
  });
}

export class RulesSection {
  readonly element: HTMLElement;
  readonly #text = el("textarea", { id: "rules", rows: 6, spellcheck: "false", class: "code" });
  readonly #result = result();

  constructor(private readonly onChange: () => void) {
    const form = el(
      "form",
      { onsubmit: (event: SubmitEvent) => this.#submit(event) },
      el("label", { for: "rules", class: "visually-hidden" }, T.label),
      this.#text,
      el("div", { class: "actions" }, el("button", { type: "submit", class: "secondary" }, T.save), this.#result),
    );
    const table = el(
      "details",
      {},
      el("summary", {}, T.table),
      el("pre", { tabindex: 0 }, JSON.stringify(SITES, null, 2)),
    );
    this.element = section("rules", T.heading, T.hint, form, table);
  }

  async show(): Promise<void> {
    const { rules } = await readSettings();
    this.#text.value = rules.length > 0 ? JSON.stringify(rules, null, 2) : "";
  }

  async #save(): Promise<void> {
    try {
      await writeSettings({ rules: parseRules(this.#text.value) });
      this.#result.textContent = T.saved;
      this.onChange();
    } catch (error) {
      this.#result.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    fill(this.#result);
    void this.#save();
  }
}
