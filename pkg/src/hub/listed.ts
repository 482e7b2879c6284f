/** What a repository holds, what may be wanted of it, and what is chosen: as the module takes and gives it. */

import type { Repository } from "./name.js";

/** A file as the hub lists it. */
export interface Listed {
  /** From the folder that was named. */
  path: string;
  size: number;
  /** Of files that the hub keeps outside of Git, which are all large ones. */
  sha256?: string;
}

/** What is looked for in a repository. */
export type Wanted = "model" | "adapter" | "encoder";

/** One GGUF file, with all of its parts in their order, or the folder. */
export interface Choice {
  kind: "file" | "folder";
  parts: Listed[];
}

/** Throws where there is no such thing, or several, or none that fits. */
export type Choose = (files: readonly Listed[], repository: Repository, wanted: Wanted) => Choice;
