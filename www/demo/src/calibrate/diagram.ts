/** The reliability diagram: confidence across, share right upwards. */

import type { CalibrationBin } from "semgrad";
import { svg } from "../../../shared/dom.js";
import { percent } from "../../../shared/format.js";
import { type Axis, chart } from "../chart.js";
import { TEXT } from "../text.js";

const T = TEXT.calibrate.fit;

const SIZE = 240;
const share = (name: string): Axis => ({
  name,
  from: 0,
  to: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1],
  say: (tick) => `${tick * 100} %`,
});

/** The picture; its description says every point. */
export function reliabilityDiagram(bins: readonly CalibrationBin[]): HTMLElement {
  const filled = bins.filter(({ count }) => count > 0);
  const most = Math.max(1, ...filled.map(({ count }) => count));
  const said = ({ confidence, accuracy, count }: CalibrationBin) =>
    T.point(percent(confidence), percent(accuracy), count);
  const description = filled.map(said).join("; ");
  return chart(`${T.reliability} ${description}`, [share(T.said), share(T.was)], [SIZE, SIZE], ({ x, y }) => [
    svg("line", { class: "diagonal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    svg("polyline", { points: filled.map(({ confidence, accuracy }) => `${x(confidence)},${y(accuracy)}`).join(" ") }),
    ...filled.map((bin) => {
      const radius = 3 + 5 * Math.sqrt(bin.count / most);
      return svg("circle", { cx: x(bin.confidence), cy: y(bin.accuracy), r: radius }, svg("title", {}, said(bin)));
    }),
  ]);
}
