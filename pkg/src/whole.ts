/** The module that runs models. */

import { Module, parts } from "./module.js";
import * as bindings from "./wasm/semgrad.js";

export const whole = new Module("semgrad", bindings);

// Whatever needs no model is asked of it too, as soon as it runs; a program that loads no model does not hold it.
parts.whole = whole;
