/** The first view: picker → progress → questions. One model at a time, one question at a time. */

import type { Answer, Device, Message } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { count } from "../../../shared/format.js";
import { problem, toError } from "../../../shared/problem.js";
import { ProgressView } from "../../../shared/progress.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { ownCalibration, profileFor } from "../calibrate/profiles.js";
import { takePending } from "../hosts.js";
import { findRoom } from "../model/fit.js";
import { findOffers, servedEncoders } from "../model/offers.js";
import { type Choice, Picker } from "../model/picker.js";
import type { Session } from "../session.js";
import { type Settings, saveSettings } from "../settings.js";
import type { View } from "../shell.js";
import { TEXT } from "../text.js";
import { Composer } from "./composer.js";
import type { Context } from "./confidence.js";
import { Exchange } from "./exchange.js";

/** Picker, conversation, composer. */
export class AskView implements View {
  readonly element: HTMLElement;
  private readonly picker = new Picker((choice) => void this.load(choice));
  private readonly composer: Composer;
  private readonly modelArea = el("div", { class: "model-area" });
  private readonly problems = el("div", { class: "problems" });
  private readonly exchanges = el("div", { class: "exchanges" });
  private readonly examples = el("div", { class: "examples", hidden: true });
  private readonly intro = el(
    "div",
    { class: "intro" },
    el("p", { class: "tagline" }, TEXT.tagline),
    el("p", { class: "note" }, TEXT.privacy),
  );
  private answering: AbortController | null = null;
  private loading = false;
  private history: Message[] = [];
  /** SemGrad scores of this visit's answers. */
  private earlier: number[] = [];

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly say: (text: string) => void,
  ) {
    this.composer = new Composer(
      settings,
      () => saveSettings(settings),
      (question) => void this.ask(question),
      () => this.answering?.abort(),
    );
    const questions = TEXT.ask.questions.map((question) =>
      el("button", { type: "button", class: "secondary", onclick: () => void this.ask(question) }, question),
    );
    this.examples.append(el("p", { class: "note" }, TEXT.ask.examples), el("div", { class: "actions" }, ...questions));
    this.element = el(
      "section",
      { class: "view ask" },
      this.intro,
      this.problems,
      this.modelArea,
      this.examples,
      this.exchanges,
      this.composer.element,
    );
    session.addEventListener("change", () => this.onSession());
    void this.start();
  }

  open(moved: boolean): void {
    const { model, choice } = this.session;
    if (!model && choice) void this.bringBack(choice);
    else if (moved && model?.info.tokenizer) this.composer.focus();
  }

  /** What was put away for a measurement comes back, unless its files are gone: a download is for the user to choose. */
  private async bringBack(choice: Choice): Promise<void> {
    if (this.loading) return;
    if (await this.session.canReturn()) await this.load(choice);
    else this.change();
  }

  close(): void {
    this.answering?.abort();
  }

  private async start(): Promise<void> {
    await this.showPicker();
    // The user allowed this address's host a moment ago.
    const pending = takePending();
    if (!pending) return;
    const { address, device } = pending;
    const name = address.split("/").filter(Boolean).pop() ?? address;
    await this.load({ name, source: address, options: { device: device as Device } });
  }

  private async showPicker(): Promise<void> {
    this.picker.wait();
    fill(this.modelArea, this.picker.element);
    this.picker.show(...(await Promise.all([findOffers(), findRoom()])));
  }

  private async load(wanted: Choice): Promise<void> {
    const controller = new AbortController();
    const progress = new ProgressView(wanted.name, () => controller.abort());
    this.loading = true;
    fill(this.problems);
    fill(this.modelArea, progress.element);
    progress.focus();
    // A first visit waits for it.
    if (!navigator.serviceWorker?.controller) progress.title(SHARED.progress.offline);
    try {
      await this.session.load(wanted, (event) => progress.update(event), controller.signal);
      this.composer.focus();
      this.say(TEXT.ready.announce(wanted.name));
    } catch (thrown) {
      this.session.choice = null;
      await this.showPicker();
      if (controller.signal.aborted) this.say(TEXT.model.cancelled);
      else fill(this.problems, this.loadProblem(thrown, wanted));
      this.picker.focus();
      scrollTo({ top: 0 });
    } finally {
      this.loading = false;
    }
  }

  private loadProblem(thrown: unknown, { source }: Choice): HTMLElement {
    const elsewhere = typeof source === "string" && URL.canParse(source) && new URL(source).origin !== location.origin;
    const { code } = toError(thrown);
    if (code === "network" && elsewhere) return problem(thrown, { hint: TEXT.hosts.redirect });
    return problem(thrown, code === "quota_exceeded" ? { hint: TEXT.model.full } : {});
  }

  private onSession(): void {
    const { model, choice } = this.session;
    const usable = model?.info.tokenizer === true;
    this.composer.enable(usable);
    this.examples.hidden = !usable || this.exchanges.childElementCount > 0;
    this.intro.hidden = model !== null;
    if (model && choice) this.showModel(choice);
    else this.answering?.abort();
  }

  private showModel({ name, options }: Choice): void {
    const info = this.session.model?.info;
    if (!info) return;
    const cpu = options.device === "cpu" ? TEXT.ready.cpu : TEXT.ready.cpuBecause(info.deviceReason);
    const device = info.device === "cpu" ? cpu : TEXT.ready.webgpu(info.adapter);
    const own = profileFor(this.session.weights);
    const fitted = own ? ownCalibration(own.json)?.fitted?.questions : undefined;
    const facts = [TEXT.ready.facts(count(info.parameters), info.layers), device];
    if (info.profile?.answers.includes("own")) facts.push(fitted ? TEXT.ready.calibrated(fitted) : TEXT.ready.shipped);
    fill(
      this.modelArea,
      el(
        "section",
        { class: "loaded", "aria-label": TEXT.model.short },
        el(
          "p",
          {},
          el("strong", {}, name),
          el("small", {}, facts.join(" · ")),
          info.tokenizer ? null : el("small", { class: "warning" }, TEXT.ready.noTokenizer),
        ),
        el("button", { type: "button", class: "secondary", onclick: () => this.change() }, TEXT.model.change),
      ),
    );
  }

  private change(): void {
    this.session.putAway({ forget: true });
    this.history = [];
    this.earlier = [];
    void this.showPicker().then(() => this.picker.focus());
  }

  private async ask(question: string): Promise<void> {
    const { model } = this.session;
    if (!model || this.answering) return;
    const controller = new AbortController();
    const exchange = new Exchange(question, this.say);
    this.answering = controller;
    this.composer.setBusy(true);
    fill(this.problems);
    this.examples.hidden = true;
    this.exchanges.append(exchange.element);
    exchange.element.scrollIntoView({ block: "nearest" });
    const settings = { ...this.settings };
    if (!settings.follow) this.history = [];
    try {
      const encoder = settings.samples && settings.compare === "encoder" ? await nliEncoder() : null;
      const answer = await exchange.ask({
        model,
        settings,
        encoder,
        history: this.history,
        signal: controller.signal,
        context: (answer) => this.context(answer),
      });
      this.history.push({ role: "user", content: question }, { role: "assistant", content: answer.text ?? "" });
    } catch (thrown) {
      if (!controller.signal.aborted) {
        exchange.element.append(problem(thrown));
        exchange.element.scrollIntoView({ block: "nearest" });
      }
    } finally {
      if (this.answering === controller) this.answering = null;
      this.composer.setBusy(false);
    }
  }

  private context(answer: Answer): Context {
    const score = answer.scores.semgrad?.score;
    if (score != null) this.earlier.push(score);
    return { earlier: [...this.earlier], parts: answer.confidenceParts };
  }
}

async function nliEncoder() {
  return (await servedEncoders()).find(({ engine }) => engine === "nli") ?? null;
}
