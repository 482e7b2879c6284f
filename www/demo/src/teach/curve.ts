/** How teaching goes: the loss by step, and how many of the questions the model answers before and after. */

import type { Checked, TrainingStep } from "semgrad";
import { el, fill, styled, svg } from "../../../shared/dom.js";
import { number } from "../../../shared/format.js";
import { type Axis, chart, roundTicks, type Scales } from "../chart.js";
import { TEXT } from "./text.js";

const T = TEXT.curve;

/** So many steps make one mean, so that the eye sees where it goes. */
const SMOOTH = 8;
const SIZE = [300, 150] as const;

/** The picture, the same as a table on demand, and two bars. */
export class Curve {
  readonly element: HTMLElement;
  private readonly picture = el("div", {});
  private readonly bars = el("div", { class: "bars engagement", hidden: true });
  private readonly rows = el("tbody", {});
  private readonly details: HTMLDetailsElement;
  private steps: readonly TrainingStep[] = [];

  constructor() {
    const head = [T.step, T.tableLoss].map((name) => el("th", { scope: "col" }, name));
    this.details = el(
      "details",
      { ontoggle: () => this.fillTable() },
      el("summary", {}, T.table),
      el(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": T.table },
        el("table", {}, el("thead", {}, el("tr", {}, ...head)), this.rows),
      ),
    );
    const loss = el("div", { class: "stack" }, el("h4", {}, T.lossHeading), this.picture, this.details);
    this.element = el("div", { class: "fit-columns curve", hidden: true }, loss, this.bars);
  }

  /** Draws the steps so far. */
  show(steps: readonly TrainingStep[]): void {
    if (steps === this.steps) return;
    this.steps = steps;
    this.element.hidden = steps.length === 0;
    if (steps.length > 0) fill(this.picture, lossChart(steps));
    this.fillTable();
  }

  /** Draws what became of the questions that were asked again so far. */
  check(checked: readonly Checked[]): void {
    this.bars.hidden = checked.length === 0;
    const bar = (time: "before" | "after") => {
      const answered = checked.filter(({ refuses }) => !refuses[time]).length;
      const length = checked.length > 0 ? answered / checked.length : 0;
      return [
        el("span", {}, T[time]),
        styled(el("span", { class: `bar ${time}`, "aria-hidden": "true" }), { "--length": length }),
        el("span", { class: "bar-value" }, T.of(answered, checked.length)),
      ];
    };
    fill(this.bars, el("h4", {}, T.engagement), ...bar("before"), ...bar("after"));
  }

  private fillTable(): void {
    if (!this.details.open) return;
    const rows = this.steps.map(({ step, loss }) =>
      el("tr", {}, el("th", { scope: "row" }, String(step)), el("td", {}, number(loss))),
    );
    fill(this.rows, ...rows);
  }
}

function lossChart(steps: readonly TrainingStep[]): HTMLElement {
  const all = steps.at(-1)?.steps ?? 1;
  const means = smooth(steps);
  const [first, last] = [means[0], means.at(-1)];
  const most = roundTicks(Math.max(...steps.map(({ loss }) => loss)));
  const whole = roundTicks(all).filter((tick) => Number.isInteger(tick) && tick <= all);
  const across: Axis = { name: T.step, from: 0, to: all, ticks: whole, say: String };
  const up: Axis = { name: T.loss, from: 0, to: most.at(-1) ?? 1, ticks: most, say: String };
  const points = (some: readonly Point[], { x, y }: Scales) =>
    some.map(({ step, loss }) => `${x(step)},${y(loss)}`).join(" ");
  return chart(T.lossLabel(number(first?.loss ?? 0), number(last?.loss ?? 0)), [across, up], SIZE, (scales) => [
    svg("polyline", { class: "raw", points: points(steps, scales) }),
    svg("polyline", { points: points(means, scales) }),
    ...(last ? [svg("circle", { cx: scales.x(last.step), cy: scales.y(last.loss), r: 3 })] : []),
  ]);
}

type Point = Pick<TrainingStep, "step" | "loss">;

/** The mean of each step and those before it. */
export function smooth(steps: readonly Point[]): Point[] {
  return steps.map(({ step }, index) => {
    const window = steps.slice(Math.max(0, index + 1 - SMOOTH), index + 1);
    return { step, loss: window.reduce((sum, { loss }) => sum + loss, 0) / window.length };
  });
}
