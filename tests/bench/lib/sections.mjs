/** What is measured, section by section; everything goes into the notebook. */

import { knownMethods, varied } from "../../../www/shared/measure/requests.js";
import { openBrowser } from "../../browser/lib/chromium.mjs";
import { startServer } from "../../browser/lib/server.mjs";
import { interleave, reason } from "./measure.mjs";
import { benchRoutes, inDeno, ours, transformers, wllama } from "./systems.mjs";

/** Runs `work` with a server for one model and a browser of its own, whatever happens in it. */
async function withBrowser(model, peers, work, isolated = false) {
  const server = await startServer({ model, extra: benchRoutes(peers), isolated });
  const browser = await openBrowser({ webgpu: true });
  try {
    return await work(server, browser.context);
  } finally {
    await browser.close();
    server.close();
  }
}

/** The package on a device, in every runtime that was asked for. */
function own({ runtimes }, server, model, device) {
  return [
    ...(runtimes.includes(`browser-${device}`) ? [ours(server, device)] : []),
    ...(runtimes.includes(`deno-${device}`) ? [inDeno(model, device)] : []),
  ];
}

async function timed(work) {
  const began = performance.now();
  return [await work(), performance.now() - began];
}

/** Starting from a filled cache: a fresh place each time, loading, the first token, then a longer answer. */
export function startAndSpeed(options, section, model) {
  const { notebook, workload, peers, repetitions } = options;
  return withBrowser(model, peers, async (server, context) => {
    const systems = [...own(options, server, model, "cpu"), ...(peers ? [wllama(server)] : [])];
    const filled = new Set();
    await interleave(notebook, section, systems, repetitions, async (system, repetition) => {
      if (!filled.has(system)) {
        const page = await system.open(context);
        await system.load(page);
        await page.close();
        filled.add(system);
      }
      const page = await system.open(context);
      try {
        const first = async () => {
          const info = await system.load(page);
          return { info, run: await system.run(page, varied(workload.first_token, repetition)) };
        };
        const [{ info, run }, ready] = await timed(first);
        if (repetition === 0 && info) notebook.loads.push({ section, system: system.name, ...info });
        notebook.add({ section, system: system.name, repetition, request: "first_token", ready, ...run });
        await system.forget?.(page);
        const speed = await system.run(page, varied(workload.speed, repetition));
        const bytes = await system.memory(page);
        notebook.add({ section, system: system.name, repetition, request: "speed", ...speed, memory: bytes });
      } finally {
        await page.close();
      }
    });
  });
}

/** What scores and samples cost beside the answer that they are about. */
export function scores({ notebook, workload, peers, quick, repetitions }, section, model) {
  if (quick) notebook.miss(`${section}, long_prompt and samples`, "left out by --quick");
  const names = ["plain", "scores", "cheap_scores", ...(quick ? [] : ["long_prompt", "samples"])];
  // What the answer takes without scores: costs that hide in the generation show in the difference.
  const asked = { ...workload, plain: { ...workload.scores, methods: [] } };
  return withBrowser(model, peers, async (server, context) => {
    const system = ours(server, "cpu");
    const page = await system.open(context);
    const info = await system.load(page);
    notebook.loads.push({ section, system: system.name, ...info });
    const requests = {};
    for (const name of names) {
      const { methods, ...request } = asked[name];
      requests[name] = { ...request, methods: await knownMethods((probe) => system.run(page, probe), methods) };
      const left = methods.filter((method) => !requests[name].methods.includes(method));
      if (left.length > 0) notebook.miss(`${section}, ${name}`, `this build has no ${left.join(", ")}`);
    }
    await interleave(notebook, section, [system], repetitions, async (_, repetition) => {
      for (const name of names) {
        const request = varied(requests[name], repetition);
        if (name === "samples" && !(await supportsSamples(notebook, section, system, page, request))) {
          names.splice(names.indexOf("samples"), 1);
          continue;
        }
        await system.forget(page);
        const run = await system.run(page, request);
        notebook.add({ section, system: system.name, repetition, request: name, ...run });
        if (name !== "samples") continue;
        await system.forget(page);
        const greedy = await system.run(page, { ...request, samples: undefined });
        notebook.add({ section, system: system.name, repetition, request: "greedy", ...greedy });
      }
    });
    await page.close();
  });
}

/** Builds that cannot draw samples ignore the field, or refuse it. */
async function supportsSamples(notebook, section, system, page, request) {
  const tried = await system.run(page, { ...request, samples: 1, max_tokens: 1 }).catch((error) => error);
  if (tried.samples === 1) return true;
  notebook.miss(`${section}, samples`, tried instanceof Error ? reason(tried) : "this build draws no samples");
  return false;
}

