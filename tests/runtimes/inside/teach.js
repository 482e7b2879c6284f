// Teaches a tiny model and says what came out, on one line.
import * as semgrad from "../../../pkg/dist/index.js";
import { ENDING, teach } from "../../../pkg/test/support/teach.mjs";
import { asBlobs, tinyFiles } from "../../../pkg/test/support/tiny.mjs";

console.log(JSON.stringify(await teach(semgrad, asBlobs(tinyFiles(ENDING)), { device: "cpu" })));
