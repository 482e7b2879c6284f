/** The box for the question, with the two switches that matter most beside it, and what the model will see besides. */

import { HINT, QuestionBox } from "../../../shared/box.js";
import { el, fill } from "../../../shared/dom.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { settingsPanel } from "./settings-panel.js";
import { Switches } from "./switches.js";

/** What the composer's owner does. */
export interface ComposerActions {
  ask(question: string): void;
  stop(): void;
  /** The settings were changed. */
  change(): void;
  /** The model is to forget the conversation. */
  forget(): void;
}

/** Box, switches, and the settings behind them. */
export class Composer {
  readonly element: HTMLElement;
  private readonly box: QuestionBox;
  private readonly memory = el("p", { class: "composer-note memory", role: "status" });
  private readonly edited = el("p", { class: "composer-note edited", role: "status" });

  constructor(
    private readonly settings: Settings,
    private readonly actions: ComposerActions,
  ) {
    this.box = new QuestionBox(actions.ask, actions.stop);
    const switches = new Switches(settings, actions.change);
    this.element = el(
      "div",
      { class: "composer" },
      this.edited,
      this.memory,
      this.box.form,
      el(
        "div",
        { class: "switches" },
        switches.chip("samples"),
        switches.chip("follow"),
        el("button", { type: "button", class: "secondary plain", popovertarget: "settings" }, TEXT.settings.open),
        el("small", { id: HINT }, SHARED.ask.hint),
      ),
      settingsPanel(settings, switches, actions.change),
    );
  }

  focus(): void {
    this.box.focus();
  }

  /** Usable once there is a model with a tokenizer. */
  enable(usable: boolean): void {
    this.element.classList.toggle("usable", usable);
    this.box.enable(usable);
  }

  setBusy(busy: boolean): void {
    this.box.setBusy(busy);
  }

  /** Says what the model will see beside the next question: so many earlier ones with their answers. */
  remember(count: number): void {
    const T = TEXT.memory;
    const forget = el("button", { type: "button", class: "secondary plain", onclick: this.actions.forget }, T.forget);
    const on = this.settings.follow;
    fill(this.memory, on && (count === 0 ? T.none : T.some(count)), on && count > 0 && forget);
  }

  /** Puts an earlier question into the box, to take that one's place unless the user keeps it. */
  edit(question: string, keep: () => void): void {
    const T = TEXT.edit;
    const leave = () => {
      keep();
      this.settle();
      this.box.focus();
    };
    const button = el("button", { type: "button", class: "secondary plain", onclick: leave }, T.keep);
    fill(this.edited, T.replaces(question), button);
    this.box.value = question;
    this.box.focus();
  }

  /** Nothing is being edited any more. */
  settle(): void {
    fill(this.edited);
  }
}
