/**
 * The benchmark of one device: loads the model there, asks the questions that `semgrad bench` asks, and gives figures.
 * A slow device gets shorter answers, so that no step takes much longer than its share.
 */

import { type LoadProgress, load, type Model, type ModelInfo, type RawRequest } from "semgrad";
import workload from "../../../../tests/bench/workload.json";
import { answerShare, decodeRate, median, prefillRate, type Run, summary } from "../../../shared/measure/figures.js";
import { FORGET, fitted, knownMethods, varied } from "../../../shared/measure/requests.js";
import type { Choice } from "../model/picker.js";

/** A device that can be measured. */
export type Target = "webgpu" | "cpu";

/** How long it may take. */
export interface Effort {
  /** Milliseconds that one step may take, about. */
  step: number;
  /** Most repetitions; medians count. */
  repetitions: number;
}

/** The steps, in their order. */
export const STEPS = ["load", "first", "speed", "scores", "samples"] as const;
export type Step = (typeof STEPS)[number];

/** Medians; null until measured. Times in milliseconds, rates in tokens per second. */
export interface Figures {
  device: Target;
  adapter: string | null;
  /** From this machine's cache or file to a model that is ready. */
  load: number | null;
  /** The first answer's first token, pipelines compiled on the way. */
  firstToken: number | null;
  /** Tokens of the prompt and the answer behind the two rates. */
  prompt: number | null;
  tokens: number | null;
  prefill: number | null;
  decode: number | null;
  /** Each score's cost beside the time of the answer, which has so many tokens. */
  scores: { id: string; ms: number; share: number; tokens: number }[];
  /** Time of several samples beside that of one answer of the same length. */
  samples: { count: number; tokens: number; ratio: number } | null;
  runs: (Run & { step: Step; wall: number })[];
}

/** What the caller sees and decides while it runs. */
export interface Hooks {
  signal: AbortSignal;
  onStep(step: Step): void;
  onLoad(progress: LoadProgress): void;
  onFigures(figures: Figures): void;
}

/**
 * Scores by gradients, asked for together; a build that lacks one is measured without it. Beside the others the last one
 * would be said to need all their layers.
 */
const METHODS = [["semgrad", "paragrad", "exgrad", "hybridgrad"], ["semgrad_last"]];
const LEAST_TOKENS = 4;
/** Ten samples side by side take about this many times one answer, at worst on a device that computes one by one. */
const SAMPLES_FACTOR = 6;

/** Measures; rejects with the package's error, the figures so far having been handed over. */
export async function measure(choice: Choice, device: Target, effort: Effort, hooks: Hooks): Promise<Figures> {
  hooks.onStep("load");
  const { model, ms } = await loadTimed(choice, device, hooks);
  try {
    return await new Measurement(model, device, ms, effort, hooks).all();
  } finally {
    model.dispose();
  }
}

/** Loads, and says how long it took without a download: after one the model is loaded once more. */
async function loadTimed(choice: Choice, device: Target, hooks: Hooks): Promise<{ model: Model; ms: number }> {
  let fetched = 0;
  let kept = true;
  const onProgress = (progress: LoadProgress) => {
    if (progress.phase === "download" || progress.phase === "verify") fetched = performance.now();
    if (progress.phase === "warning") kept = false;
    hooks.onLoad(progress);
  };
  const options = { ...choice.options, device, signal: hooks.signal, onProgress };
  const began = performance.now();
  const model = await load(choice.source, options);
  const ended = performance.now();
  if (fetched === 0) return { model, ms: ended - began };
  // A model that is not kept would be downloaded again: what came after the download has to do.
  if (!kept) return { model, ms: ended - fetched };
  model.dispose();
  const again = performance.now();
  return { model: await load(choice.source, options), ms: performance.now() - again };
}

class Measurement {
  private readonly figures: Figures;
  private readonly info: ModelInfo;
  /** Tokens per second as far as known, for what a step may ask. */
  private rates = { prefill: Number.POSITIVE_INFINITY, decode: Number.POSITIVE_INFINITY };

