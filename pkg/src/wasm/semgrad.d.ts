/**
 * The part of the generated bindings that this package uses. The build writes the real files to `dist/wasm/`; this
 * declaration is the contract that they are held to.
 */
import type { CalibrationResult } from "../calibrate/types.js";
import type { Evaluation } from "../evidence.js";
import type { MethodInfo } from "../methods.js";
import type { Control, ModelFile, RawEvent, RawInfo, RawRecord, RawRequest } from "../protocol.js";

export interface InitOutput {
  readonly memory: WebAssembly.Memory;
}

export default function init(input?: {
  module_or_path: WebAssembly.Module | BufferSource | string | URL | Promise<Response>;
}): Promise<InitOutput>;

/** Puts a new instance in the place of the one that runs. */
export function __wbg_reset_state(): void;

export class Sha256 {
  constructor();
  update(chunk: Uint8Array): void;
  hex(): string;
  free(): void;
}

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

export function methods(): MethodInfo[];
/** The last two: whether what is missing of similarities and of entailment is made from the words. */
export function evaluate(evidence: string, methods: string[], embed: boolean, nli: boolean): Record<string, Evaluation>;

export function calibrate(rows: string, options: string): CalibrationResult;
export function contains(answer: string, accepted: string[]): boolean;

export function load(
  files: ModelFile[],
  options: { device: "auto" | "webgpu" | "cpu"; profile?: string },
  onProgress: (done: number, total: number, tensor: string) => void,
  control: Control,
): Promise<Model>;
