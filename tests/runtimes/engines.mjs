/** Engines that compare texts, as the native program's flags name them: what is built in, or a folder on this machine. */
import { statSync } from "node:fs";
import sirv from "sirv";

const BUILT_IN = { embed: ["lexical"], nli: ["lexical", "judge"] };
const PREFIX = "/engine/";

/** What is wrong with the flags, or null. */
export function wrongEngine(engines) {
  for (const [kind, name] of Object.entries(engines)) {
    if (BUILT_IN[kind].includes(name) || statSync(name, { throwIfNoEntry: false })?.isDirectory()) continue;
    return `--${kind} wants ${BUILT_IN[kind].join(", ")}, or an encoder's folder, not ${name}`;
  }
  return null;
}

/** Folders under addresses of their own; to be used as `extra` of a server. */
export function serveEngines(engines) {
  const folders = Object.entries(engines).filter(([kind, name]) => !BUILT_IN[kind].includes(name));
  const served = new Map(folders.map(([kind, name]) => [kind, sirv(name, { dev: true, etag: true })]));
  return (request, response, path) => {
    const kind = path.startsWith(PREFIX) ? path.slice(PREFIX.length).split("/", 1)[0] : null;
    const serve = served.get(kind);
    if (!serve) return false;
    request.url = request.url.slice(PREFIX.length + kind.length);
    serve(request, response, () => response.writeHead(404).end());
    return true;
  };
}

/** The package's option for a server that serves them at `origin`. */
export function engineOptions(engines, origin) {
  const named = Object.entries(engines).map(([kind, name]) => [
    kind,
    BUILT_IN[kind].includes(name) ? name : `${origin}${PREFIX}${kind}/`,
  ]);
  return named.length === 0 ? {} : { engines: Object.fromEntries(named) };
}
