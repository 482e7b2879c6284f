/** Step 3: the fit, how good it is, and what to do with it. */

import { signedBars } from "../bars.js";
import { download, el, fill } from "../dom.js";
import { number, percent } from "../format.js";
import { problem } from "../problem.js";
import type { Session } from "../session.js";
import type { Settings } from "../settings.js";
import { TEXT } from "../text.js";
import { type Bin, reliabilityDiagram } from "./diagram.js";
import { type Fitted, fit } from "./fit.js";
import { keepProfile, type Profile } from "./profiles.js";
import { type Run, termsOf } from "./run.js";
import { inUse } from "./use.js";

const T = TEXT.calibrate.fit;

/** Fits when asked to: corrections come first. */
export class FitCard {
  readonly element: HTMLElement;
  private readonly button = el("button", { type: "button", class: "primary", onclick: () => void this.fit() }, T.start);
  private readonly problems = el("div", { class: "problems" });
  private readonly results = el("div", { class: "fit-results" });
  private run: Run | null = null;
  private given = false;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly say: (text: string) => void,
  ) {
    this.element = el(
      "section",
      { class: "card stack fit", hidden: true, "aria-labelledby": "fit-heading" },
      el("h3", { id: "fit-heading" }, T.heading),
      this.problems,
      el("div", { class: "actions" }, this.button),
      this.results,
    );
  }

  /** A complete run, or none. */
  offer(run: Run | null, given: boolean): void {
    if (run === this.run) return;
    this.run = run;
    this.given = given;
    this.element.hidden = run === null;
    this.button.textContent = T.start;
    fill(this.problems);
    fill(this.results);
  }

  /** Nothing to fit. */
  clear(): void {
    this.offer(null, false);
  }

  private async fit(): Promise<void> {
    const { run } = this;
    if (!run) return;
    this.button.disabled = true;
    this.button.textContent = T.fitting;
    fill(this.problems);
    fill(this.results);
    try {
      const { prefix, maxTokens } = termsOf(this.settings);
      const { rows } = run.progress;
      const fitted = await fit(rows, { answers: this.given ? "given" : "own", judge: "containment", maxTokens });
      this.show(fitted, prefix);
      this.say(T.quality);
    } catch (thrown) {
      this.problems.append(problem(thrown));
    } finally {
      this.button.disabled = false;
      this.button.textContent = T.again;
    }
  }

  private show(fitted: Fitted, prefix: string): void {
    const { report, calibration } = fitted;
    const profile: Profile = {
      key: { weights: this.session.weights ?? "", template: null, prefix },
      calibrations: [calibration],
    };
    const json = JSON.stringify(profile, null, 1);
    const name = this.session.choice?.name ?? "model";
    const status = el("p", { class: "note", role: "status" });
    const use = async () => {
      const { model, weights } = this.session;
      if (!model) return;
      try {
        await inUse(model, json);
        if (weights) keepProfile(weights, { name, json });
        status.textContent = T.inUse;
      } catch (thrown) {
        this.problems.append(problem(thrown));
      }
    };
    fill(
      this.results,
      el(
        "div",
        { class: "fit-columns" },
        report.reliability && el("div", { class: "stack" }, ...reliability(report.reliability)),
        el("div", { class: "stack" }, ...quality(fitted), ...thresholds(fitted)),
      ),
      ...features(fitted),
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "primary", onclick: () => void use() }, T.use),
        el("button", { type: "button", onclick: () => download(T.file(name), json) }, T.download),
      ),
      status,
    );
  }
}

function reliability(bins: readonly Bin[]): HTMLElement[] {
  return [
    el("h4", {}, T.reliability),
    reliabilityDiagram(bins),
    el("p", { class: "note" }, T.reliabilityHint),
  ];
}

function quality({ report, calibration }: Fitted): HTMLElement[] {
  const rows = Object.entries(T.metrics).map(([id, [name, meaning]]) => {
    const metric = id as "auroc" | "ece" | "brier" | "skill";
    const value = report[metric] ?? calibration.combined?.[metric];
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name, el("small", {}, meaning)),
      el("td", { class: "value" }, value == null ? "–" : number(value)),
    );
  });
  const head = [T.metric, T.value].map((name) => el("th", { scope: "col" }, name));
  return [
    el("h4", {}, T.quality),
    el("table", { class: "quality" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
    el("p", { class: "note" }, T.cross),
  ];
}

function features({ calibration }: Fitted): HTMLElement[] {
  const weights = calibration.combined?.features?.filter(({ weight }) => weight !== 0) ?? [];
  if (weights.length === 0) return [];
  return [
    el("h4", {}, T.features),
    el("p", { class: "note" }, T.featuresHint),
    signedBars(weights.map(({ name, weight }) => ({ name, value: weight }))),
  ];
}

const share = (alpha: number) => `${Math.round(alpha * 100)} %`;

function thresholds({ calibration }: Fitted): HTMLElement[] {
  const lines = calibration.thresholds?.conformal ?? [];
  if (lines.length === 0) return [];
  const items = lines.map(({ alpha, threshold }) =>
    el("li", {}, threshold === null ? T.noThreshold(share(alpha)) : T.threshold(share(alpha), percent(threshold))),
  );
  return [el("h4", {}, T.thresholds), el("ul", { class: "facts-list" }, ...items)];
}
