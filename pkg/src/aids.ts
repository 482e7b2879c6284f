/**
 * What a request's methods need besides the model: engines that compare texts, the list of synonyms. They are loaded
 * while the answer is written, and one that cannot be loaded fails only the methods that need it.
 */

import type { Assets } from "./assets.js";
import type { BackendOptions, RunHooks } from "./backend.js";
import { openStore } from "./cache.js";
import { control } from "./calls.js";
import type { ResolvedEncoder, ResolvedEngines } from "./engines.js";
import { type ErrorRecord, throwIfAborted, toSemgradError } from "./errors.js";
import { type Gathered, gather, orForget } from "./files.js";
import { hasher } from "./hasher.js";
import { chooser } from "./hub/choose.js";
import type { Instance } from "./instance.js";
import type { EngineKind, MethodInfo } from "./methods.js";
import type { Control, RawEvent, RawRecord, RawRequest, RawScore } from "./protocol.js";
import type { ResolvedSource } from "./source.js";
import type { LoadProgress, ModelInfo } from "./types.js";
import { loadEmbedder, loadNli, type Model, methods } from "./wasm/semgrad.js";

type Aid = EngineKind | "synonyms";
type Hooks = { onProgress: (progress: LoadProgress) => void; signal: AbortSignal };
type GatherHooks = Pick<Hooks, "onProgress"> & { signal?: AbortSignal | undefined };
type Options = Pick<BackendOptions, "cache" | "cacheDir" | "device" | "synonyms">;

/** The aids of one model, kept from request to request. */
export class Aids {
  private readonly registry: MethodInfo[] = methods();
  /** What the model was given, by the key of its source. */
  private readonly given: Partial<Record<Aid, string>> = {};

  constructor(
    private readonly model: Model,
    private readonly instance: Instance,
    private readonly device: ModelInfo["device"],
    private readonly options: Options,
    private readonly assets: Pick<Assets, "synonyms">,
  ) {}

  /** Begins to load what the request's methods need and the model does not have. */
  supply(request: RawRequest, engines: ResolvedEngines, onEvent: RunHooks["onEvent"], signal?: AbortSignal): Supply {
    // What is no list is no request either, which the model says better.
    const wanted = new Set(Array.isArray(request?.methods) ? request.methods : []);
    const chosen = this.registry.filter(({ id }) => wanted.has(id) || wanted.has("all"));
    const names = { embed: nameOf("embed", request, engines), nli: nameOf("nli", request, engines) };
    // A name that nobody knows stays there, for the model to refuse.
    const named = { ...request, engines: { ...request?.engines, ...names }, wordings: request?.wordings ?? "model" };
    const needs = new Map(chosen.map((method) => [method.id as string, neededBy(method, named)]));
    const union = new Set([...needs.values()].flat());
    const load = async (aid: Aid, hooks: Hooks) => {
      if (aid === "synonyms") return this.loadSynonyms(hooks);
      const engine = engines[aid];
      if (names[aid] === "encoder" && typeof engine === "object") await this.loadEncoder(aid, engine, hooks);
    };
    return new Supply(named, needs, union, load, onEvent, signal);
  }

  private async loadEncoder(kind: EngineKind, { key, source }: ResolvedEncoder, hooks: Hooks): Promise<void> {
    if (this.given[kind] === key) return;
    // Two engines at once may be more than fits.
    delete this.given[kind];
    if (kind === "nli") this.model.useNli();
    else this.model.useEmbedder();
    const gathered = await this.gather(source, hooks);
    const { files } = gathered;
    await orForget(gathered, async () => {
      if (kind === "nli") this.model.useNli(await this.start(loadNli, files, hooks));
      else this.model.useEmbedder(await this.start(loadEmbedder, files, hooks));
    });
    this.given[kind] = key;
  }

  /** Where the model runs; where it was free to choose, also where a GPU computes an encoder wrongly. */
  private async start<T>(load: Load<T>, files: Gathered["files"], { onProgress, signal }: Hooks): Promise<T> {
    const progress = (loaded: number, total: number, tensor: string) =>
      onProgress({ phase: "load", tensor, loaded, total });
    const on = (device: ModelInfo["device"]) => this.instance.run(() => load(files, device, progress, control(signal)));
    try {
      return await on(this.device);
    } catch (thrown) {
      const { code, message } = toSemgradError(thrown);
      if (this.options.device !== "auto" || code !== "self_test_failed") throw thrown;
      onProgress({ phase: "warning", message: `the engine runs on the CPU: ${message}` });
      return on("cpu");
    }
  }

