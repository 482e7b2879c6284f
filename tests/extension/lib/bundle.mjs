/** A part of the extension's source as a module that Node can load, compiled as the build does it. */
import { join } from "node:path";
import { build } from "../../../www/extension/node_modules/vite/dist/node/index.js";
import { ROOT } from "../../browser/lib/server.mjs";

export async function bundle(path) {
  const root = join(ROOT, "www/extension");
  const [{ output }] = await build({
    configFile: false,
    root,
    logLevel: "error",
    publicDir: false,
    build: { write: false, minify: false, target: "es2022", lib: { entry: join(root, path), formats: ["es"] } },
  });
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}
