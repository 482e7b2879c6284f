/** The parts of the demo page that panel and options are made of as well: the same chat, the same words for it. */

export { HINT, QuestionBox } from "../../demo/src/ask/box.js";
export { TokenText } from "../../demo/src/ask/tokens.js";
export { announcer, el, fill } from "../../demo/src/dom.js";
export { bytes, duration, number, percent } from "../../demo/src/format.js";
export { choiceRow, deviceChoice, ownChoice } from "../../demo/src/model/choices.js";
export { ProgressView } from "../../demo/src/model/progress.js";
export { problem } from "../../demo/src/problem.js";
export { TEXT as PAGE } from "../../demo/src/text.js";
