/** The reliability diagram: confidence across, share right upwards. */

import type { CalibrationBin } from "semgrad";
import { el, svg } from "../../../shared/dom.js";
import { percent } from "../../../shared/format.js";
import { TEXT } from "../text.js";

const T = TEXT.calibrate.fit;

const SIZE = 240;
const LEFT = 58;
const BOTTOM = 40;
const TOP = 10;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const whole = (tick: number) => `${tick * 100} %`;
const x = (value: number) => LEFT + value * SIZE;
const y = (value: number) => TOP + (1 - value) * SIZE;

/** The picture; its description says every point. */
export function reliabilityDiagram(bins: readonly CalibrationBin[]): HTMLElement {
  const filled = bins.filter(({ count }) => count > 0);
  const most = Math.max(1, ...filled.map(({ count }) => count));
  const grid = TICKS.flatMap((tick) => [
    svg("line", { class: "grid", x1: x(0), x2: x(1), y1: y(tick), y2: y(tick) }),
    svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: y(0), y2: y(1) }),
    svg("text", { x: x(0) - 6, y: y(tick) + 4, "text-anchor": "end" }, whole(tick)),
    svg("text", { x: x(tick), y: y(0) + 16, "text-anchor": "middle" }, whole(tick)),
  ]);
  const line = filled.map(({ confidence, accuracy }) => `${x(confidence)},${y(accuracy)}`).join(" ");
  const points = filled.map(({ confidence, accuracy, count }) => {
    const text = T.point(percent(confidence), percent(accuracy), count);
    const radius = 3 + 5 * Math.sqrt(count / most);
    return svg("circle", { cx: x(confidence), cy: y(accuracy), r: radius }, svg("title", {}, text));
  });
  const description = filled
    .map((bin) => T.point(percent(bin.confidence), percent(bin.accuracy), bin.count))
    .join("; ");
  return el(
    "figure",
    { class: "diagram" },
    svg(
      "svg",
      {
        viewBox: `0 0 ${LEFT + SIZE + 16} ${TOP + SIZE + BOTTOM}`,
        role: "img",
        "aria-label": `${T.reliability} ${description}`,
      },
      ...grid,
      svg("line", { class: "diagonal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
      svg("polyline", { points: line }),
      ...points,
      svg("text", { class: "axis", x: x(0.5), y: y(0) + 34, "text-anchor": "middle" }, T.said),
      svg(
        "text",
        { class: "axis", x: 0, y: 0, "text-anchor": "middle", transform: `translate(10 ${y(0.5)}) rotate(-90)` },
        T.was,
      ),
    ),
  );
}
