/** Puts what is no TypeScript beside the compiled package: the list of synonyms with its licence, profiles, types. */
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeProfiles } from "./profiles.mjs";

const at = (path) => new URL(path, import.meta.url);
for (const name of ["synonyms.txt", "LICENSE"])
  cpSync(at(`../crate/data/synonyms/${name}`), at(`dist/synonyms/${name}`));
writeProfiles(fileURLToPath(at("profiles")), fileURLToPath(at("dist/profiles")));
cpSync(at("src/wasm/module.d.ts"), at("dist/wasm/module.d.ts"));
