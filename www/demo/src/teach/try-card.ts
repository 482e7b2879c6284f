/** Step 4: a question to the model as it was and as it is now, side by side. */

import type { Checked, Model } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { withoutLabel } from "../../../shared/without-label.js";
import { ProblemPlace } from "./problem-place.js";
import type { KeptAdapter, Taught } from "./taught.js";
import type { Terms } from "./terms.js";
import { TEXT } from "./text.js";

const T = TEXT.try;

/** What is asked of, and how. */
export interface Trial {
  model: Model;
  terms: Terms;
  taught: Taught;
}

type Time = "before" | "after";

/** The box, questions to take, and two answers. */
export class TryCard {
  readonly element: HTMLElement;
  private readonly which = el("select", { id: "try-adapter", onchange: () => this.choose(this.which.value) });
  private readonly field = el("div", { class: "field" }, el("label", { for: "try-adapter" }, T.which), this.which);
  private readonly chips = el("div", { class: "actions chips", role: "group", "aria-label": T.chips });
  private readonly box = el("input", {
    type: "text",
    id: "try-question",
    placeholder: T.placeholder,
    autocomplete: "off",
  });
  private readonly button = el("button", { type: "submit", class: "primary" }, T.ask);
  private readonly answers = el("div", { class: "answers" });
  private readonly state = el("p", { class: "note", role: "status" });
  private readonly problems = new ProblemPlace();
  private readonly checks = el("details", { class: "checks-again", hidden: true });
  private trial: Trial | null = null;
  private adapters: readonly KeptAdapter[] = [];
  private chosen: KeptAdapter | null = null;
  private asking: AbortController | null = null;

  constructor(private readonly say: (text: string) => void) {
    const form = el(
      "form",
      { class: "try-form", onsubmit: (event: SubmitEvent) => this.submit(event) },
      el("label", { for: "try-question", class: "visually-hidden" }, T.label),
      this.box,
      this.button,
    );
    this.element = el(
      "section",
      { class: "card stack try", hidden: true, "aria-labelledby": "try-heading" },
      el("h3", { id: "try-heading", tabindex: -1 }, T.heading),
      el("p", { class: "note" }, T.hint),
      this.field,
      this.chips,
      form,
      this.problems.element,
      this.state,
      this.answers,
      this.checks,
    );
  }

  /** What there is to try; null without a model. */
  show(trial: Trial | null): void {
    if (trial?.model !== this.trial?.model) this.stop();
    this.trial = trial;
    const adapters = trial?.taught.adapters ?? [];
    if (adapters === this.adapters) return;
    this.adapters = adapters;
    this.element.hidden = this.adapters.length === 0;
    this.field.hidden = this.adapters.length < 2;
    fill(this.which, ...this.adapters.map(({ id, at }) => el("option", { value: id }, TEXT.kept.at(new Date(at)))));
    const { chosen } = this;
    this.choose((this.adapters.find(({ id }) => id === chosen?.id) ?? this.adapters[0])?.id ?? "");
  }

  /** The one to try, from the list of those that are kept. */
  take(kept: KeptAdapter): void {
    this.choose(kept.id);
    this.element.scrollIntoView({ block: "start" });
    this.element.querySelector("h3")?.focus({ preventScroll: true });
  }

  /** Another one to try; what became of the questions that were asked again goes with it. */
  choose(id: string): void {
    const chosen = this.adapters.find((kept) => kept.id === id) ?? null;
    if (chosen?.id !== this.chosen?.id) {
      this.stop();
      fill(this.answers);
      this.problems.show(null);
      this.state.textContent = "";
    }
    this.chosen = chosen;
    this.which.value = id;
    this.fillChips([...(chosen?.examples ?? []), ...T.ordinary]);
    const all = chosen?.result?.checked ?? [];
    this.checks.hidden = all.length === 0;
    if (all.length > 0) fill(this.checks, el("summary", {}, T.checked), checkTable(all));
  }

  stop(): void {
    this.asking?.abort();
  }

  private fillChips(questions: readonly string[]): void {
    const chip = (question: string) =>
      el("button", { type: "button", class: "secondary", onclick: () => void this.ask(question) }, question);
    fill(this.chips, ...questions.map(chip));
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.asking) this.stop();
    else if (this.box.value.trim() !== "") void this.ask(this.box.value.trim());
  }

  private async ask(question: string): Promise<void> {
    const { trial, chosen } = this;
    if (!trial || !chosen || this.asking) return;
    const controller = new AbortController();
    this.asking = controller;
    this.button.textContent = T.stop;
    this.box.value = question;
    this.problems.show(null);
    this.state.textContent = "";
    const places = { before: el("p", { class: "said" }, T.waiting), after: el("p", { class: "said" }, T.waiting) };
    const column = (time: Time) => el("section", { "aria-label": T[time] }, el("h4", {}, T[time]), places[time]);
    fill(this.answers, column("before"), column("after"));
    try {
      const written = { before: "", after: "" };
      const [before, after] = await both(trial, chosen, question, controller.signal, (time, text) => {
        written[time] += text;
        places[time].textContent = withoutLabel(written[time]);
      });
      places.before.textContent = before;
      places.after.textContent = after;
      this.say(`${T.before}: ${before}. ${T.after}: ${after}.`);
    } catch (thrown) {
      if (controller.signal.aborted) this.state.textContent = T.stopped;
      else this.problems.show(thrown);
    } finally {
      this.asking = null;
      this.button.textContent = T.ask;
    }
  }
}

/** All five are queued at once, so that no other question gets in between and is answered with the wrong adapter. */
async function both(
  { model, terms, taught }: Trial,
  kept: KeptAdapter,
  question: string,
  signal: AbortSignal,
  onText: (time: Time, text: string) => void,
): Promise<[string, string]> {
  const adapter = await taught.read(kept);
  const used = taught.used && (await taught.read(taught.used));
  signal.throwIfAborted();
  const { prefix, maxTokens } = terms.options;
  const ask = (time: Time) =>
    model.ask(question, { prefix, maxTokens, methods: [], signal, onToken: ({ text }) => onText(time, text ?? "") });
  const work = [model.useAdapter(null), ask("before"), model.useAdapter(adapter), ask("after"), model.useAdapter(used)];
  // Whatever becomes of one, the last one puts back what was in use.
  const settled = await Promise.allSettled(work);
  const failed = settled.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
  if (failed) throw failed.reason;
  const text = async (place: number) => shown((await (work[place] as Promise<{ text: string | null }>)).text ?? "");
  return [await text(1), await text(3)];
}

/** An answer as it is read. */
const shown = (answer: string) => withoutLabel(answer).trim() || T.empty;

/** On a narrow screen its cells stand one below the other, each with its name; the roles keep it a table there. */
function checkTable(all: readonly Checked[]): HTMLElement {
  const names = [T.question, T.before, T.after];
  const head = names.map((name) => el("th", { scope: "col", role: "columnheader" }, name));
  const cell = (name: string, text: string) => el("td", { role: "cell", "data-name": name }, text);
  const rows = all.map(({ question, before, after }) =>
    el(
      "tr",
      { role: "row" },
      el("th", { scope: "row", role: "rowheader" }, question),
      cell(T.before, shown(before)),
      cell(T.after, shown(after)),
    ),
  );
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": T.checked },
    el(
      "table",
      { class: "stacks", role: "table" },
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...head)),
      el("tbody", { role: "rowgroup" }, ...rows),
    ),
  );
}
