/** What parts of the pages need of the package where nothing runs a model: its lists, and its error. */
export * from "../../../pkg/dist/contract.js";
export { SemgradError } from "../../../pkg/dist/errors.js";
export { KNOWN_ENGINES, KNOWN_MODELS } from "../../../pkg/dist/models.js";
export { PROFILES } from "../../../pkg/dist/profiles/index.js";
