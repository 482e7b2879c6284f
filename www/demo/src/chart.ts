/** What every line chart here is made of: a frame with a grid and two named axes, in which marks are drawn. */

import { el, svg } from "../../shared/dom.js";

/** One direction. */
export interface Axis {
  name: string;
  from: number;
  to: number;
  ticks: readonly number[];
  say(tick: number): string;
}

/** Where a value lies in the picture. */
export interface Scales {
  x(value: number): number;
  y(value: number): number;
}

const LEFT = 58;
const RIGHT = 16;
const BOTTOM = 40;
const TOP = 10;

/** The picture; `label` says to those who do not see it what is drawn. */
export function chart(
  label: string,
  [across, up]: readonly [across: Axis, up: Axis],
  [width, height]: readonly [width: number, height: number],
  draw: (scales: Scales) => SVGElement[],
): HTMLElement {
  const place = ({ from, to }: Axis, value: number) => (to > from ? (value - from) / (to - from) : 0);
  const x = (value: number) => LEFT + place(across, value) * width;
  const y = (value: number) => TOP + (1 - place(up, value)) * height;
  const [left, right, bottom, top] = [x(across.from), x(across.to), y(up.from), y(up.to)];
  const grid = [
    ...up.ticks.flatMap((tick) => [
      svg("line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) }),
      svg("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, up.say(tick)),
    ]),
    ...across.ticks.flatMap((tick) => [
      svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: bottom, y2: top }),
      svg("text", { x: x(tick), y: bottom + 16, "text-anchor": "middle" }, across.say(tick)),
    ]),
  ];
  const [middle, centre] = [(left + right) / 2, (bottom + top) / 2];
  return el(
    "figure",
    { class: "diagram" },
    svg(
      "svg",
      { viewBox: `0 0 ${LEFT + width + RIGHT} ${TOP + height + BOTTOM}`, role: "img", "aria-label": label },
      ...grid,
      ...draw({ x, y }),
      svg("text", { class: "axis", x: middle, y: bottom + 34, "text-anchor": "middle" }, across.name),
      svg(
        "text",
        { class: "axis", x: 0, y: 0, "text-anchor": "middle", transform: `translate(10 ${centre}) rotate(-90)` },
        up.name,
      ),
    ),
  );
}

/** Round numbers from 0 to at least `largest`, about four steps of them. */
export function roundTicks(largest: number): number[] {
  if (!(largest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  const step = power * ([1, 2, 5, 10].find((factor) => largest / (power * factor) <= 5) ?? 10);
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}
