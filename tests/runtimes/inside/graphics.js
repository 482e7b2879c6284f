/** In front of the worker: a software adapter passes for a graphics card, which has kernels of its own. */
Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { value: false });
