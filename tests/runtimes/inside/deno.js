/** Runs in Deno: the built package in this thread, its port as the first line of output. */
import "./memory.js";
import * as semgrad from "../../../pkg/dist/index.js";
import { handler } from "./handler.js";

const onListen = ({ port }) => console.log(JSON.stringify({ port }));
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, handler(semgrad, { worker: false, cache: "none" }));

// Ends with the program that started it, however that ends.
await Deno.stdin.readable.pipeTo(new WritableStream());
Deno.exit();
