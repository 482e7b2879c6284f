/** What a page and its worker keep: JavaScript's heaps after a collection, and the memory of the wasm module. */

/** In front of the package in a worker: tells how large its module's memory is. */
export const FRONT = `
const { instantiateStreaming } = WebAssembly;
let memory;
WebAssembly.instantiateStreaming = async (...given) => {
  const made = await instantiateStreaming.apply(WebAssembly, given);
  memory = made.instance.exports.memory;
  return made;
};
globalThis.wasmBytes = () => memory.buffer.byteLength;
`;

/** A page whose heaps and whose worker's can be read; called before it has a worker. */
export async function heapsOf(page) {
  const session = await page.context().newCDPSession(page);
  const workers = new Map();
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") workers.set(sessionId, new Map());
  });
  session.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
  session.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
    const { id, result } = JSON.parse(message);
    workers.get(sessionId)?.get(id)?.(result);
  });
  // Not flat: Playwright's own connection to the worker stays as it is.
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  let last = 0;
  const inWorker = (sessionId, method, params = {}) =>
    new Promise((resolve) => {
      const id = ++last;
      workers.get(sessionId).set(id, resolve);
      void session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
    });
  const collected = async (send) => {
    // What a first collection lets go of may hold more.
    for (let time = 0; time < 3; time += 1) await send("HeapProfiler.collectGarbage");
    return (await send("Runtime.getHeapUsage")).usedSize;
  };
  return async () => {
    const [worker] = workers.keys();
    const expression = "globalThis.wasmBytes()";
    const { result } = await inWorker(worker, "Runtime.evaluate", { expression });
    return {
      wasm: result.value,
      worker: await collected((method) => inWorker(worker, method)),
      page: await collected((method) => session.send(method)),
    };
  };
}
