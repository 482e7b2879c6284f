/**
 * The part of the generated bindings that this package uses. The build writes the real files to `dist/wasm/`; this
 * declaration is the contract that they are held to.
 */
import type { Control, ModelFile, RawEvent, RawInfo, RawRecord, RawRequest } from "../protocol.js";

export interface InitOutput {
  readonly memory: WebAssembly.Memory;
}

export default function init(input?: {
  module_or_path: WebAssembly.Module | BufferSource | string | URL | Promise<Response>;
}): Promise<InitOutput>;

export class Sha256 {
  constructor();
  update(chunk: Uint8Array): void;
  hex(): string;
  free(): void;
}

export class Model {
  private constructor();
  info(): RawInfo;
  run(request: RawRequest, onEvent: (event: RawEvent) => void, control: Control): Promise<RawRecord>;
  free(): void;
}

export function load(
  files: ModelFile[],
  options: { device: "auto" | "webgpu" | "cpu"; profile?: string },
  onProgress: (done: number, total: number, tensor: string) => void,
  control: Control,
): Promise<Model>;
