/**
 * |g| by layer and prompt token, drawn on a canvas in the page's colors: dark is small, on a logarithmic scale. One stop
 * for the keyboard, arrow keys move between cells, and a line below tells about the current one.
 */

import { el, fill, styled } from "../../../shared/dom.js";
import { number } from "../../../shared/format.js";
import { TEXT } from "../text.js";
import { computedLayers, type Gradients } from "./saliency.js";

const T = TEXT.question;

/** A column: its place in the prompt, and its text where it is known. */
export interface Column {
  index: number;
  text: string | null;
  user: boolean;
}

const CELL_HEIGHT = 11;
const LEAST_WIDTH = 18;
/** The faintest cells all look alike: below this share of the largest value. */
const FLOOR = 1e-3;

/** The map, its labels and its inspector. */
export class HeatMap {
  readonly element: HTMLElement;
  private readonly canvas = el("canvas", { "aria-hidden": "true" });
  private readonly inspector = el("p", { class: "inspector", "aria-live": "polite" }, T.hint);
  private readonly layers: { layer: number; values: (number | null)[] }[];
  private readonly largest: number;
  private current: [row: number, column: number] | null = null;

  constructor(
    gradients: Gradients,
    private readonly columns: readonly Column[],
    tokens: number,
    private readonly semantic: number | null,
  ) {
    // The last layer on top, as in pictures of the model.
    this.layers = computedLayers(gradients, tokens).reverse();
    const shown = this.layers.flatMap(({ values }) => columns.map(({ index }) => values[index] ?? 0));
    this.largest = Math.max(Number.MIN_VALUE, ...shown);
    const plot = el(
      "div",
      {
        class: "map-plot",
        tabindex: 0,
        role: "group",
        "aria-label": T.map(this.layers.length, columns.length),
        onkeydown: (event: KeyboardEvent) => this.onKey(event),
        onpointermove: (event: PointerEvent) => this.onPoint(event),
        onpointerdown: (event: PointerEvent) => this.onPoint(event),
        onfocus: () => this.inspect(this.current ?? this.start()),
      },
      this.canvas,
    );
    const labels = columns.map(({ text, index, user }) => {
      const classes = ["map-label", user && "user", index === semantic && "semantic"].filter(Boolean).join(" ");
      return el("span", { class: classes }, text === null ? String(index + 1) : visible(text));
    });
    this.element = el(
      "div",
      { class: "heat-map" },
      el(
        "div",
        { class: "map-frame" },
        styled(
          el(
            "div",
            { class: "map-axis", "aria-hidden": "true" },
            el("span", {}, T.layer(this.layers[0]?.layer ?? 0)),
            el("span", {}, T.layer(this.layers.at(-1)?.layer ?? 0)),
          ),
          { height: `${this.layers.length * CELL_HEIGHT}px` },
        ),
        el(
          "div",
          { class: "map-scroll" },
          styled(
            el(
              "div",
              { class: "map-body" },
              plot,
              el("div", { class: "map-labels", "aria-hidden": "true" }, ...labels),
            ),
            { "--columns": columns.length, "--least": `${columns.length * LEAST_WIDTH}px` },
          ),
        ),
      ),
      el(
        "div",
        { class: "reading" },
        el("p", { class: "legend" }, el("span", {}, T.low, el("span", { class: "ramp cool" }), T.high)),
        this.inspector,
      ),
    );
    styled(this.canvas, { height: `${this.layers.length * CELL_HEIGHT}px` });
    // Sizes are known, and change, only once it is shown.
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const context = this.canvas.getContext("2d");
    if (!context || width === 0) return;
    const scale = devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    const style = getComputedStyle(this.canvas);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const cool = color("--cool");
    const cell = width / this.columns.length;
    for (const [row, { values }] of this.layers.entries()) {
      for (const [column, { index }] of this.columns.entries()) {
        const value = values[index];
        if (value === null || value === undefined) continue;
        context.fillStyle = `rgb(${cool} / ${this.shade(value).toFixed(3)})`;
        context.fillRect(column * cell + 0.5, row * CELL_HEIGHT + 0.5, cell - 1, CELL_HEIGHT - 1);
      }
    }
    const semantic = this.columns.findIndex(({ index }) => index === this.semantic);
    if (semantic >= 0) {
      context.strokeStyle = color("--accent");
      context.lineWidth = 2;
      context.strokeRect(semantic * cell + 1, 1, cell - 2, height - 2);
    }
    if (this.current && document.activeElement === this.canvas.parentElement) {
      context.strokeStyle = color("--ink");
      context.lineWidth = 1.5;
      const [row, column] = this.current;
      context.strokeRect(column * cell + 0.5, row * CELL_HEIGHT + 0.5, cell - 1, CELL_HEIGHT - 1);
    }
  }

  /** 0.04 … 1 on a logarithmic scale. */
  private shade(value: number): number {
    const share = Math.max(FLOOR, value / this.largest);
    return 0.04 + 0.96 * (1 - Math.log(share) / Math.log(FLOOR));
  }

  private start(): [number, number] {
    const column = this.columns.findIndex(({ index }) => index === this.semantic);
    return [0, Math.max(0, column)];
  }

  private onKey(event: KeyboardEvent): void {
    const [row, column] = this.current ?? this.start();
    const moves: Record<string, [number, number]> = {
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, this.columns.length - 1],
    };
    const target = moves[event.key];
    if (!target) return;
    event.preventDefault();
    const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
    this.inspect([within(target[0], this.layers.length), within(target[1], this.columns.length)]);
  }

  private onPoint(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * this.columns.length);
    const row = Math.floor((event.clientY - box.top) / CELL_HEIGHT);
    if (row >= 0 && row < this.layers.length && column >= 0 && column < this.columns.length)
      this.inspect([row, column]);
  }

  private inspect([row, column]: [number, number]): void {
    this.current = [row, column];
    this.draw();
    const layer = this.layers[row];
    const token = this.columns[column];
    if (!layer || !token) return;
    const value = layer.values[token.index];
    const name = token.text === null ? String(token.index + 1) : visible(token.text);
    const mark = token.index === this.semantic ? ` (${T.semantic})` : "";
    fill(this.inspector, T.cell(layer.layer, `${name}${mark}`, value == null ? "–" : number(value)));
  }
}

/** A token's text with its spaces and line ends made visible. */
function visible(text: string): string {
  return text.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥") || "∅";
}
