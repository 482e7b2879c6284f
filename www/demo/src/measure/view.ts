/** The page's second view: which model, which devices, how long; then progress, figures, and text to take along. */

import type { LoadProgress } from "semgrad";
import { copy } from "../../../shared/clipboard.js";
import { el, fill } from "../../../shared/dom.js";
import { bytes } from "../../../shared/format.js";
import { problem } from "../../../shared/problem.js";
import { ProgressView } from "../../../shared/progress.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { findOffers, type Offer } from "../model/offers.js";
import type { Choice } from "../model/picker.js";
import type { Session } from "../session.js";
import type { View } from "../shell.js";
import { TEXT } from "../text.js";
import { describeMachine, type Machine } from "./machine.js";
import { chart, resultTable } from "./results.js";
import { type Effort, type Figures, measure, STEPS, type Step, type Target } from "./run.js";
import { type Report, toJson, toMarkdown } from "./share.js";

const T = TEXT.measure;

const EFFORTS: Record<string, Effort> = {
  quick: { step: 10_000, repetitions: 3 },
  thorough: { step: 30_000, repetitions: 5 },
};

/** Why a measurement was aborted, when it was not cancelled. */
const LEFT = "the view was left";

/** One measurement at a time. */
export class MeasureView implements View {
  readonly element: HTMLElement;
  private readonly heading = el("h2", { tabindex: -1 }, T.heading);
  private readonly model = el("select", { id: "measure-model", onchange: () => this.refresh() });
  private readonly devices = el("fieldset", { class: "device" });
  private readonly button = el("button", { type: "submit", class: "primary" }, T.start);
  private readonly hint = el("p", { class: "form-hint", role: "status" });
  private readonly form: HTMLFormElement;
  private readonly progress = el("div", { class: "measure-progress" });
  private readonly problems = el("div", { class: "problems" });
  private readonly results = el("div", { class: "measure-results" });
  /** What the list shows; empty while it is being made, so that nobody starts what stood there before. */
  private choices: { choice: Choice; size: number | null; download: number }[] = [];
  private machine: Machine | null = null;
  private running: AbortController | null = null;
  /** Counts the lists that were begun: only the last one is shown. */
  private turn = 0;

  constructor(
    private readonly session: Session,
    private readonly say: (text: string) => void,
  ) {
    this.form = el(
      "form",
      { class: "card picker", onsubmit: (event: SubmitEvent) => this.submit(event), onchange: () => this.refresh() },
      el("div", { class: "field" }, el("label", { for: "measure-model" }, T.model), this.model, el("small", {}, T.own)),
      this.devices,
      effortChoice(),
      el("div", { class: "actions" }, this.button, this.hint),
    );
    this.element = el(
      "section",
      { class: "view measure", hidden: true },
      el("div", { class: "view-intro" }, this.heading, el("p", { class: "note" }, T.intro)),
      this.problems,
      this.form,
      this.progress,
      this.results,
    );
  }

  open(moved: boolean): void {
    if (moved) this.heading.focus();
    void this.refill(async () => {
      this.machine = await describeMachine();
      return deviceChoice(this.machine);
    });
  }

  /** What is being measured ends. */
  close(): void {
    this.running?.abort(LEFT);
  }

  /**
   * The choices as they are now. Until they are there the form can't be used: what it showed before may be another model
   * than the one that is chosen afterwards, and a download that nobody asked for.
   */
  private async refill(devices?: () => Promise<HTMLElement[]>, measured?: Choice): Promise<void> {
    const turn = ++this.turn;
    this.form.inert = true;
    this.choices = [];
    fill(this.model);
    this.refresh();
    const [offers, boxes] = await Promise.all([findOffers(), devices?.()]);
    // One that began later, or a measurement, makes the list when it ends.
    if (turn !== this.turn || this.running) return;
    if (boxes) fill(this.devices, ...boxes);
    this.offer(offers, measured);
    this.refresh();
    this.form.inert = false;
  }

  /** Fills the list; the first one is chosen unless another one was measured. */
  private offer(offers: readonly Offer[], measured?: Choice): void {
    const current = this.session.choice;
    const listed = offers.map(({ name, source, options, size, cached }) => ({
      choice: { name, source, options },
      size,
      download: cached ? 0 : size,
    }));
    const isCurrent = ({ choice }: { choice: Choice }) => choice.source === current?.source;
    // What the user loaded comes first, whether it is on the list or a file of their own.
    const own = current ? (listed.find(isCurrent) ?? { choice: current, size: null, download: 0 }) : null;
    this.choices = own ? [own, ...listed.filter((other) => other !== own)] : listed;
    const options = this.choices.map(({ choice, size, download }, index) => {
      const place = download > 0 ? T.download(bytes(download)) : size === null ? T.loaded : bytes(size);
      return el("option", { value: index, selected: choice.source === measured?.source }, `${choice.name} (${place})`);
    });
    fill(this.model, ...options);
  }

