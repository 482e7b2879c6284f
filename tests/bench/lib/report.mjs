/** The bars and the Markdown that goes into www/docs/benchmarks.md. All ratios are of one repetition; their median counts. */
import { decodeRate, median, prefillRate, scoreShare } from "../../../www/shared/measure/figures.js";
import { OURS as NATIVE, named, PEER, THREADS } from "./native.mjs";

const OURS = "semgrad cpu";
const TWO = `${OURS}, 2 threads`;

const ready = (run) => run?.ready ?? null;

function select(runs, section, system, request) {
  return runs.filter((run) => run.section === section && run.system === system && run.request === request);
}

/** Median over repetitions of `value(ours) ÷ value(theirs)`. */
function paired(runs, section, request, system, peer, value) {
  const theirs = select(runs, section, peer, request);
  const ratios = select(runs, section, system, request).map((run) => {
    const other = theirs.find((other) => other.repetition === run.repetition);
    return value(run) / (value(other) ?? Number.NaN);
  });
  return median(ratios);
}

/**
 * Multiply-accumulates of a score run, and of its prompt. Needed at least: each block of the upper half once forward and
 * once backward over the suffix; the head's dx = dz·W and its own gradient for each token of the answer (the logits are
 * there from the generation). Attention and norms are left out on both sides.
 */
function products(run, info, tied) {
  const head = info.vocab * info.hidden;
  const block = (info.parameters - head * (tied ? 1 : 2)) / info.layers;
  const upper = Math.floor(info.layers / 2);
  return {
    score: 2 * run.suffix * block * upper + 2 * run.tokens * head,
    prefill: run.prompt * block * info.layers + head,
  };
}

function scoreAgainstPrefill(run, info, tied) {
  if (!run.methods.length || !info) return null;
  const { score, prefill } = products(run, info, tied);
  return run.score / ((score / prefill) * run.prefill);
}

/** Ten samples beside one greedy answer, decoding only. */
function sampleRatio(runs) {
  const greedy = select(runs, "scores", OURS, "greedy");
  const ratios = select(runs, "scores", OURS, "samples").map((run) => {
    const one = greedy.find((other) => other.repetition === run.repetition);
    // Builds that do not report the samples' own time: what the question took longer.
    return one ? (run.sampling ?? run.wall - one.wall) / one.decode : null;
  });
  return median(ratios);
}

/**
 * `[what, value, bar, reach, "at least" | "at most", unit]`, value null when it was not measured; rows without a bar are
 * for information.
 */
