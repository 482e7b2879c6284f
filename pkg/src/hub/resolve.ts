/** From the repository that the caller named to the file or the folder in it that is the model. */

import type { DownloadContext } from "../download.js";
import { oneForMany, pinned } from "../integrity.js";
import { ofParts, type ResolvedSource } from "../source.js";
import { listOf } from "./list.js";
import type { Choice, Choose, Listed } from "./listed.js";
import { addressIn } from "./name.js";

type Hub = Extract<ResolvedSource, { kind: "hub" }>;
type Found = Exclude<ResolvedSource, Hub>;

/** What is to be read, and whether an earlier load's list says so. */
export interface Resolved {
  source: Found;
  isRemembered: boolean;
}

/** What is wanted of a repository. An old list that has none is asked for again; `anew`: any list is. */
export async function resolveHub(
  source: Hub,
  context: DownloadContext & { choose: Choose },
  anew = false,
): Promise<Resolved> {
  const { repository } = source;
  const { files, isRemembered } = await listOf(repository, context, anew);
  let choice: Choice;
  try {
    choice = context.choose(files, repository, source.wanted);
  } catch (thrown) {
    if (!isRemembered) throw thrown;
    return resolveHub(source, context, true);
  }
  if (choice.kind === "file") return { source: fileOf(source, choice.parts), isRemembered };
  const { name, small, integrity = {} } = source;
  if (typeof integrity === "string") throw oneForMany();
  const url = addressIn(repository, repository.folder && `${repository.folder}/`);
  const listed = Object.fromEntries(files.map(({ path, ...facts }) => [path, facts]));
  // The caller's hash and the hub's must be the same where both say one.
  for (const [file, wanted] of Object.entries(integrity))
    pinned(repository.id, { [file]: listed[file]?.sha256 ?? null }, { [file]: wanted });
  const isAdapter = source.wanted === "adapter";
  return { source: { kind: "folder", name, url, small, integrity, listed, isAdapter }, isRemembered };
}

function fileOf({ repository, integrity }: Hub, parts: readonly Listed[]): Found {
  const nameOf = ({ path }: Listed) => path.slice(path.lastIndexOf("/") + 1);
  const told = Object.fromEntries(parts.map((part) => [nameOf(part), part.sha256 ?? null]));
  const hashes = pinned(repository.id, told, integrity);
  const below = repository.folder && `${repository.folder}/`;
  const files = parts.map((part) => {
    const name = nameOf(part);
    const hash = hashes[name] === undefined ? {} : { sha256: hashes[name], isTold: integrity === undefined };
    return { name, url: addressIn(repository, below + part.path), size: part.size, ...hash };
  });
  return ofParts(files);
}
