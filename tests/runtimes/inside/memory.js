// Counts wasm memory and graphics buffers. Runs as a classic script in front of a page's or worker's own code.
(() => {
  const memories = new Set();
  const note = (values) => {
    for (const value of Object.values(values ?? {})) if (value instanceof WebAssembly.Memory) memories.add(value);
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (source, imports) => {
      const result = await original.call(WebAssembly, source, imports);
      for (const part of Object.values(imports ?? {})) note(part);
      note((result.instance ?? result).exports);
      return result;
    };
  }

  let buffers = 0;
  let most = 0;
  if (globalThis.GPUDevice) {
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      buffers += buffer.size;
      most = Math.max(most, buffers);
      return buffer;
    };
    const { destroy } = GPUBuffer.prototype;
    const destroyed = new WeakSet();
    GPUBuffer.prototype.destroy = function () {
      if (!destroyed.has(this)) buffers -= this.size;
      destroyed.add(this);
      return destroy.call(this);
    };
  }

  // Wasm memory never shrinks: its size now is its peak.
  globalThis.benchMemory = () => ({
    wasm: [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    gpu: most,
  });
})();
