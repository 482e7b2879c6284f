/** The worker's entry: the engine behind a message port. */

import { startHere } from "./packaged.js";
import { type Port, serve } from "./remote.js";
import { askForSubgroups } from "./subgroups.js";

askForSubgroups();
serve(globalThis as unknown as Port, startHere);
