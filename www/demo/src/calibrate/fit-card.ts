/** Step 3: the fit, how good it is, and what to do with it. */

import { EVEN_ODDS } from "semgrad";
import { download, el, fill } from "../../../shared/dom.js";
import { number, percent } from "../../../shared/format.js";
import { problem } from "../../../shared/problem.js";
import { signalBars } from "../../../shared/why.js";
import type { Session } from "../session.js";
import { TEXT } from "../text.js";
import { reliabilityDiagram } from "./diagram.js";
import { type Fitted, fit } from "./fit.js";
import type { Run } from "./run.js";

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
    const { run, given } = this;
    const { model } = this.session;
    if (!run || !model) return;
    this.button.disabled = true;
    this.button.textContent = T.fitting;
    fill(this.problems);
    fill(this.results);
    try {
      const { rows, semanticPosition } = run.progress;
      const fitted = await fit(rows, { ...run.terms, given, semanticPosition });
      const profile = await model.createProfile(fitted.calibration, { prefix: run.terms.prefix });
      this.show(fitted, JSON.stringify(profile, null, 1));
      this.say(T.quality);
    } catch (thrown) {
      this.problems.append(problem(thrown));
    } finally {
      this.button.disabled = false;
      this.button.textContent = T.again;
    }
  }

  private show(fitted: Fitted, json: string): void {
    const name = this.session.choice?.name ?? "model";
    const status = el("p", { class: "note", role: "status" });
    const use = async () => {
      try {
        const kept = await this.session.useProfile({ name, json });
        status.textContent = kept ? T.inUse : T.inUseNow;
      } catch (thrown) {
        this.problems.append(problem(thrown));
      }
    };
    fill(
      this.results,
      el(
        "div",
        { class: "fit-columns" },
        el("div", { class: "stack" }, ...reliability(fitted)),
        el("div", { class: "stack" }, ...quality(fitted), ...thresholds(fitted)),
      ),
      ...features(fitted),
      ...fitted.report.notes.map((note) => el("p", { class: "note" }, note)),
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

function reliability({ report: { reliability } }: Fitted): HTMLElement[] {
  const title = el("h4", {}, T.reliability);
  if (reliability.length === 0) return [title, el("p", { class: "note" }, T.noReliability)];
  return [title, reliabilityDiagram(reliability), el("p", { class: "note" }, T.reliabilityHint)];
}

function quality({ report }: Fitted): HTMLElement[] {
  const { combined } = report;
  const rows = Object.entries(T.metrics).map(([id, [name, meaning]]) => {
    const value = combined?.[id as "auroc" | "ece" | "brier" | "skill"];
    const interval = combined?.[`${id}_interval` as "auroc_interval" | "skill_interval"];
    const range = interval?.every((end) => end !== null) ? interval.map((end) => number(end ?? 0)).join(" … ") : null;
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name, el("small", {}, meaning)),
      el("td", { class: "value" }, value == null ? "–" : number(value), range ? el("small", {}, range) : null),
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
    signalBars(weights.map(({ name, weight }) => ({ name, value: weight }))),
  ];
}

/** Where the verdict `answer` begins, which is not below even odds. */
const answerFrom = (bound: number) => Math.max(bound, EVEN_ODDS);

const share = (alpha: number) => `${Math.round(alpha * 100)} %`;

function thresholds({ calibration, report }: Fitted): HTMLElement[] {
  const levels = calibration.thresholds?.conformal ?? [];
  const items = report.splits.map((split) => {
    const { alpha } = split;
    const bound = levels.find((level) => level.alpha === alpha)?.threshold ?? null;
    const from = bound === null ? T.noThreshold(share(alpha)) : T.threshold(share(alpha), percent(answerFrom(bound)));
    const tried = T.split(percent(split.coverage_answer), percent(split.risk_answer));
    const below = bound !== null && bound < EVEN_ODDS;
    const flagged = below ? T.flagged(percent(bound), percent(split.coverage), percent(split.risk)) : "";
    return el("li", {}, from, el("small", {}, `${tried} ${flagged}`.trim()));
  });
  if (items.length === 0) return [];
  return [el("h4", {}, T.thresholds), el("ul", { class: "facts-list" }, ...items)];
}
