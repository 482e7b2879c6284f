/** The package behind a few addresses, for runtimes that have no page: JSON in, JSON out. */

/**
 * A handler of requests, for `Deno.serve` and edge workers alike.
 *
 * @param {typeof import("semgrad")} semgrad the package
 * @param {import("semgrad").LoadOptions} settings what `load` needs here besides what is asked for
 * @returns {(request: Request) => Promise<Response>}
 */
export function handler(semgrad, settings) {
  let model;
  const commands = {
    /** Loads a model in place of the one before. */
    async load({ source, options }) {
      model?.dispose();
      const warnings = [];
      const onProgress = (progress) => progress.phase === "warning" && warnings.push(progress.message);
      const began = performance.now();
      model = await semgrad.load(source, { ...settings, ...options, onProgress });
      return { info: model.info, warnings, ms: performance.now() - began };
    },
    async run({ request }) {
      const began = performance.now();
      const record = await model.run(request);
      return { record, wall: performance.now() - began };
    },
    /** Bytes of wasm memory and graphics buffers at their peak, of what runs in this thread. */
    memory: () => globalThis.benchMemory(),
  };
  return async (request) => {
    const command = commands[new URL(request.url).pathname.slice(1)];
    if (!command) return new Response(null, { status: 404 });
    try {
      return Response.json(await command(await request.json()));
    } catch (thrown) {
      const error = thrown.toJSON?.() ?? { code: "internal", message: String(thrown.stack ?? thrown), advice: "" };
      return Response.json({ error }, { status: 500 });
    }
  };
}