function bars({ runs, loads, models, sizes }) {
  const info = loads.find((load) => load.section === "scores" && load.system === OURS);
  const scored = (request, value) => median(select(runs, "scores", OURS, request).map(value));
  const gpu = Math.max(...select(runs, "small webgpu", "semgrad webgpu", "answer").map((run) => run.memory.gpu));
  const cheap = select(runs, "scores", OURS, "cheap_scores")[0]?.methods.join(", ") ?? "semgrad_last, gnll, …";
  const decode = (section, request, system, peer) => paired(runs, section, request, system, peer, decodeRate);
  const load = paired(runs, "default", "first_token", OURS, "wllama", ready);
  const brotli = sizes.semgrad ? sizes.semgrad.brotli / 1e6 : null;
  const walls = select(runs, "scores", OURS, "plain");
  const whole = scored("scores", (run) => {
    const plain = walls.find((other) => other.repetition === run.repetition);
    return plain ? run.wall / plain.wall - 1 : null;
  });
  const formats = [...new Set(runs.map((run) => run.section))].filter((section) => section.startsWith("format "));
  const given = select(runs, "given", TWO, "given");
  const large = models.larger?.file ?? "larger model";
  return [
    ["browser CPU decode ÷ wllama", decode("default", "speed", OURS, "wllama"), 1.5, 3, "at least"],
    ...formats.map((section) => [
      `browser CPU decode ÷ wllama, ${section.replace(/^format |\.gguf$/g, "")}`,
      decode(section, "answer", OURS, "wllama"),
    ]),
    ["browser CPU prefill ÷ wllama", paired(runs, "default", "speed", OURS, "wllama", prefillRate), 3, 6, "at least"],
    [`browser CPU decode ÷ wllama, ${large}`, decode("larger", "answer", OURS, "wllama"), 1.2, 2, "at least"],
    [
      "browser WebGPU decode ÷ transformers.js WebGPU, MiniMind2-Small",
      decode("small webgpu", "answer", "semgrad webgpu", "transformers.js webgpu"),
      1.5,
      3,
      "at least",
    ],
    [
      "semgrad + paragrad + hybridgrad of 48 tokens ÷ its products at prefill speed",
      scored("scores", (run) => scoreAgainstPrefill(run, info, models.default.tied)),
      1.3,
      1.1,
      "at most",
    ],
    ["the same ÷ (prefill + generation)", scored("scores", scoreShare), 0.4, 0.25, "at most"],
    ["the same answer with these scores ÷ without, less 1 (wall time)", whole],
    [`${cheap} ÷ (prefill + generation)`, scored("cheap_scores", scoreShare), 0.15, 0.08, "at most"],
    [
      "semgrad + hybridgrad, 450-token prompt, 20 tokens ÷ (prefill + generation)",
      scored("long_prompt", scoreShare),
      0.1,
      0.05,
      "at most",
    ],
    ["10 samples of 32 tokens ÷ one answer, decode only", sampleRatio(runs), 5, 3, "at most"],
    ["graphics buffers at their peak ÷ weight file", gpu > 0 ? gpu / models.small.size : null, 1.2, 1.1, "at most"],
    [`wasm + JS, brotli ${sizes.quality}`, brotli, 2.3, 1.5, "at most", " MB"],
    ...[
      ["default", "default model"],
      ["larger", large],
    ].flatMap(([name, model]) =>
      [
        ["prefill", prefillRate],
        ["decode", decodeRate],
      ].flatMap(([what, rate]) => {
        const beside = (peer) => paired(runs, `threads ${name}`, "answer", TWO, peer, rate);
        return [
          [`browser CPU ${what}, 2 threads ÷ 1, ${model}`, beside(OURS), 1.6, 1.8, "at least"],
          [`browser CPU ${what} ÷ wllama, 2 threads each, ${model}`, beside("wllama, 2 threads"), 2, 3, "at least"],
        ];
      }),
    ),
    ...[
      ["words that stand out", "words", 1.5, 1],
      ["and five own answers compared", "all", 5, 3],
    ].map(([what, time, ...limits]) => {
      const [tokens, seconds] = ["tokens", time].map((key) => median(given.map((run) => run[key])));
      const of = `a given answer${tokens === null ? "" : ` of ${tokens} tokens`}, 2 threads: ${what}`;
      return [of, seconds === null ? null : seconds / 1000, ...limits, "at most", " s"];
    }),
    ...[
      ["default", "default model"],
      ["larger", large],
    ].flatMap(([name, model]) =>
      [
        ["prefill", prefillRate, 1, 1.5],
        ["decode", decodeRate, 0.8, 1],
      ].flatMap(([what, rate, ...limits]) => {
        const beside = (threads, peer) => paired(runs, `native ${name}`, "answer", named(NATIVE, threads), peer, rate);
        return [
          ...THREADS.map((threads) => [
            named(`native ${what} ÷ llama.cpp, ${model}`, threads),
            beside(threads, named(PEER, threads)),
            ...limits,
            "at least",
          ]),
          [`native ${what}, 2 threads ÷ 1, ${model}`, beside(2, named(NATIVE, 1)), 1.7, 1.9, "at least"],
        ];
      }),
    ),
    [
      "browser WebGPU prefill ÷ transformers.js WebGPU, MiniMind2-Small",
      paired(runs, "small webgpu", "answer", "semgrad webgpu", "transformers.js webgpu", prefillRate),
      1,
      1.5,
      "at least",
    ],
    [
      "browser CPU prefill ÷ transformers.js wasm, MiniMind2-Small",
      paired(runs, "small cpu", "answer", OURS, "transformers.js wasm", prefillRate),
      1,
      1.5,
      "at least",
    ],
    ["cached load to first token ÷ wllama", load, 1, 0.6, "at most"],
    ["Deno CPU decode ÷ browser CPU", decode("default", "speed", "semgrad deno cpu", OURS)],
    [
      "Deno WebGPU decode ÷ browser WebGPU, MiniMind2-Small",
      decode("small webgpu", "answer", "semgrad deno webgpu", "semgrad webgpu"),
    ],
  ];
}

function verdict(value, bar, reach, direction) {
  if (value === null) return "not measured";
  if (bar === undefined) return "";
  const meets = (limit) => (direction === "at least" ? value >= limit : value <= limit);
  if (meets(reach)) return "reach";
  return meets(bar) ? "met" : "missed";
}

