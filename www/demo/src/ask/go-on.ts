/** A cut answer goes on where it ended: the model is given what it wrote so far, as if it had not stopped. */

import { CONFIDENCE_REASONS, type Model, noJudgment, type RawEvent } from "semgrad";
import { type Told, toldToken } from "../../../shared/told.js";

/** So many tokens more. */
const MORE = 128;

/** The longer answer, and everything that the model has seen and said. */
export interface Longer {
  told: Told;
  ids: number[];
}

/** Nothing of it is scored: no calibration was made for answers of that length. */
export async function goOn(
  model: Model,
  before: Told,
  ids: readonly number[],
  signal: AbortSignal,
  onToken: (token: { text: string | null }) => void,
): Promise<Longer> {
  const onEvent = (event: RawEvent) => {
    if (event.type === "token") onToken(event);
  };
  const request = { prompt_ids: ids, max_tokens: MORE, methods: [], rivals: true };
  const record = await model.run(request, { signal, onEvent });
  const said = record.answer ?? "";
  // Some tokenizers drop the space before the first word of a text.
  const space = /^\s/.test(record.tokens[0]?.text ?? "") && !/^\s/.test(said) ? " " : "";
  const ended = record.finish_reason === "stop" ? record.tokens.slice(0, -1) : record.tokens;
  const tokens = ended.map(toldToken);
  // It is cut no longer, but longer than any in the test.
  const wasCut = before.confidenceReason === CONFIDENCE_REASONS.cut;
  const whole = wasCut &&
    record.finish_reason === "stop" && {
      confidenceReason: CONFIDENCE_REASONS.length,
      explanation: { ...noJudgment("length"), level: before.explanation.level },
    };
  return {
    told: {
      ...before,
      ...whole,
      text: `${before.text ?? ""}${space}${said}`,
      finishReason: record.finish_reason,
      tokens: [...before.tokens, ...tokens],
    },
    ids: [...ids, ...record.response_ids],
  };
}
