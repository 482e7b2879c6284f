/** Parts of the extension's source as modules, compiled as the build does it. */
import { join } from "node:path";
import { build } from "../../../www/extension/node_modules/vite/dist/node/index.js";
import { ROOT } from "../../browser/lib/server.mjs";

/** The address of a part as a module, for Node and pages alike. */
export async function address(path) {
  const root = join(ROOT, "www/extension");
  const [{ output }] = await build({
    configFile: false,
    root,
    logLevel: "error",
    publicDir: false,
    build: { write: false, minify: false, target: "es2022", lib: { entry: join(root, path), formats: ["es"] } },
  });
  return `data:text/javascript,${encodeURIComponent(output[0].code)}`;
}

/** A part that needs no page. */
export const bundle = async (path) => import(await address(path));
