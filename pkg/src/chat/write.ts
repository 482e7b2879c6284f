/**
 * Has the model write what was planned: the answer, cut where a stop says so, and its scores.
 */

import type { RunOptions } from "../backend.js";
import { toSemgradError } from "../errors.js";
import type { ConfidenceReason } from "../judgment.js";
import type { RawEvent, RawRecord, RawRequest, RawSample } from "../protocol.js";
import type { Plan } from "./params.js";
import { beforeStop, Outlet, type Piece } from "./tokens.js";
import type { FinishReason } from "./types.js";

/** Runs one request: the model's own `run`. */
export type Run = (request: RawRequest, options: RunOptions) => Promise<RawRecord>;

/** One answer. */
export interface Written {
  text: string;
  /** Its tokens, where they were watched. */
  pieces: Piece[];
  finish: FinishReason;
}

/** What came of a plan. */
export interface Outcome {
  choices: Written[];
  /** Tokens written for them. */
  count: number;
  /** The prompt, the scores, what the methods read. */
  record: RawRecord;
  /** Why no confidence holds for this answer, whatever the record says. */
  reason: ConfidenceReason | null;
}

/** Writes and scores. `onPieces` hears of an only choice's text while it comes. */
export async function write(
  plan: Plan,
  run: Run,
  onPieces: (pieces: Piece[]) => void,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { prompt, engines, writing, scoring } = plan;
  const options: RunOptions = { ...(engines && { engines }), ...(signal && { signal }) };
  const score = async (ids: number[], how: RawRequest) =>
    checked(await run({ ...prompt, response_ids: ids, ...how }, options));

  if (plan.choices > 1) {
    const record = checked(await run({ ...prompt, ...writing, ...scoring }, options));
    return drawn(plan, record);
  }
  const outlet = new Outlet(plan.stop);
  const { ids, record } = await one(plan, run, outlet, onPieces, options);
  const finish: FinishReason = record?.finish_reason === "length" ? "length" : "stop";
  const choices = [{ text: outlet.text, pieces: outlet.pieces, finish }];
  const count = ids.length;
  if (!record) {
    // The prompt is counted even where nothing is left to score.
    const kept = outlet.pieces.map((piece) => piece.id);
    const judged = kept.length > 0 ? score(kept, scoring) : score(ids, { methods: [] });
    return { choices, count, record: await judged, reason: "stopped" };
  }
  if (!plan.apart) return { choices, count, record, reason: null };
  return { choices, count, record: await score(ids, scoring), reason: "temperature" };
}

/** The only choice; without a record if a stop cut it. */
async function one(
  { prompt, writing, scoring, apart }: Plan,
  run: Run,
  outlet: Outlet,
  onPieces: (pieces: Piece[]) => void,
  options: RunOptions,
): Promise<{ ids: number[]; record: RawRecord | null }> {
  const ids: number[] = [];
  const cut = new AbortController();
  const tell = (pieces: Piece[]) => {
    if (pieces.length > 0) onPieces(pieces);
  };
  const onEvent = (event: RawEvent) => {
    if (event.type !== "token" || outlet.stopped) return;
    ids.push(event.id);
    tell(outlet.push({ id: event.id, text: event.text ?? "", logprob: event.logprob }));
    if (outlet.stopped) cut.abort();
  };
  const signal = options.signal ? AbortSignal.any([options.signal, cut.signal]) : cut.signal;
  const request = { ...prompt, ...writing, ...(apart ? { methods: [] } : scoring) };
  const record = await run(request, { ...options, onEvent, signal }).catch((thrown: unknown) => {
    // The cut is our own doing; the caller's abort is not.
    if (outlet.stopped && !options.signal?.aborted) return null;
    throw thrown;
  });
  if (outlet.stopped || record === null) return { ids, record: null };
  const { finish_reason, answer, response_ids } = checked(record);
  tell(outlet.finish(finish_reason === "stop", answer ?? ""));
  return { ids: response_ids, record };
}

/** Choices that are samples. */
function drawn({ choices, stop }: Plan, record: RawRecord): Outcome {
  const samples = (record.samples ?? []).slice(0, choices);
  const written = ({ text, finished }: RawSample): Written => {
    const whole = text ?? "";
    const kept = beforeStop(whole, stop);
    return { text: kept, pieces: [], finish: finished || kept.length < whole.length ? "stop" : "length" };
  };
  const count = samples.reduce((sum, { response_ids }) => sum + response_ids.length, 0);
  return { choices: samples.map(written), count, record, reason: null };
}

function checked(record: RawRecord): RawRecord {
  if (record.error) throw toSemgradError(record.error);
  return record;
}
