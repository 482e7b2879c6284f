/** Entry for Deno: WebGPU where there is one, models from files, settings from environment variables. */

import { createHandler } from "./handler.ts";
import { isWanted } from "./model.ts";
import { settings } from "./settings.ts";

/** What is used of Deno; its own types are not those of a browser. */
declare const Deno: {
  env: { toObject(): Record<string, string> };
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  errors: { NotFound: new () => Error };
  serve(
    options: { port: number; hostname: string; onListen(address: { port: number }): void },
    handler: (request: Request) => Promise<Response>,
  ): unknown;
};

const files = (path: string) =>
  Deno.readFile(path).catch((thrown: unknown) => {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  });

const file = (name: string) => new URL(import.meta.resolve(name));

/** Only here is what runs a model read. */
async function withModel() {
  const { Local } = await import("./local.ts");
  const wasm = file("semgrad/semgrad.wasm");
  return createHandler(wasm, new Local(wasm), file("semgrad/scores.wasm"));
}

const variables = Deno.env.toObject();
const env = { ...variables, MODELS: files };
// What cannot be is said at the start, and not to the first client.
const fetch = isWanted(settings(env)) ? await withModel() : createHandler(file("semgrad/scores.wasm"));
// Work that a request leaves behind goes on: the process is not the request's.
const context = { waitUntil: () => {} };

Deno.serve(
  {
    port: Number(variables.PORT ?? 8000),
    hostname: variables.HOST ?? "127.0.0.1",
    onListen: ({ port }) => console.log(JSON.stringify({ event: "listening", port })),
  },
  (request) => fetch(request, env, context),
);
