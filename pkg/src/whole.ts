/** The module that runs models. */

import { Module } from "./module.js";
import init, { __wbg_reset_state } from "./wasm/semgrad.js";

export const whole = new Module("semgrad", init, __wbg_reset_state);
