/**
 * How people name a model of the hub: `owner/name`, with a format behind a colon and a revision behind an at sign, or the address
 * of its page. Nothing is fetched here.
 */

/** The hub, unless the caller names a mirror. */
export const HUB = "https://huggingface.co/";

/** A repository of a hub; plain data, so that it crosses to the worker. */
export interface Repository {
  /** Address of the hub; a slash ends it. */
  hub: string;
  /** `owner/name`. */
  id: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** The folder of it that is meant; empty for all of it. */
  folder: string;
  /** Which of its files: a format, as `Q4_K_M`, or a file's name. Null for the one that suits best. */
  tag: string | null;
}

/** Hosts that are the hub. */
const HOSTS = /^(www\.)?(huggingface\.co|hf\.co)$/i;
const NAME = /^([\w-][\w.-]*\/[\w-][\w.-]*)((?:[:@][^:@\s]+)*)$/;

/** The repository of that name; null for what is none. `owner/file.gguf` is a path. */
export function repositoryNamed(text: string, hub: string): Repository | null {
  const bare = text.trim().replace(/\/+$/, "");
  const [host = "", ...path] = bare.split("/");
  if (HOSTS.test(host)) return repositoryNamed(path.join("/"), HUB) ?? repositoryAt(new URL(`https://${bare}`), hub);
  const [, id, rest = ""] = NAME.exec(bare) ?? [];
  if (!id || (rest === "" && /\.(gguf|safetensors|json)$/i.test(id))) return null;
  const named: Repository = { hub, id, revision: "main", folder: "", tag: null };
  for (const [part] of rest.matchAll(/[:@][^:@]+/g)) {
    if (part.startsWith("@")) named.revision = part.slice(1);
    // What Ollama writes where no format was named.
    else named.tag = part === ":latest" ? null : part.slice(1);
  }
  return named;
}

/** The repository, or the folder of one, whose page has that address; null for any other address. */
export function repositoryAt(url: URL, hub: string): Repository | null {
  const page = pageOf(url, hub);
  if (!page) return null;
  const [owner = "", name = "", view, revision, ...path] = page.parts;
  const named = repositoryNamed(`${owner}/${name}`, page.hub);
  if (!named || owner === "api" || (view !== undefined && view !== "tree")) return null;
  return { ...named, revision: revision ?? named.revision, folder: path.join("/") };
}

/** The address of a page of the hub, as people copy it, turned into that of the file or folder behind it. */
export function unwrapHubPage(url: URL, hub: string = HUB): URL {
  const page = pageOf(url, hub);
  const [owner, name, view, revision, ...path] = page?.parts ?? [];
  if (!page || !owner || !name || owner === "api") return url;
  if (view !== undefined && view !== "blob" && view !== "tree") return url;
  return new URL(addressIn({ hub: page.hub, id: `${owner}/${name}`, revision: revision ?? "main" }, path.join("/")));
}

/** Whether a hub serves a file at that address, and says its hash. */
export function isHubFile(url: URL, hub: string): boolean {
  return pageOf(url, hub)?.parts[2] === "resolve";
}

/** Where a file of a repository, or a folder of it, is served. */
export function addressIn({ hub, id, revision }: Pick<Repository, "hub" | "id" | "revision">, path: string): string {
  return `${hub}${id}/resolve/${encodeURIComponent(revision)}/${encoded(path)}`;
}

/** The list of a repository's files, as the hub serves it. */
export function listFile({ hub, id, revision, folder }: Repository): { name: string; url: string } {
  const below = folder && `/${encoded(folder)}`;
  const url = `${hub}api/models/${id}/tree/${encodeURIComponent(revision)}${below}?recursive=true`;
  return { name: `the list of files of ${id}`, url };
}

/** What the store keeps of a file at an address of the hub: its hash, as the hub said it. */
export function recordOf({ name, url }: { name: string; url: string }): { name: string; url: string } {
  return { name: `the hash of ${name}`, url: `${url}#hash` };
}

const encoded = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/** Which hub an address belongs to, and its path there; null where it is none of a hub. */
function pageOf(url: URL, hub: string): { hub: string; parts: string[] } | null {
  const isPublic = HOSTS.test(url.hostname);
  if (!isPublic && !url.href.startsWith(hub)) return null;
  const path = isPublic ? url.pathname : url.pathname.slice(new URL(hub).pathname.length);
  try {
    return { hub: isPublic ? HUB : hub, parts: path.split("/").filter(Boolean).map(decodeURIComponent) };
  } catch {
    // A percent sign that encodes nothing.
    return null;
  }
}
