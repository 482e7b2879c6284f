/** The questions of this visit and their answers, one at a time; each finished one goes into the history. */

import type { Message, Model } from "semgrad";
import { el } from "../../../shared/dom.js";
import { problem } from "../../../shared/problem.js";
import { entryOf, type History, newId } from "../chat/history.js";
import { servedEncoders } from "../model/offers.js";
import { noteSpeed } from "../model/speed.js";
import type { Session } from "../session.js";
import { type Settings, saveSettings } from "../settings.js";
import { NEEDS_MODEL } from "./actions.js";
import { Composer } from "./composer.js";
import { Earlier } from "./earlier.js";
import type { Example } from "./examples.js";
import { Exchange, type ExchangeOwner } from "./exchange.js";

/** A follow-up sees so many exchanges at most. */
const REMEMBERED = 6;

/** Exchanges, and the box for the next one. */
export class Conversation implements ExchangeOwner {
  readonly element: HTMLElement;
  readonly composer: Composer;
  private readonly exchanges = el("div", { class: "exchanges" });
  private readonly earlier: Earlier;
  /** Those of this visit. */
  private shown: Exchange[] = [];
  private answering: AbortController | null = null;
  /** The one that the next question takes the place of. */
  private edited: Exchange | null = null;
  private usable = false;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly history: History,
    private readonly say: (text: string) => void,
    private readonly onAsk: () => void,
  ) {
    this.composer = new Composer(settings, {
      ask: (question) => this.send(question),
      stop: () => this.stop(),
      change: () => this.change(),
      forget: () => this.forget(),
    });
    this.earlier = new Earlier(history, this, say);
    this.element = el("div", { class: "conversation" }, this.earlier.element, this.exchanges);
    history.addEventListener("change", () => this.follow());
    history.addEventListener("clear", () => this.clear());
    this.refresh();
  }

  get isEmpty(): boolean {
    return this.shown.length === 0;
  }

  get canAsk(): boolean {
    return this.usable && this.answering === null;
  }

  /** There is a model that can be asked, or none. */
  enable(usable: boolean): void {
    if (!usable) this.stop();
    this.usable = usable;
    this.composer.enable(usable);
    this.refresh();
  }

  stop(): void {
    this.answering?.abort();
  }

  /** Another model knows nothing of what was said before. */
  forget(): void {
    for (const exchange of this.shown) exchange.remembered = false;
    this.refresh();
  }

  async ask(question: string, example: Example | null = null): Promise<void> {
    const exchange = new Exchange(newId(), question, example?.notice ?? null, this.say, this);
    const settings = { ...this.settings };
    const history = settings.follow ? this.memory() : [];
    await this.answer(exchange, async (model, signal) => {
      this.shown.push(exchange);
      this.exchanges.append(exchange.element);
      exchange.element.scrollIntoView({ block: "nearest" });
      this.onAsk();
      const encoder = settings.samples && settings.compare === "encoder" ? await nliEncoder() : null;
      const answer = await exchange.ask({ model, settings, encoder, history, signal });
      noteSpeed(this.name, model.info.device, answer);
    });
  }

  again(exchange: Exchange): void {
    if (this.answering) return;
    this.remove(exchange);
    void this.ask(exchange.question);
  }

  edit(exchange: Exchange): void {
    this.edited = exchange;
    this.composer.edit(exchange.question, () => {
      this.edited = null;
    });
  }

  goOn(exchange: Exchange): void {
    void this.answer(exchange, (model, signal) => exchange.goOn(model, signal));
    this.composer.focus();
  }

  remove(exchange: Exchange): void {
    if (exchange === this.edited) this.settle();
    this.shown = this.shown.filter((other) => other !== exchange);
    exchange.element.remove();
    this.history.remove(exchange.id);
    this.refresh();
    // The button that had the keyboard is gone.
    this.composer.focus();
  }

  /** What was typed, in place of what was edited. */
  private send(question: string): void {
    if (this.edited) this.remove(this.edited);
    void this.ask(question);
  }

  private settle(): void {
    this.edited = null;
    this.composer.settle();
  }

  private get name(): string {
    return this.session.choice?.name ?? "";
  }

  /** One at a time; what is finished is kept. */
  private async answer(exchange: Exchange, work: (model: Model, signal: AbortSignal) => Promise<void>): Promise<void> {
    const { model } = this.session;
    if (!model || this.answering) return;
    const controller = new AbortController();
    this.answering = controller;
    this.composer.setBusy(true);
    this.refresh();
    try {
      await work(model, controller.signal);
      const { id, question, told } = exchange;
      // It may have been deleted while it was written.
      if (told && this.shown.includes(exchange)) this.history.put(entryOf(id, question, this.name, told));
    } catch (thrown) {
      if (!controller.signal.aborted) {
        exchange.element.append(problem(thrown));
        exchange.element.scrollIntoView({ block: "nearest" });
      }
    } finally {
      this.answering = null;
      this.composer.setBusy(false);
      this.refresh();
    }
  }

  private remembered(): Exchange[] {
    return this.shown.filter(({ told, remembered }) => told && remembered).slice(-REMEMBERED);
  }

  private memory(): Message[] {
    return this.remembered().flatMap(({ question, told }) => [
      { role: "user", content: question },
      { role: "assistant", content: told?.text ?? "" },
    ]);
  }

  private change(): void {
    saveSettings(this.settings);
    this.refresh();
  }

  /** What was deleted elsewhere is gone here, too. */
  private follow(): void {
    const kept = new Set(this.history.entries.map(({ id }) => id));
    const gone = this.shown.filter(({ id, told }) => told && !kept.has(id));
    for (const { element } of gone) element.remove();
    this.shown = this.shown.filter((exchange) => !gone.includes(exchange));
    this.refresh();
  }

  /** With all others what was never finished goes as well, unless it is being written. */
  private clear(): void {
    const isBusy = ({ element }: Exchange) => element.hasAttribute("aria-busy");
    for (const exchange of this.shown.filter((exchange) => !isBusy(exchange))) exchange.element.remove();
    this.shown = this.shown.filter(isBusy);
    this.refresh();
  }

  private refresh(): void {
    this.composer.remember(this.remembered().length);
    this.earlier.show(new Set(this.shown.map(({ id }) => id)));
    for (const button of this.element.querySelectorAll<HTMLButtonElement>(`.${NEEDS_MODEL}`)) {
      button.disabled = !this.canAsk;
    }
  }
}

async function nliEncoder() {
  return (await servedEncoders()).find(({ engine }) => engine === "nli") ?? null;
}
