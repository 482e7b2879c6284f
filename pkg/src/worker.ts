/** The worker's entry: the engine behind a message port. */

import { startEngine } from "./engine.js";
import { type Port, serve } from "./remote.js";

serve(globalThis as unknown as Port, startEngine);
