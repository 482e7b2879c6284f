/** What is kept on this machine, what was asked of the network, and what may be asked. */

import { el, fill } from "../../../shared/dom.js";
import type { History } from "../chat/history.js";
import type { NetworkLog } from "../network.js";
import type { Session } from "../session.js";
import type { View } from "../shell.js";
import { TEXT } from "../text.js";
import { networkSection } from "./network.js";
import { offlineSection } from "./offline.js";
import { questionsSection } from "./questions.js";
import { ruleSection } from "./rule.js";
import { calibrationsSection, modelsSection } from "./storage.js";
import { taughtSection } from "./taught.js";

/** Its cards, drawn anew each time that it is opened. */
export class MachineView implements View {
  readonly element: HTMLElement;
  private readonly heading = el("h2", { tabindex: -1 }, TEXT.machine.heading);
  private readonly cards = el("div", { class: "cards" });
  private readonly network: { element: HTMLElement; refresh(): void };
  private shown = false;

  constructor(
    private readonly session: Session,
    log: NetworkLog,
    private readonly history: History,
    private readonly say: (text: string) => void,
  ) {
    this.network = networkSection(log);
    this.element = el(
      "section",
      { class: "view machine", hidden: true },
      el("div", { class: "view-intro" }, this.heading, el("p", { class: "note" }, TEXT.machine.intro)),
      this.cards,
    );
    log.addEventListener("change", () => this.shown && this.network.refresh());
  }

  open(moved: boolean): void {
    this.shown = true;
    if (moved) this.heading.focus();
    this.network.refresh();
    void this.draw();
  }

  close(): void {
    this.shown = false;
  }

  private async draw(): Promise<void> {
    const redraw = () => void this.draw();
    const models = await modelsSection(redraw, this.say);
    const rule = await ruleSection();
    const questions = questionsSection(this.history, redraw);
    const taught = await taughtSection(this.session.taught, redraw, this.say);
    const calibrations = await calibrationsSection(redraw);
    fill(this.cards, this.network.element, rule, models, questions, calibrations, taught, offlineSection());
  }
}
