/** The scores of an answer, filled as they come, and how it was computed. */

import type { Answer, ModelInfo, Score } from "semgrad";
import { el, fill } from "../../../shared/dom.js";
import { duration, number, percent } from "../../../shared/format.js";
import { TEXT as SHARED } from "../../../shared/text.js";
import { TEXT } from "../text.js";

/** Rows by group, in the order of the texts. */
export class ScoreTable {
  readonly element: HTMLElement;
  private readonly body = el("div", { class: "score-groups" });
  private readonly scores = new Map<string, Score | null>();

  constructor(methods: readonly string[]) {
    const T = SHARED.scores;
    for (const id of methods) this.scores.set(id, null);
    this.element = el(
      "section",
      { class: "scores stack" },
      el("h3", {}, T.heading),
      el("p", { class: "note" }, T.caption),
      this.body,
    );
    this.draw();
  }

  /** A score that is final. */
  set(id: string, score: Score): void {
    this.scores.set(id, score);
    this.draw();
  }

  /** All scores at once. */
  setAll(scores: Answer["scores"]): void {
    for (const [id, score] of Object.entries(scores)) if (score) this.scores.set(id, score);
    this.draw();
  }

  private draw(): void {
    const T = SHARED.scores;
    const order = Object.keys(T.names);
    const ids = [...this.scores.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const groupOf = (id: string) => T.names[id]?.[2] ?? "inside";
    const calibrated = [...this.scores.values()].some((score) => score?.confidence != null);
    const groups = Object.entries(T.groups).flatMap(([group, title]) => {
      const own = ids.filter((id) => groupOf(id) === group);
      return own.length === 0 ? [] : [this.table(title, own, calibrated)];
    });
    fill(this.body, ...groups);
  }

  private table(title: string, ids: readonly string[], calibrated: boolean): HTMLElement {
    const T = SHARED.scores;
    const columns = [T.method, T.score, ...(calibrated ? [T.confidence] : []), T.cost];
    const head = columns.map((name) => el("th", { scope: "col" }, name));
    const rows = ids.map((id) => {
      const score = this.scores.get(id);
      const [name, meaning] = T.names[id] ?? [id, ""];
      const confidence = score?.confidence == null ? "–" : percent(score.confidence);
      return el(
        "tr",
        { class: score ? "" : "waiting" },
        el("th", { scope: "row" }, name, meaning ? el("small", {}, meaning) : null),
        el("td", { class: "value" }, scoreText(score)),
        calibrated ? el("td", { class: "value" }, confidence) : null,
        el("td", { class: "cost" }, score ? duration(score.ms) : "", score ? el("small", {}, costNote(score)) : null),
      );
    });
    return el("table", {}, el("caption", {}, title), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
  }
}

function scoreText(score: Score | null | undefined): string {
  const T = SHARED.scores;
  if (!score) return T.waiting;
  if (score.error) return T.failed;
  return score.score === null ? "–" : number(score.score);
}

function costNote(score: Score): string {
  const T = SHARED.scores;
  return score.error?.message ?? (score.passes ? T.passes(score.passes) : T.noPasses);
}

/** Device, speed, semantic position, warnings. */
export function factList(answer: Answer, info: ModelInfo, prompt: string): HTMLElement {
  const T = TEXT.facts;
  const facts: [string, string | null][] = [
    [T.prompt, prompt],
    [T.device, info.device === "cpu" ? `${TEXT.ready.cpu} (${info.deviceReason})` : TEXT.ready.webgpu(info.adapter)],
    [T.speed, speed(answer)],
    [T.sampling, answer.ms.samples ? duration(answer.ms.samples) : null],
    [T.scoring, answer.ms.score === null ? null : duration(answer.ms.score)],
    [T.position, position(answer)],
    [T.alpha, answer.alpha === null ? null : number(answer.alpha)],
    [T.warnings, answer.warnings.join(" ") || null],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [el("dt", {}, name), el("dd", {}, value)]));
  return el("section", { class: "facts stack" }, el("h3", {}, T.heading), el("dl", {}, ...rows));
}

function speed({ ms, responseIds }: Answer): string | null {
  if (ms.decode === null || ms.prefill === null) return null;
  // The first token comes out of the prefill.
  const rate = ms.decode > 0 ? ((responseIds.length - 1) * 1000) / ms.decode : 0;
  return TEXT.facts.speedValue(number(rate), duration(ms.prefill), duration(ms.decode));
}

function position({ semanticPosition, promptIds }: Answer): string | null {
  if (!semanticPosition) return null;
  const { index, token, rule } = semanticPosition;
  return TEXT.facts.positionValue(index, promptIds.length, token, rule);
}
