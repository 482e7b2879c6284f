/** A calibration that was made elsewhere, or earlier. */

import { el, fill } from "../../../shared/dom.js";
import { problem } from "../../../shared/problem.js";
import { textOf } from "../file.js";
import type { Session } from "../session.js";
import { TEXT } from "../text.js";
import { ownCalibration, profileFor } from "./profiles.js";

const T = TEXT.calibrate.load;

/** A file to choose, and the one in use. */
export class LoadCard {
  readonly element: HTMLElement;
  private readonly state = el("p", { role: "status" });
  private readonly problems = el("div", { class: "problems" });
  private readonly remove = el(
    "button",
    { type: "button", class: "secondary", onclick: () => void this.drop() },
    T.remove,
  );

  constructor(
    private readonly session: Session,
    private readonly say: (text: string) => void,
  ) {
    const input = el("input", {
      type: "file",
      accept: ".json",
      class: "visually-hidden",
      tabindex: -1,
      "aria-hidden": "true",
      "data-kind": "profile",
    });
    input.addEventListener("change", () => void this.take(input.files?.[0]));
    this.element = el(
      "section",
      { class: "card stack load-profile", "aria-labelledby": "load-heading" },
      el("h3", { id: "load-heading" }, T.heading),
      el("p", { class: "note" }, T.hint),
      this.problems,
      this.state,
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "secondary", onclick: () => input.click() }, T.choose),
        input,
        this.remove,
      ),
    );
  }

  /** What is in use now. */
  refresh(): void {
    const own = profileFor(this.session.weights);
    const questions = own ? ownCalibration(own.json)?.fitted?.questions : undefined;
    const what = questions ? TEXT.ready.calibrated(questions) : "";
    this.state.textContent = own ? [T.loaded(own.name), what].filter(Boolean).join(" ") : "";
    this.remove.hidden = own === null;
  }

  private async take(file: File | undefined): Promise<void> {
    if (!file || !this.session.model) return;
    fill(this.problems);
    const json = await textOf(file);
    try {
      await this.session.useProfile({ name: file.name, json });
      this.refresh();
      this.state.textContent = T.loaded(file.name);
      this.say(T.loaded(file.name));
    } catch (thrown) {
      this.problems.append(problem(thrown));
    }
  }

  private async drop(): Promise<void> {
    await this.session.useProfile(null);
    this.refresh();
    this.say(T.removed);
  }
}