  private async loadSynonyms(hooks: Hooks): Promise<void> {
    if (this.given.synonyms !== undefined) return;
    const own = this.options.synonyms;
    const list = own ? await this.text(own, hooks) : await this.assets.synonyms(hooks.signal);
    this.model.useSynonyms(list);
    this.given.synonyms = "";
  }

  private async text(source: ResolvedSource, hooks: Hooks): Promise<string> {
    const [file] = (await this.gather(source, hooks)).files;
    return file ? new TextDecoder().decode(await file.read(0, file.size)) : "";
  }

  /** Makes files readable that belong to no model; they are kept as those of models are. */
  async gather(source: ResolvedSource, { onProgress, signal }: GatherHooks): Promise<Gathered> {
    const warn = (message: string) => onProgress({ phase: "warning", message });
    const store = await openStore(source, this.options, warn);
    const { instance } = this;
    return gather(source, { store, hasher: () => hasher(instance), choose: chooser(instance), onProgress, signal });
  }
}

type Load<T> = (
  files: Gathered["files"],
  device: ModelInfo["device"],
  onProgress: (loaded: number, total: number, tensor: string) => void,
  control: Control,
) => Promise<T>;

/** What the model is told: the request's own word, or what the caller named. */
function nameOf(kind: EngineKind, request: RawRequest, engines: ResolvedEngines): string {
  const own = request?.engines?.[kind];
  if (own !== undefined && own !== "encoder") return own;
  const engine = engines[kind] ?? "none";
  return typeof engine === "string" ? engine : "encoder";
}

function neededBy({ engines, needs }: MethodInfo, { wordings, paraphrases }: RawRequest): Aid[] {
  const searches = wordings === "search" && !paraphrases && needs.includes("perturbed_replies");
  return searches ? [...engines, "synonyms"] : engines;
}

/** The aids of one request, on their way. */
export class Supply {
  /** Ends when everything is there or has failed. */
  readonly ready: Promise<void>;
  private readonly failures = new Map<Aid, ErrorRecord>();
  private readonly over = new AbortController();

  constructor(
    /** With its engines as the model knows them. */
    readonly request: RawRequest,
    private readonly needs: ReadonlyMap<string, readonly Aid[]>,
    aids: Iterable<Aid>,
    load: (aid: Aid, hooks: Hooks) => Promise<void>,
    private readonly listener: RunHooks["onEvent"],
    signal?: AbortSignal,
  ) {
    const either = signal ? AbortSignal.any([signal, this.over.signal]) : this.over.signal;
    this.ready = this.loadAll(aids, load, either);
  }

  private async loadAll(aids: Iterable<Aid>, load: (aid: Aid, hooks: Hooks) => Promise<void>, signal: AbortSignal) {
    for (const aid of aids) {
      const onProgress = (progress: LoadProgress) => this.listener({ type: "engine", engine: aid, progress });
      try {
        throwIfAborted(signal);
        await load(aid, { onProgress, signal });
      } catch (thrown) {
        this.failures.set(aid, toSemgradError(thrown).toJSON());
      }
    }
  }

  /** Why the first of those that have failed did. */
  get failed(): ErrorRecord | undefined {
    const [first] = this.failures.values();
    return first;
  }

  /** Ends what is still being loaded. */
  async stop(): Promise<void> {
    this.over.abort();
    await this.ready;
  }

  /** The model's events, with the reason why an engine is missing. */
  readonly onEvent = (event: RawEvent): void => {
    const isScore = event.type === "score" && event.method !== null;
    this.listener(isScore ? { ...event, score: this.explained(event.method, event.score) } : event);
  };

  /** The record, likewise. */
  complete(record: RawRecord): RawRecord {
    if (this.failures.size === 0) return record;
    const scores = Object.entries(record.scores).map(([id, score]) => [id, this.explained(id, score)] as const);
    const changed = scores.filter(([id, score]) => score !== record.scores[id]);
    const isOld = (warning: string) => changed.some(([id]) => warning.startsWith(`${id}: `));
    const reasons = [...this.failures].map(([aid, error]) => `${aid} could not be loaded: ${error.message}`);
    const warnings = [...record.warnings.filter((warning) => !isOld(warning)), ...reasons];
    return { ...record, scores: Object.fromEntries(scores), warnings };
  }

  private explained(id: string, score: RawScore): RawScore {
    if (score.error?.code !== "engine_required") return score;
    const failed = this.needs.get(id)?.find((aid) => this.failures.has(aid));
    const error = failed && this.failures.get(failed);
    return error ? { ...score, error } : score;
  }
}
