/** How an answer was computed: device, speed, semantic position, warnings. */

import type { Answer, ModelInfo } from "semgrad";
import { el } from "../../../shared/dom.js";
import { duration, number } from "../../../shared/format.js";
import { TEXT } from "../text.js";

const T = TEXT.facts;

/** The list; `prompt` is the question as the model saw it, null within a conversation. */
export function factList(answer: Answer, info: ModelInfo, prompt: string | null): HTMLElement {
  const device =
    info.device === "cpu" ? `${TEXT.ready.cpu(info.threads)} (${info.deviceReason})` : TEXT.ready.webgpu(info.gpu);
  const facts: [string, string | null][] = [
    [T.prompt, prompt],
    [T.device, device],
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
  return T.speedValue(number(rate), duration(ms.prefill), duration(ms.decode));
}

function position({ semanticPosition, promptIds }: Answer): string | null {
  if (!semanticPosition) return null;
  const { index, token, rule } = semanticPosition;
  return T.positionValue(index, promptIds.length, token, rule);
}
