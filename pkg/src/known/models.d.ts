/** What `assets.mjs` writes to `dist/known/`: the models of `models.json`, which the command line knows too. */

/** A model that `load` knows by name. The SHA-256 pins its file. */
export interface KnownModel {
  name: string;
  /** The file's name where it is published. */
  file: string;
  /** The file's name in a cache folder on a disk, where the command line keeps it too. */
  cached: string;
  /** Bytes. */
  size: number;
  sha256: string;
  license: string;
  /** Folder that serves the file; null when only a `baseUrl` of the caller's can: no public address of it is known. */
  baseUrl: string | null;
  /** False for a base model: it continues text and has no chat template. */
  chat: boolean;
}

/** Every known model, the default first. */
export const KNOWN_MODELS: readonly KnownModel[];
