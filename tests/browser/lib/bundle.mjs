/** Parts of the pages' sources as modules, compiled as the builds do it. */
import { join } from "node:path";
import { build } from "../../../www/demo/node_modules/vite/dist/node/index.js";
import { ROOT } from "./server.mjs";

/** The address of a part as a module, for Node and pages alike; `path` begins at the root of the repository. */
export async function address(path) {
  const [{ output }] = await build({
    configFile: false,
    root: join(ROOT, "www/demo"),
    logLevel: "error",
    publicDir: false,
    resolve: { alias: { semgrad: join(ROOT, "tests/browser/lib/lists.mjs") } },
    build: { write: false, minify: false, target: "es2022", lib: { entry: join(ROOT, path), formats: ["es"] } },
  });
  return `data:text/javascript,${encodeURIComponent(output[0].code)}`;
}

/** A part that needs no page. */
export const bundle = async (path) => import(await address(path));