/** Loaded once, then answers in turn. The first answer of a system is longer (pipelines, caches) and not counted. */
async function answersInTurn({ notebook, repetitions }, section, systems, context, request, count = repetitions) {
  const pages = new Map();
  await interleave(notebook, section, systems, count, async (system, repetition) => {
    if (!pages.has(system)) {
      const page = await system.open(context);
      pages.set(system, page);
      const [info, load] = await timed(() => system.load(page));
      notebook.loads.push({ section, system: system.name, ms: load, ...info });
      await system.run(page, { ...varied(request, -1), max_tokens: 2 });
    }
    const page = pages.get(system);
    await system.forget?.(page);
    const run = await system.run(page, varied(request, repetition));
    notebook.add({
      section,
      system: system.name,
      repetition,
      request: "answer",
      ...run,
      memory: await system.memory(page),
    });
  });
  await Promise.all([...pages.values()].map((page) => page.close()));
}

/** The default model in another block format, ours and wllama. */
export function otherFormat(options, section, model) {
  const request = { ...options.workload.speed, max_tokens: 17 };
  return withBrowser(model, options.peers, (server, context) =>
    answersInTurn(
      options,
      section,
      [ours(server, "cpu"), wllama(server)],
      context,
      request,
      Math.min(options.repetitions, 2),
    ),
  );
}

/** A second, larger model in the browser, ours and wllama. */
export function larger(options, section, model) {
  const request = { ...options.workload.scores, max_tokens: 17, methods: [] };
  return withBrowser(model, options.peers, (server, context) =>
    answersInTurn(
      options,
      section,
      [ours(server, "cpu"), wllama(server)],
      context,
      request,
      Math.min(options.repetitions, 2),
    ),
  );
}

/** Two threads beside one, and beside two of wllama's, in a page that is isolated. */
export function threads(options, section, model) {
  const request = { ...options.workload.speed, max_tokens: 17 };
  const work = (server, context) => {
    const systems = [ours(server, "cpu"), ours(server, "cpu", 2), ...(options.peers ? [wllama(server, 2)] : [])];
    return answersInTurn(options, section, systems, context, request);
  };
  return withBrowser(model, options.peers, work, true);
}

/** An answer of somebody else's, of some 230 tokens, on two threads: when its words are underlined, and when all is said. */
export function given({ notebook, repetitions, given }, section, model) {
  return withBrowser(
    model,
    null,
    async (server, context) => {
      const system = ours(server, "cpu", 2);
      const page = await system.open(context);
      await system.load(page);
      await interleave(notebook, section, [system], repetitions + 1, async (_, repetition) => {
        const request = { ...given, methods: [], examine: true, own_answers: 5, seed: repetition };
        await system.forget(page);
        const times = await page.evaluate(async (request) => {
          const began = performance.now();
          let words = null;
          const onEvent = ({ type }) => {
            if (type === "words") words = performance.now() - began;
          };
          const { response_ids } = await globalThis.model.run(request, { onEvent });
          return { words, all: performance.now() - began, tokens: response_ids.length };
        }, request);
        // The first answer of a page is longer.
        if (repetition > 0) notebook.add({ section, system: system.name, repetition, request: "given", ...times });
      });
      await page.close();
    },
    true,
  );
}

/** The same small weights in transformers.js and here, first on the CPU, then on the graphics adapter. */
export function smallWeights(options, section, model) {
  const { workload, peers, notebook, quick } = options;
  return withBrowser(model, peers, async (server, context) => {
    const onCpu = own(options, server, model, "cpu");
    if (onCpu.length > 0) {
      const systems = [...onCpu, ...(peers ? [wllama(server), transformers(server, "wasm")] : [])];
      await answersInTurn(options, `${section} cpu`, systems, context, workload.speed);
    }
    const onWebgpu = own(options, server, model, "webgpu");
    if (onWebgpu.length > 0) {
      // A software adapter takes a fifth of a second a token.
      const request = { ...workload.first_token, max_tokens: quick ? 9 : 17 };
      const systems = [...onWebgpu, ...(peers ? [transformers(server, "webgpu")] : [])];
      await answersInTurn(options, `${section} webgpu`, systems, context, request, quick ? 1 : 2);
      for (const { section: where, system, device, deviceReason } of notebook.loads) {
        const other = where === `${section} webgpu` && device === "cpu";
        if (other) notebook.miss(`${where}, ${system}`, `ran on the CPU: ${deviceReason}`);
      }
    }
  });
}
