/** The parts of the demo page that panel and options are made of as well: the same chat, the same words for it. */

export { TokenText } from "../../demo/src/ask/tokens.js";
export { announcer, el, fill } from "../../demo/src/dom.js";
export { bytes, duration, number, percent } from "../../demo/src/format.js";
export { ProgressView } from "../../demo/src/model/progress.js";
export { problem } from "../../demo/src/problem.js";
