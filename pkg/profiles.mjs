/**
 * Copies the profiles that the package ships and writes the scripts that `src/profiles/*.d.ts` describe. An address
 * is written out for each: that is how bundlers find the files.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the index says about a profile; a file that is none stops the build. */
function describe(name, json) {
  const { key, calibrations = [], given = null } = JSON.parse(json);
  if (!/^[0-9a-f]{64}$/.test(key?.weights)) throw new Error(`profiles/${name}.json names no weights`);
  const answers = ["own", "given"].filter((whose) => calibrations.some((one) => one.answers === whose));
  const { questions, right, sets = [] } = calibrations.find((one) => one.answers === "own")?.fitted ?? {};
  // Each question set counts the same, as in `Fitted::share` of the crate.
  const asked = sets.filter((set) => set.questions > 0);
  const shares = (asked.length > 0 ? asked : [{ questions, right }]).map((set) => set.right / set.questions);
  const share = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const fitted = questions > 0 ? { questions, right, share } : null;
  return { name, weights: key.weights, prefix: key.prefix ?? "", answers, fitted, judgesOthers: given?.judges ?? null };
}

/**
 * @param {string} from folder of `MODEL.json` files; it may be missing
 * @param {string} to folder that is made anew
 */
export function writeProfiles(from, to) {
  const files = existsSync(from) ? readdirSync(from).filter((file) => file.endsWith(".json")) : [];
  const profiles = files
    .sort()
    .map((file) => describe(file.slice(0, -".json".length), readFileSync(join(from, file), "utf8")));
  const twice = profiles.find(({ weights }, index) => profiles.findIndex((other) => other.weights === weights) < index);
  if (twice) throw new Error(`profiles/${twice.name}.json is for weights that another one is for`);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const file of files) cpSync(join(from, file), join(to, file));
  const addresses = profiles.map(
    ({ name, weights }) =>
      `  ${JSON.stringify(weights)}: () => new URL(${JSON.stringify(`./${name}.json`)}, import.meta.url),\n`,
  );
  const list = `export const PROFILES = ${JSON.stringify(profiles, null, 2)};\n`;
  const find = "export const addressOf = (weights) => ADDRESSES[weights]();\n";
  writeFileSync(join(to, "index.js"), `${list}\nconst ADDRESSES = {\n${addresses.join("")}};\n\n${find}`);
  // Apart from the index, because older browsers cannot even parse it.
  const imports = profiles.map(
    ({ name, weights }) =>
      `  ${JSON.stringify(weights)}: () => import(${JSON.stringify(`./${name}.json`)}, { with: { type: "json" } }),\n`,
  );
  const text = "export const imported = async (weights) => JSON.stringify((await IMPORTS[weights]()).default);\n";
  writeFileSync(join(to, "imports.js"), `const IMPORTS = {\n${imports.join("")}};\n\n${text}`);
  for (const file of ["index.d.ts", "imports.d.ts"])
    cpSync(new URL(`src/profiles/${file}`, import.meta.url), join(to, file));
}
