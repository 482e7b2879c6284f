/** Entry for workerd with a language model in the worker, which needs the memory for it. */

import scores from "semgrad/scores.wasm";
import wasm from "semgrad/semgrad.wasm";
import { createHandler } from "./handler.ts";
import { Local } from "./local.ts";
import { createQueue } from "./queue.ts";

const local = new Local(wasm);

export default { fetch: createHandler(wasm, local, scores), queue: createQueue(wasm, local) };
