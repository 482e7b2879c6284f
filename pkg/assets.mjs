/** Puts the list of synonyms, with its licence, beside the compiled package. */
import { cpSync } from "node:fs";

const at = (path) => new URL(path, import.meta.url);
for (const name of ["synonyms.txt", "LICENSE"])
  cpSync(at(`../crate/data/synonyms/${name}`), at(`dist/synonyms/${name}`));