const number = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
const megabytes = (bytes) => (Number.isFinite(bytes) ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB` : "–");

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index ? "---:" : "---"))), ...rows.map(line)].join("\n");
}

/** Medians in absolute units; they mean something on this machine only. */
function absolute({ runs, native }) {
  const rows = [];
  const names = {
    default: ["speed", "default model"],
    larger: ["answer", "larger model"],
    "threads default": ["answer", "default model"],
    "threads larger": ["answer", "larger model"],
    "native default": ["answer", "default model"],
    "native larger": ["answer", "larger model"],
    "small cpu": ["answer", "MiniMind2-Small"],
    "small webgpu": ["answer", "MiniMind2-Small"],
  };
  for (const { section } of runs) {
    if (section.startsWith("format ")) names[section] = ["answer", section.slice("format ".length)];
  }
  for (const [section, [request, label]] of Object.entries(names)) {
    const here = runs.filter((run) => run.section === section && run.request === request);
    for (const system of new Set(here.map((run) => run.system))) {
      const of = (value) => median(here.filter((run) => run.system === system).map(value));
      const first = median(select(runs, section, system, "first_token").map(ready));
      const bytes = of((run) => run.memory?.wasm || null);
      rows.push([
        `${label}, ${system}, ${here[0].prompt} + ${here[0].tokens} tokens`,
        first === null ? "–" : `${number(first / 1000)} s`,
        number(of(prefillRate), 1),
        number(of(decodeRate), 1),
        megabytes(bytes),
      ]);
    }
  }
  if (native) {
    const here = native.runs.filter((run) => run.request === "speed");
    rows.push([
      `default model, native ${native.device}, ${here[0]?.prompt} + ${here[0]?.tokens} tokens`,
      `${number((native.load + median(native.runs.filter((run) => run.request === "first_token").map((run) => run.prefill + run.decode))) / 1000)} s`,
      number(median(here.map(prefillRate)), 1),
      number(median(here.map(decodeRate)), 1),
      `${megabytes(native.peak_memory)} (process)`,
    ]);
  }
  return table(["", "load to first token", "prefill tokens/s", "decode tokens/s", "wasm memory"], rows);
}

function sizeTable({ sizes }) {
  const rows = Object.entries(sizes).filter(([, size]) => size.raw);
  const cells = rows.map(([name, { raw, gzip, brotli }]) => [name, ...[raw, gzip, brotli].map(megabytes)]);
  return table(["to fetch", "raw", "gzip 9", `brotli ${sizes.quality}`], cells);
}

/** Whether both systems computed what the shared weights say, each with its own treatment of activations. */
function sameWeights({ agreement }) {
  const said = agreement.map(({ system, roundActivations, got, expected, margin }) => {
    const reference = `${expected} (margin ${number(margin)})`;
    const how = roundActivations ? "with 8-bit activations, as the ONNX graph has them" : "in double precision";
    return `${system} ${got ?? "–"}, reference ${how} ${reference}`;
  });
  return said.length > 0 ? `First token on the small weights: ${said.join("; ")}.` : "";
}

function hardware({ machine, seconds, loads }) {
  const { cpu, cores, browser, adapter, deno, system, date, commit, changed, load } = machine;
  const inDeno = loads.filter(({ system }) => system.startsWith("semgrad deno"));
  const denoAdapter = inDeno.find((load) => load.gpu)?.gpu;
  const denoFacts = inDeno.length > 0 ? `Deno ${deno}, ${denoAdapter ? `WebGPU adapter ${denoAdapter}, ` : ""}` : "";
  const state = `${commit ?? "unknown"}${changed ? " with changes" : ""}`;
  return (
    `${cpu}, ${cores} cores, ${system}, ${browser}, WebGPU adapter ${adapter ?? "none"}, ` +
    `${denoFacts}${date.slice(0, 10)}, commit ${state}; load average at the start ${number(load[0], 1)}, ${seconds} s in all. One thread each in browser and Deno, where nothing else is said.`
  );
}

/** The whole report as Markdown. */
export function report(result) {
  const rows = bars(result).map(([what, value, bar, reach, direction, unit = ""]) => [
    what,
    value === null ? "–" : `${number(value)}${unit}`,
    bar === undefined ? "–" : `${direction === "at least" ? "≥" : "≤"} ${bar}${unit}`,
    bar === undefined ? "–" : `${reach}${unit}`,
    verdict(value, bar, reach, direction),
  ]);
  const missing = result.missing.map(({ what, reason }) => `- ${what}: ${reason}`);
  return [
    table(["what", "measured", "bar", "reach for", ""], rows),
    absolute(result),
    sizeTable(result),
    sameWeights(result),
    hardware(result),
    missing.length > 0 ? `Not measured:\n${missing.join("\n")}` : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}