  private refresh(): void {
    const download = this.choices[Number(this.model.value)]?.download ?? 0;
    this.button.textContent = download > 0 ? T.startDownload(bytes(download)) : T.start;
    this.hint.textContent = "";
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(this.form);
    const wanted = this.choices[Number(this.model.value)];
    const devices = form.getAll("measure-device") as Target[];
    const effort = EFFORTS[String(form.get("effort"))];
    if (this.form.inert) return;
    if (devices.length === 0) this.hint.textContent = T.noDevice;
    else if (wanted && effort && this.machine) void this.run(wanted, devices, effort, this.machine);
  }

  private async run(
    { choice, size }: { choice: Choice; size: number | null },
    devices: readonly Target[],
    effort: Effort,
    machine: Machine,
  ): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    this.form.inert = true;
    this.session.putAway();
    fill(this.problems);
    fill(this.results);
    const view = new StepProgress(choice.name, devices, () => controller.abort());
    fill(this.progress, view.element);
    view.focus();
    const report: Report = { model: { name: choice.name, bytes: size }, machine, results: [] };
    const show = (figures: Figures) => {
      const others = report.results.filter(({ device }) => device !== figures.device);
      report.results = [...others, figures];
      fill(this.results, this.resultCard(report));
    };
    for (const device of devices) {
      if (controller.signal.aborted) break;
      try {
        await measure(choice, device, effort, {
          signal: controller.signal,
          onStep: (step) => view.step(device, step),
          onLoad: (progress) => view.load(progress),
          onFigures: show,
        });
      } catch (thrown) {
        if (!controller.signal.aborted)
          this.problems.append(problem(thrown, { device: SHARED.choices.devices[device] }));
      }
    }
    this.running = null;
    // What was downloaded is here from now on. Who left and came back finds the model that is loaded now.
    await this.refill(undefined, controller.signal.reason === LEFT ? undefined : choice);
    fill(this.progress);
    this.say(controller.signal.aborted ? T.cancelled : T.done);
    if (!this.element.hidden) this.button.focus();
  }

  private resultCard(report: Report): HTMLElement {
    const status = el("small", { role: "status" });
    const text = el("textarea", { class: "copied", rows: 8, readonly: true, hidden: true, "aria-label": T.text });
    const button = (label: string, make: (report: Report) => string) => {
      const take = async () => {
        const made = make(report);
        const copied = await copy(made);
        status.textContent = copied ? T.copied : T.notCopied;
        text.hidden = copied;
        text.value = made;
        if (!copied) text.select();
      };
      return el("button", { type: "button", class: "secondary", onclick: () => void take() }, label);
    };
    const facts = T.facts(report.machine).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
    return el(
      "section",
      { class: "card answer", "aria-label": T.results },
      el("h3", {}, T.title(report.model.name)),
      resultTable(report.results),
      chart(report.results),
      el("p", { class: "note" }, T.explain),
      el("div", { class: "actions" }, button(T.copyMarkdown, toMarkdown), button(T.copyJson, toJson), status),
      text,
      el("details", { class: "facts", open: true }, el("summary", {}, T.machine), el("dl", {}, ...facts)),
    );
  }
}

/** The load's own progress, then how many steps are done. */
class StepProgress {
  private readonly inner: ProgressView;
  private device: Target;
  private step_: Step = "load";

  constructor(
    name: string,
    private readonly devices: readonly Target[],
    onCancel: () => void,
  ) {
    this.inner = new ProgressView(name, onCancel);
    this.device = devices[0] ?? "cpu";
  }

  get element(): HTMLElement {
    return this.inner.element;
  }

  focus(): void {
    this.inner.focus();
  }

  step(device: Target, step: Step): void {
    this.device = device;
    this.step_ = step;
    const done = this.devices.indexOf(device) * STEPS.length + STEPS.indexOf(step);
    this.inner.show(this.title, "", done, this.devices.length * STEPS.length);
  }

  load(progress: LoadProgress): void {
    this.inner.update(progress);
    if (progress.phase === "load") this.inner.title(this.title);
  }

  private get title(): string {
    return T.step(SHARED.choices.devices[this.device], T.steps[this.step_]);
  }
}

function deviceChoice(machine: Machine): HTMLElement[] {
  const option = (value: Target, usable: boolean, checked = usable) =>
    el(
      "label",
      {},
      el("input", { type: "checkbox", name: "measure-device", value, checked, disabled: !usable }),
      ` ${SHARED.choices.devices[value]}`,
    );
  const { adapter } = machine;
  return [
    el("legend", {}, T.devices),
    // A processor in the part of a graphics card takes minutes: that is for the user to want.
    el(
      "div",
      { class: "checks" },
      option("webgpu", adapter !== null, adapter?.software === false),
      option("cpu", true),
    ),
    el("small", {}, adapter ? T.adapter(adapter.name, adapter.software) : T.noWebgpu),
  ];
}

function effortChoice(): HTMLElement {
  const option = (value: string, checked: boolean) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name: "effort", value, checked }),
      el("span", {}, T.efforts[value] ?? value),
    );
  return el(
    "fieldset",
    { class: "device" },
    el("legend", {}, T.effort),
    el("div", { class: "segments" }, option("quick", true), option("thorough", false)),
    el("small", {}, T.effortHint),
  );
}
