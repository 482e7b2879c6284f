/** The module itself, as runtimes and bundlers give it that compile wasm ahead. */
declare const module: WebAssembly.Module;
export default module;
