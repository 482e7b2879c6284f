/**
 * As `scores.d.ts`: what the module that runs models exports besides.
 */
import type { Asked, TrainingStep } from "../contract.js";
import type { Choice, Listed, Wanted } from "../hub/listed.js";
import type { Repository } from "../hub/name.js";
import type { Control, ModelFile, RawEvent, RawInfo, RawRecord, RawRequest } from "../protocol.js";
import type { Crew } from "../threads/crew.js";
import type { AdapterFile, AdapterInfo } from "../tune/adapter.js";
import type { Outlook } from "../tune/calls.js";

export * from "./scores.js";
export { default } from "./scores.js";

export class Sha256 {
  constructor();
  update(chunk: Uint8Array): void;
  hex(): string;
  free(): void;
}

/** `memory`: bytes that the machine has. */
export function choose(files: readonly Listed[], repository: Repository, wanted: Wanted, memory?: number): Choice;

export class Model {
  private constructor();
  info(): RawInfo;
  /** `aids` is called before texts are compared; what `use…` gave until its promise ends is used. */
  run(
    request: RawRequest,
    onEvent: (event: RawEvent) => void,
    aids: () => Promise<void>,
    control: Control,
  ): Promise<RawRecord>;
  /** The engine belongs to the model from then on; none frees the one before. */
  useEmbedder(embedder?: Embedder): void;
  useNli(nli?: Nli): void;
  useSynonyms(list: string): void;
  useProbes(json: string): void;
  /** JSON text; none for no profile. */
  setProfile(json?: string): void;
  openAdapter(files: ModelFile[]): Promise<Adapter>;
  /** The adapter is taken over; `base` is the hash of the weights. */
  useAdapter(adapter?: Adapter, base?: string): void;
  /** Throws for options of a training (JSON) that make no sense with this model. */
  checkTraining(options: string): void;
  /** `asking` is JSON; the adapter is taken over. */
  teachAsk(
    question: string,
    accepted: string[],
    asking: string,
    adapter: Adapter | undefined,
    control: Control,
  ): Promise<Asked>;
  /** All texts are JSON; the adapter is taken over. */
  train(
    asked: string,
    ordinary: string,
    wish: string,
    options: string,
    begin?: Adapter,
    saved?: Uint8Array,
  ): Promise<Trainer>;
  free(): void;
}

export class Adapter {
  private constructor();
  info(): AdapterInfo;
  share(): Adapter;
  peft(model: Model): AdapterFile[];
  gguf(model: Model): Uint8Array<ArrayBuffer>;
  free(): void;
}

export class Trainer {
  private constructor();
  outlook(): Outlook;
  step(control: Control): Promise<TrainingStep | null>;
  save(): Uint8Array<ArrayBuffer>;
  adapter(base?: string): Adapter;
  free(): void;
}

export class Embedder {
  private constructor();
  free(): void;
}

export class Nli {
  private constructor();
  free(): void;
}

type LoadEngine<Engine> = (
  files: ModelFile[],
  device: "auto" | "webgpu" | "cpu",
  onProgress: (done: number, total: number, tensor: string) => void,
  control: Control,
) => Promise<Engine>;

/** Compiles for WebGPU what the model will run; reads the header alone, and ends without an error whatever happens. */
export function warmUp(files: ModelFile[], control: Control): Promise<void>;

export const loadEmbedder: LoadEngine<Embedder>;
export const loadNli: LoadEngine<Nli>;

export function load(
  files: ModelFile[],
  options: { device: "auto" | "webgpu" | "cpu"; profile?: string },
  onProgress: (done: number, total: number, tensor: string) => void,
  control: Control,
): Promise<Model>;

/** Kernels run on this crew from now on; called again when its number of threads has changed. */
export function employCrew(crew: Crew): void;
/** Makes room for that many helpers, once: where the stack of each begins. */
export function helperStacks(count: number): Uint32Array;
/** Work by which numbers of threads are compared. */
export function crewTrial(): void;
