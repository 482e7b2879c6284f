/**
 * Entry for workerd and Cloudflare that scores what it is sent and runs no model. They compile wasm ahead: there the import
 * is the compiled module.
 */

import wasm from "semgrad/scores.wasm";
import { createHandler } from "./handler.ts";
import { createQueue } from "./queue.ts";

export default { fetch: createHandler(wasm), queue: createQueue(wasm) };
