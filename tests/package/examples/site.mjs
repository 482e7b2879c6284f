/**
 * The examples as a user has them, with the package as npm would install it, and a tiny model for them whose ids are
 * bytes: what it says is noise.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import sirv from "sirv";
import { tinyFiles } from "../../../pkg/test/support/tiny.mjs";
import { ROOT } from "../../browser/lib/server.mjs";

const EXAMPLES = join(ROOT, "www/examples");
const PACKAGE = join(ROOT, "pkg");

/** The files that npm would publish, by path. */
export function packedFiles() {
  const argv = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const out = execFileSync("npm", argv, { cwd: PACKAGE, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(out)[0].files.map(({ path }) => path);
}

/** A copy of the examples with everything installed, in a folder of its own. */
export function installExamples() {
  const folder = mkdtempSync(join(tmpdir(), "semgrad-examples-"));
  const isSource = (path) => !["node_modules", "dist"].includes(basename(path));
  cpSync(EXAMPLES, folder, { recursive: true, filter: isSource });
  const modules = readdirSync(join(EXAMPLES, "node_modules")).filter((name) => name !== "semgrad" && name[0] !== ".");
  for (const path of packedFiles()) cpSync(join(PACKAGE, path), join(folder, "node_modules/semgrad", path));
  for (const name of modules) symlinkSync(join(EXAMPLES, "node_modules", name), join(folder, "node_modules", name));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Serves `folders` by name, with their content security policies, and `/model/` to every origin. */
export async function startSite(folders = {}, policies = {}) {
  const files = tinyFiles();
  const sites = Object.entries(folders).map(([name, path]) => [`/${name}/`, sirv(path, { dev: true })]);
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const { pathname } = new URL(request.url, "http://localhost");
    const notFound = () => response.writeHead(404).end();
    if (pathname.startsWith("/model/")) {
      response.setHeader("access-control-allow-origin", "*");
      const body = files[pathname.slice("/model/".length)];
      return body ? response.end(body) : notFound();
    }
    const [prefix, site] = sites.find(([prefix]) => pathname.startsWith(prefix)) ?? [];
    if (!site) return notFound();
    request.url = request.url.slice(prefix.length - 1);
    const policy = policies[prefix.slice(1, -1)];
    if (policy) response.setHeader("content-security-policy", policy);
    site(request, response, notFound);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    model: `${origin}/model/`,
    /** How many came so far. */
    get requests() {
      return requests;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
