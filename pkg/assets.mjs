/** Puts what is no TypeScript beside the compiled package, and takes away what an earlier source left there. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeProfiles } from "./profiles.mjs";

const at = (path) => new URL(path, import.meta.url);
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) cpSync(at(`../${name}`), at(`dist/${name}`));
for (const name of ["synonyms.txt", "LICENSE"])
  cpSync(at(`../crate/semgrad/data/synonyms/${name}`), at(`dist/synonyms/${name}`));
writeProfiles(fileURLToPath(at("profiles")), fileURLToPath(at("dist/profiles")));
mkdirSync(at("dist/known"), { recursive: true });
const models = readFileSync(at("models.json"), "utf8").trim();
writeFileSync(at("dist/known/models.js"), `export const KNOWN_MODELS = ${models};\n`);
cpSync(at("src/known/models.d.ts"), at("dist/known/models.d.ts"));
cpSync(at("src/wasm/module.d.ts"), at("dist/wasm/module.d.ts"));

/** Made by the Rust build, or above. */
const OTHERS = /^(wasm|synonyms|profiles|known)\b/;
for (const path of readdirSync(at("dist"), { recursive: true })) {
  const source = path.replace(/(\.d\.ts|\.js)$/, ".ts");
  if (source !== path && !OTHERS.test(path) && !existsSync(at(`src/${source}`))) rmSync(at(`dist/${path}`));
}
