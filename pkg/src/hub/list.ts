/** The files of a repository as the hub lists them, kept in the store: a second load asks for nothing. */

import { cacheKey, type DownloadContext, obtain } from "../download.js";
import { SemgradError } from "../errors.js";
import type { RemoteFile } from "../source.js";
import { patiently, refused } from "./answer.js";
import type { Listed } from "./listed.js";
import { listFile, type Repository } from "./name.js";

/** A list, and whether it is one of an earlier load. */
export interface List {
  files: Listed[];
  isRemembered: boolean;
}

/** No name of a file: it leads elsewhere, or changes what a terminal shows. */
const NO_NAME = /\p{Cc}|(^|\/)\.{0,2}(\/|$)/u;
/** A page has 1,000 files; no model has more than some hundreds. */
const MOST_PAGES = 50;

/** The files of a repository, by their paths from the folder that was named. `anew`: whatever is kept of it. */
export async function listOf(repository: Repository, context: DownloadContext, anew = false): Promise<List> {
  const file = listFile(repository);
  const load = () => allPages(file, repository, context);
  let files: Listed[] | null = null;
  if (anew) {
    // Before the old one goes: without a connection that is better than none.
    files = await load();
    await context.store.remove(await cacheKey(file));
  }
  const quiet: DownloadContext = {
    ...context,
    begin: () => undefined,
    onProgress: (event) => event.phase === "warning" && context.onProgress(event),
    fetch: async () => {
      files ??= await load();
      return new Response(JSON.stringify(files));
    },
  };
  const { source } = (await obtain(file, quiet)) ?? {};
  if (files || !source) return { files: files ?? [], isRemembered: false };
  const kept = parse<Listed>(new TextDecoder().decode(await source.read(0, source.size)));
  return kept ? { files: kept, isRemembered: true } : listOf(repository, context, true);
}

/** Page after page. The hub names the next one in a header; of that only the query is taken, never another host. */
async function allPages(file: RemoteFile, repository: Repository, context: DownloadContext): Promise<Listed[]> {
  const { signal, onProgress } = context;
  const files: Listed[] = [];
  const get = (address: string) => () =>
    (context.fetch ?? fetch)(address, { cache: "no-store", referrerPolicy: "no-referrer", ...(signal && { signal }) });
  let address = file.url;
  for (let page = 0; page < MOST_PAGES; page++) {
    const response = await patiently(get(address), signal);
    if (!response.ok) {
      await response.body?.cancel();
      throw refused(file.name, response);
    }
    if (page === 0) {
      const now = /\/api\/models\/([^/]+\/[^/]+)\/tree\//.exec(response.url)?.[1];
      const message = `${repository.id} has been renamed: it is ${now} now`;
      if (now !== undefined && now !== repository.id) onProgress({ phase: "warning", message });
    }
    files.push(...fromHub(parse<Entry>(await response.text()) ?? unreadable(file), repository.folder));
    const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get("link") ?? "")?.[1];
    if (next === undefined) return files;
    const following = new URL(response.url || address);
    following.search = new URL(next, following).search;
    address = following.href;
  }
  throw new SemgradError("network", `${file.name} has no end`, "Name the address of the file instead.");
}

function unreadable({ name }: RemoteFile): never {
  throw new SemgradError(
    "network",
    `${name} is none: the server answers something else`,
    "Check the option hub, or name the address of the file instead.",
  );
}

/** A list in JSON text; null for anything else. */
function parse<T>(text: string): T[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : null;
  } catch {
    return null;
  }
}

/** An entry as the hub writes it. */
type Entry = { type?: unknown; path?: unknown; size?: unknown; lfs?: { oid?: unknown; size?: unknown } | null } | null;

function fromHub(entries: readonly Entry[], folder: string): Listed[] {
  const start = folder === "" ? "" : `${folder}/`;
  return entries.flatMap((entry) => {
    const { type, path, size, lfs } = entry ?? {};
    const [full, oid] = [lfs?.size ?? size, lfs?.oid];
    if (type !== "file" || typeof path !== "string" || typeof full !== "number" || !path.startsWith(start)) return [];
    if (NO_NAME.test(path)) return [];
    const sha256 = typeof oid === "string" && /^[0-9a-f]{64}$/.test(oid) ? { sha256: oid } : {};
    return [{ path: path.slice(start.length), size: full, ...sha256 }];
  });
}
