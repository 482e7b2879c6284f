/** The worker's entry: the engine behind a message port, or a helper of one. */

import { engine } from "./engine.js";
import { assets } from "./packaged.js";
import { type Port, serve } from "./remote.js";
import { askForSubgroups } from "./subgroups.js";
import { becomeHelper } from "./threads/helper.js";

if (!becomeHelper()) {
  askForSubgroups();
  serve(globalThis as unknown as Port, engine(assets));
}
