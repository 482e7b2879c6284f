/**
 * The model in this thread: starts the wasm module, gathers the files, and runs requests.
 */

import { Aids } from "./aids.js";
import type { Assets } from "./assets.js";
import type { Backend, BackendOptions, LoadHooks, StartBackend } from "./backend.js";
import { openStore } from "./cache.js";
import { control, explain } from "./calls.js";
import { type SemgradError, throwIfAborted } from "./errors.js";
import { gather, orForget } from "./files.js";
import { hasher } from "./hasher.js";
import { chooser } from "./hub/choose.js";
import type { Instance } from "./instance.js";
import { checkProfile, chooseProfile, fitting, knownHash, weightsHash, withCalibration } from "./profile.js";
import type { ModelFile } from "./protocol.js";
import { toInfo } from "./records.js";
import type { ResolvedSource } from "./source.js";
import { type Begun, begin } from "./threads/begin.js";
import type { TeachCall, TeachHooks, TeachValue } from "./tune/calls.js";
import { Teaching } from "./tune/engine.js";
import type { ModelProfile } from "./types.js";
import { load as loadModel, type Model, warmUp } from "./wasm/semgrad.js";
import { type DevicePlan, planDevice } from "./webgpu.js";

/** Loads models in this thread. */
export function engine(assets: Assets): StartBackend {
  return async (source, options, hooks) => {
    try {
      throwIfAborted(hooks.signal);
      // Before the download: a device that is not there should not cost one.
      const plan = await planDevice(options.device);
      const warn = (message: string) => hooks.onProgress({ phase: "warning", message });
      const begun = await begin(options, plan.device, assets, warn);
      return await start(source, options, hooks, { ...begun, plan, assets });
    } catch (thrown) {
      throw explain(thrown, hooks.signal);
    }
  };
}

async function start(
  source: ResolvedSource,
  options: BackendOptions,
  { onProgress, signal }: LoadHooks,
  { instance, threads, plan, assets }: Begun & { plan: DevicePlan; assets: Assets },
): Promise<Backend> {
  const store = await openStore(source, options, (message) => onProgress({ phase: "warning", message }));
  const context = { store, hasher: () => hasher(instance), choose: chooser(instance), onProgress, signal };
  // On WebGPU, the pipelines that the model needs are compiled while its weights come. Only a trap is an error, and what
  // comes next meets it.
  const onWeights = (files: ModelFile[]) => instance.run(() => warmUp(files, control(signal))).catch(() => undefined);
  const gathered = await gather(source, plan.device === "cpu" ? context : { ...context, onWeights });
  instance.check();
  const profile = await chooseProfile(options.profile, gathered, assets, context);
  const probes = await fitting("probes", options.probes, gathered, context);
  throwIfAborted(signal);
  const read = () =>
    loadModel(
      gathered.files,
      { device: plan.device, ...(profile && { profile: profile.json }) },
      (loaded, total, tensor) => onProgress({ phase: "load", tensor, loaded, total }),
      control(signal),
    );
  const model = await orForget(gathered, () => instance.run(read));
  const raw = model.info();
  // What is nowhere but in memory is not kept there for a hash.
  const isLasting = store.kind !== "none" || source.kind === "files";
  const known = knownHash(gathered);
  const later = { ...context, onProgress: () => {}, signal: undefined };
  const hash = isLasting ? () => weightsHash(gathered, later) : async () => known;
  const aids = new Aids(model, instance, raw.device, options, assets);
  const teaching = new Teaching(model, instance, aids, hash);
  try {
    if (probes !== undefined) model.useProbes(probes);
    if (options.adapter) await teaching.use(options.adapter, { engines: {}, onProgress, signal });
  } catch (thrown) {
    if (!instance.ended) model.free();
    throw thrown;
  }
  const info = {
    ...toInfo(raw, plan, source.name, gathered.facts, profile?.facts ?? null, threads),
    adapter: teaching.inUse,
  };
  return new Engine(model, info, instance, aids, teaching, hash, raw.template, profile?.json);
}

class Engine implements Backend {
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly model: Model,
    readonly info: Backend["info"],
    private readonly instance: Instance,
    private readonly aids: Aids,
    private readonly teaching: Teaching,
    /** Of the weights; null where nobody can say any more. */
    private readonly hash: () => Promise<string | null>,
    /** Hash of the chat template. */
    private readonly template: string | null,
    /** In use, JSON text. */
    private profile: string | undefined,
  ) {}

  get ended(): SemgradError | undefined {
    return this.instance.ended;
  }

  async useProfile(json: string | null): Promise<ModelProfile | null> {
    this.instance.check();
    const chosen = json === null ? null : await checkProfile(json, this.hash);
    this.model.setProfile(chosen?.json);
    this.profile = chosen?.json;
    return chosen?.facts ?? null;
  }

  async createProfile(calibration: string, prefix: string): Promise<string> {
    this.instance.check();
    const adapter = this.teaching.inUse?.hash ?? null;
    const key = { weights: await this.hash(), template: this.template, prefix, adapter };
    return withCalibration(calibration, key, this.profile);
  }

  run(...[request, hooks]: Parameters<Backend["run"]>): ReturnType<Backend["run"]> {
    return this.begun(this.answer(request, hooks), hooks.signal);
  }

  teach<C extends TeachCall>(call: C, hooks: TeachHooks): Promise<TeachValue<C>> {
    const work = async () => {
      this.instance.check();
      throwIfAborted(hooks.signal);
      // Each call gives what its name says.
      return (await this.teaching.do(call, hooks)) as TeachValue<C>;
    };
    return this.begun(work(), hooks.signal);
  }

  private begun<T>(running: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const work = running.catch((thrown: unknown) => {
      throw explain(thrown, signal);
    });
    this.running = work.catch(() => undefined);
    return work;
  }

  private async answer(...[request, { engines, onEvent, signal }]: Parameters<Backend["run"]>) {
    this.instance.check();
    throwIfAborted(signal);
    const supply = this.aids.supply(request, engines, onEvent, signal);
    try {
      const run = () => this.model.run(supply.request, supply.onEvent, () => supply.ready, control(signal));
      return supply.complete(await this.instance.run(run));
    } finally {
      // An answer that failed needs no engines any more; the next one must find nothing half loaded.
      await supply.stop();
    }
  }

  dispose(): void {
    // Not under a running call, which was aborted and ends within one token or layer.
    void this.running.then(() => {
      if (this.instance.ended) return;
      this.teaching.free();
      this.model.free();
    });
  }
}
