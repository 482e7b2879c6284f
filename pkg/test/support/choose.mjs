/** Which files of a repository are wanted, by the module. */
import { readFileSync } from "node:fs";
import { chooser } from "../../dist/hub/choose.js";
import { Instance } from "../../dist/instance.js";
import { initSync } from "../../dist/wasm/semgrad.js";

initSync({ module: readFileSync(new URL("../../dist/wasm/semgrad_bg.wasm", import.meta.url)) });

export const choose = chooser(new Instance());
