/** The model of the questions: chosen, on its way, or loaded; the last one is one click away after a reload. */

import type { Device } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { count } from "../../../shared/format.js";
import { problem, toError } from "../../../shared/problem.js";
import { ProgressView } from "../../../shared/progress.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { ownCalibration, profileFor } from "../calibrate/profiles.js";
import { takePending } from "../hosts.js";
import { isolatedNext } from "../isolate.js";
import { findRoom } from "../model/fit.js";
import { keepLast, lastChoice } from "../model/last.js";
import { findOffers } from "../model/offers.js";
import { type Choice, Picker } from "../model/picker.js";
import type { Session } from "../session.js";
import { TEXT as TEACH } from "../teach/text.js";
import { TEXT } from "../text.js";

const TAUGHT = TEACH.ready;

/** Picker, progress, the loaded model. */
export class ModelArea {
  readonly element: HTMLElement;
  private readonly picker = new Picker((choice) => void this.load(choice));
  private readonly area = el("div", { class: "model-area" });
  private readonly problems = el("div", { class: "problems" });
  private loading = false;
  /** What went wrong with what the model was taught, as far as it was said. */
  private told: unknown = null;

  /** @param onReady moves the keyboard to the question */
  constructor(
    private readonly session: Session,
    private readonly say: (text: string) => void,
    private readonly onReady: () => void,
  ) {
    this.element = el("div", { class: "stack" }, this.problems, this.area);
    session.addEventListener("change", () => this.showModel());
    void this.start();
  }

  /** What was put away for a measurement comes back, unless its files are gone: a download is for the user to choose. */
  async bringBack(): Promise<void> {
    const { model, choice } = this.session;
    if (model || !choice || this.loading) return;
    if (await this.session.canReturn()) await this.load(choice);
    else this.change();
  }

  clearProblems(): void {
    fill(this.problems);
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
    fill(this.area, this.picker.element);
    const [offers, room] = await Promise.all([findOffers(), findRoom()]);
    this.picker.show(offers, room, lastChoice());
  }

  private async load(wanted: Choice): Promise<void> {
    const controller = new AbortController();
    const progress = new ProgressView(wanted.name, () => controller.abort());
    this.loading = true;
    fill(this.problems);
    fill(this.area, progress.element);
    progress.focus();
    // A first visit waits for it.
    if (!navigator.serviceWorker?.controller) progress.title(SHARED.progress.offline);
    try {
      await this.session.load(wanted, (event) => progress.update(event), controller.signal);
      keepLast(wanted);
      this.onReady();
      this.say(TEXT.ready.announce(wanted.name));
    } catch (thrown) {
      this.session.choice = null;
      await this.showPicker();
      if (controller.signal.aborted) this.say(TEXT.model.cancelled);
      else fill(this.problems, loadProblem(thrown, wanted));
      this.picker.focus();
      scrollTo({ top: 0 });
    } finally {
      this.loading = false;
    }
  }

  private showModel(): void {
    const { model, choice, weights, taught } = this.session;
    if (!model || !choice) return;
    const { info } = model;
    const { threads, deviceReason } = info;
    const isWanted = choice.options.device === "cpu";
    const cpu = isWanted ? TEXT.ready.cpu(threads) : TEXT.ready.cpuBecause(threads, deviceReason);
    const device = info.device === "cpu" ? cpu : TEXT.ready.webgpu(info.gpu);
    const own = profileFor(weights);
    const fitted = own ? ownCalibration(own.json)?.fitted?.questions : undefined;
    const facts = [TEXT.ready.facts(count(info.parameters), info.layers), device];
    if (info.device === "cpu" && isolatedNext()) facts.push(TEXT.ready.threadsNext);
    if (info.profile?.answers.includes("own")) facts.push(fitted ? TEXT.ready.calibrated(fitted) : TEXT.ready.shipped);
    fill(
      this.area,
      el(
        "section",
        { class: "loaded", "aria-label": TEXT.model.short },
        el(
          "p",
          {},
          el("strong", {}, choice.name),
          el("small", {}, facts.join(" · ")),
          info.tokenizer ? null : el("small", { class: "warning" }, TEXT.ready.noTokenizer),
        ),
        el("button", { type: "button", class: "secondary", onclick: () => this.change() }, TEXT.model.change),
        this.taughtNote(),
      ),
    );
    if (taught.problem && taught.problem !== this.told) {
      fill(this.problems, problem(taught.problem, { hint: TAUGHT.notTaught }));
    }
    this.told = taught.problem;
  }

  /** What was learned changes every answer, so it is said wherever one is asked for. */
  private taughtNote(): HTMLElement | null {
    const { taught } = this.session;
    if (!taught.used) return null;
    const off = () => {
      taught.use(null).catch((thrown: unknown) => fill(this.problems, problem(thrown)));
    };
    return el(
      "p",
      { class: "taught" },
      `${TAUGHT.taught(taught.used.questions, taught.used.result?.learned)} `,
      el("button", { type: "button", class: "secondary", onclick: off }, TAUGHT.untaught),
    );
  }

  private change(): void {
    this.session.putAway({ forget: true });
    void this.showPicker().then(() => this.picker.focus());
  }
}

function loadProblem(thrown: unknown, { source }: Choice): HTMLElement {
  const elsewhere = typeof source === "string" && URL.canParse(source) && new URL(source).origin !== location.origin;
  const { code } = toError(thrown);
  if (code === "network" && elsewhere) return problem(thrown, { hint: TEXT.hosts.redirect });
  return problem(thrown, code === "quota_exceeded" ? { hint: TEXT.model.full } : {});
}
