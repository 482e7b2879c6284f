/**
 * As `scores.d.ts`: what the module that runs models exports besides.
 */
import type { Control, ModelFile, RawEvent, RawInfo, RawRecord, RawRequest } from "../protocol.js";

export * from "./scores.js";
export { default } from "./scores.js";

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

export function load(
  files: ModelFile[],
  options: { device: "auto" | "webgpu" | "cpu"; profile?: string },
  onProgress: (done: number, total: number, tensor: string) => void,
  control: Control,
): Promise<Model>;