  constructor(
    private readonly model: Model,
    device: Target,
    ms: number,
    private readonly effort: Effort,
    private readonly hooks: Hooks,
  ) {
    this.info = model.info;
    const nothing = { firstToken: null, prompt: null, tokens: null, prefill: null, decode: null, samples: null };
    this.figures = { device, adapter: model.info.gpu, load: ms, ...nothing, scores: [], runs: [] };
  }

  async all(): Promise<Figures> {
    for (const step of STEPS) {
      this.hooks.onStep(step);
      if (step !== "load") await this[step]();
      this.hooks.onFigures({ ...this.figures });
    }
    return this.figures;
  }

  private async first(): Promise<void> {
    const run = await this.ask("first", workload.first_token);
    this.figures.firstToken = run.wall;
    // A few tokens more tell what this device can be asked for.
    const probe = await this.ask("first", { ...workload.first_token, max_tokens: LEAST_TOKENS });
    this.rates = { prefill: prefillRate(probe) ?? this.rates.prefill, decode: decodeRate(probe) ?? this.rates.decode };
  }

  private async speed(): Promise<void> {
    const runs = await this.repeat("speed", workload.speed, 1);
    const [run] = runs;
    Object.assign(this.figures, { prompt: run?.prompt ?? null, tokens: run?.tokens ?? null });
    this.figures.prefill = median(runs.map(prefillRate));
    this.figures.decode = median(runs.map(decodeRate));
    this.rates = {
      prefill: this.figures.prefill ?? this.rates.prefill,
      decode: this.figures.decode ?? this.rates.decode,
    };
  }

  private async scores(): Promise<void> {
    const run = (request: RawRequest) => this.model.run(request, { signal: this.hooks.signal });
    for (const group of METHODS) {
      const methods = await knownMethods(run, group);
      // An abort looks like a method that is not known.
      this.hooks.signal.throwIfAborted();
      if (methods.length === 0) continue;
      const runs = await this.repeat("scores", { ...workload.scores, methods }, 2 * METHODS.length);
      const tokens = runs[0]?.tokens ?? 0;
      for (const id of methods) {
        const ms = median(runs.map((run) => run.costs[id]));
        const share = median(runs.map((run) => answerShare(run, run.costs[id])));
        if (ms !== null && share !== null) this.figures.scores.push({ id, ms, share, tokens });
      }
    }
  }

  private async samples(): Promise<void> {
    const runs = await this.repeat("samples", workload.samples, 1 + SAMPLES_FACTOR);
    // Each run answers greedily first, then draws: both times are its own.
    const ratio = median(runs.map(({ sampling, decode }) => (sampling && decode ? sampling / decode : null)));
    const [run] = runs;
    if (ratio !== null && run) this.figures.samples = { count: run.samples, tokens: run.tokens, ratio };
  }

  /** As often, and with answers as long, as `times` such answers fit into the step. */
  private async repeat(step: Step, request: RawRequest & { max_tokens: number }, times: number) {
    const prompt = fitted(request, { ...this.info, tokenizer: false }).prompt_ids?.length ?? 0;
    const promptMs = (prompt * 1000) / this.rates.prefill;
    const affordable = Math.floor((this.effort.step / times - promptMs) * (this.rates.decode / 1000));
    const max_tokens = Math.min(request.max_tokens, Math.max(LEAST_TOKENS, affordable));
    const estimate = times * (promptMs + (max_tokens * 1000) / this.rates.decode);
    const repetitions = Math.max(1, Math.min(this.effort.repetitions, Math.floor(this.effort.step / estimate)));
    // Not counted: a prompt of this length and these scores may need pipelines that are not compiled yet. Where one
    // answer takes all the time there is, compiling does not show.
    if (estimate < this.effort.step) await this.ask(step, { ...request, max_tokens: LEAST_TOKENS }, false);
    const runs = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      runs.push(await this.ask(step, varied({ ...request, max_tokens }, repetition)));
    }
    return runs;
  }

  private async ask(step: Step, request: RawRequest, counted = true) {
    const { signal } = this.hooks;
    await this.model.run(FORGET, { signal });
    const began = performance.now();
    const record = await this.model.run(fitted(request, this.info), { signal });
    const run = { ...summary(record), step, wall: performance.now() - began };
    if (counted) this.figures.runs.push(run);
    return run;
  }
}
