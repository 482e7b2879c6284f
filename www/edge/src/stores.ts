/** Where a model's pieces may lie: static assets, KV, R2, a folder at an address; Deno adds its files. */

import { Problem } from "./problem.ts";
import type { ReadFile } from "./shards.ts";

/** The little of each binding that is used. */
interface Assets {
  fetch(request: Request | string): Promise<Response>;
}
interface Kv {
  get(key: string, type: "arrayBuffer"): Promise<ArrayBuffer | null>;
}
interface R2 {
  head(key: string): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}
/** A function that reads a file by its path, as Deno's entry passes it. */
type Files = (path: string) => Promise<Uint8Array<ArrayBuffer> | null>;

async function fetched(response: Promise<Response>): Promise<Uint8Array<ArrayBuffer> | null> {
  const answer = await response.catch((cause: unknown) => {
    throw new Problem("network", "the model cannot be fetched", "Look at its address, and try again.", { cause });
  });
  if (answer.status === 404) return null;
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  const advice = "Look at the model's address, and try again.";
  throw new Problem("network", `the model's store answered ${answer.status}`, advice);
}

/** How to read files beside the manifest; bindings are told apart by what they can do. */
export function reader(binding: unknown, folder: string): ReadFile {
  if (/^https?:/.test(folder)) return (name) => fetched(fetch(new URL(name, folder)));
  const path = (name: string) => `${folder}${name}`;
  if (typeof binding === "function") return (name) => (binding as Files)(path(name));
  const store = (binding ?? {}) as Partial<Assets & Kv & R2>;
  // Assets first: a service binding has a method of any name.
  if (store.fetch) {
    const assets = store as Assets;
    return (name) => fetched(assets.fetch(new URL(path(name), "https://assets.local/").href));
  }
  const view = (bytes: ArrayBuffer | null) => (bytes === null ? null : new Uint8Array(bytes));
  if (store.head) {
    const bucket = store as unknown as R2;
    return async (name) => view((await (await bucket.get(path(name)))?.arrayBuffer()) ?? null);
  }
  if (store.get) {
    const kv = store as unknown as Kv;
    return async (name) => view(await kv.get(path(name), "arrayBuffer"));
  }
  throw new Error("MODEL_MANIFEST is a path, and there is no binding MODELS to read it from");
}
