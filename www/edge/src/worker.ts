/** Entry for workerd and Cloudflare, which compile wasm ahead: there the import is the compiled module. */

import wasm from "semgrad/semgrad.wasm";
import { createEdge } from "./handler.ts";
import { createQueue } from "./queue.ts";

const { fetch, local } = createEdge(wasm);

export default { fetch, queue: createQueue(local, wasm) };
