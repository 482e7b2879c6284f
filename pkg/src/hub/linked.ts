/** The hash of a file at an address of the hub, which says it in the headers of the answer that leads on to the file itself. */

import { cacheKey, type DownloadContext, obtain } from "../download.js";
import type { RemoteFile } from "../source.js";
import { patiently, refused } from "./answer.js";
import { recordOf } from "./name.js";

type Facts = Pick<RemoteFile, "sha256" | "size">;

/** Renamed repositories lead on to their new names. */
const MOST_HOPS = 5;

/** The file with the hash and the size that the hub says, as far as it does. They are kept: a second load asks for nothing. */
export async function linked(file: RemoteFile, context: DownloadContext): Promise<RemoteFile> {
  const { store } = context;
  // From before hashes were asked for, or of a server that says none.
  if ((await store.stat(await cacheKey(file))).meta?.complete) return file;
  const quiet: DownloadContext = {
    ...context,
    begin: () => undefined,
    onProgress: (event) => event.phase === "warning" && context.onProgress(event),
    fetch: async () => new Response(JSON.stringify(await factsOf(file, context))),
  };
  const kept = await obtain(recordOf(file), quiet);
  if (!kept) return file;
  const text = new TextDecoder().decode(await kept.source.read(0, kept.source.size));
  const facts = JSON.parse(text) as Facts;
  return { ...file, ...facts, ...(facts.sha256 && { isTold: true }) };
}

async function factsOf(file: RemoteFile, context: DownloadContext): Promise<Facts> {
  const { signal } = context;
  const get = (url: string) => () =>
    (context.fetch ?? fetch)(url, {
      method: "HEAD",
      redirect: "manual",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      ...(signal && { signal }),
    });
  let url = file.url;
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const response = await patiently(get(url), signal);
    const facts = readFacts(response);
    const next = new URL(response.headers.get("location") ?? url, url);
    // A server that does not know the question may have the file all the same.
    if (facts || response.status === 405 || response.status === 501) return facts ?? {};
    if (response.status >= 400) throw refused(file.name, response, file.ifMissing);
    if (next.href === url || next.origin !== new URL(url).origin) return {};
    url = next.href;
  }
  return {};
}

function readFacts({ headers }: Response): Facts | null {
  const sha256 = /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(headers.get("x-linked-etag") ?? "")?.[1];
  const size = headers.get("x-linked-size") ?? "";
  return sha256 === undefined ? null : { sha256, ...(/^\d+$/.test(size) && { size: Number(size) }) };
}
