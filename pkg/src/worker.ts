/** The worker's entry: the engine behind a message port. */

import { engine } from "./engine.js";
import { assets } from "./packaged.js";
import { type Port, serve } from "./remote.js";
import { askForSubgroups } from "./subgroups.js";

askForSubgroups();
serve(globalThis as unknown as Port, engine(assets));
