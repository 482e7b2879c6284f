/** Runs in workerd, which compiles wasm only ahead: there the import is the compiled module. */
import "./memory.js";
import * as semgrad from "../../../pkg/dist/index.js";
import wasm from "../../../pkg/dist/wasm/semgrad_bg.wasm";
import { handler } from "./handler.js";

export default { fetch: handler(semgrad, { wasm, cache: "none" }) };
