/**
 * The public interface, pinned: this file must compile as it stands. A change that breaks it breaks callers.
 */

import {
  type Answer,
  cache,
  type DEFAULT_METHODS,
  type ERROR_CODES,
  type ErrorCode,
  type KNOWN_MODELS,
  type LoadOptions,
  type LoadProgress,
  load,
  type Model,
  type RawRecord,
  type Score,
  SemgradError,
  type Token,
} from "semgrad";

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

// load: every kind of source, every option
const file = new File([], "model.gguf");
const options: LoadOptions = {
  device: "auto",
  cache: "opfs",
  onProgress: (progress) => {
    same<typeof progress, LoadProgress>(true);
    if (progress.phase === "download") same<typeof progress.total, number | null>(true);
    if (progress.phase === "load") same<typeof progress.tensor, string>(true);
    // @ts-expect-error only a download has a speed
    if (progress.phase === "verify") progress.bytesPerSecond;
  },
  signal: AbortSignal.timeout(1000),
  integrity: { "model.safetensors": "00" },
  profile: {},
  worker: false,
  baseUrl: "./models/",
};
const model: Model = await load("SmolLM2-135M-Instruct", options);
await load(new URL("https://example.com/model.gguf"), { integrity: "00" });
await load(file, { device: "webgpu", cache: "cache-api" });
await load(new Blob([]), { device: "cpu", cache: "none" });
await load([file]);
await load({ "config.json": new Blob([]) });
// @ts-expect-error no such device
await load(file, { device: "cuda" });
// @ts-expect-error no such cache
await load(file, { cache: "disk" });
// @ts-expect-error a number is no model
await load(7);
// @ts-expect-error options have names
await load(file, { devise: "cpu" });

// ask
const answer: Answer = await model.ask("Why?", {
  maxTokens: 32,
  samples: 10,
  temperature: 0,
  seed: 1,
  signal: AbortSignal.timeout(1000),
  onToken: (token) => same<typeof token, Token & { index: number }>(true),
  onProgress: (progress) => progress.phase === "prefill" && progress.done,
  methods: ["semgrad", "paragrad"],
  semanticPosition: -6,
  tail: 10,
  allLayers: true,
  prefix: "Answer briefly. ",
  system: "You are terse.",
});
await model.ask([{ role: "user", content: "Why?" }], { semanticPosition: "header", methods: ["all"] });
// @ts-expect-error messages have a role
await model.ask([{ content: "Why?" }]);
// @ts-expect-error positions are "header", "profile" or a number
await model.ask("Why?", { semanticPosition: "last" });
// @ts-expect-error tokens are counted in numbers
await model.ask("Why?", { maxTokens: "32" });

// the answer
same<Answer["text"], string | null>(true);
same<Answer["confidence"], number | null>(true);
same<Answer["confidenceReason"], string | null>(true);
same<Answer["verdict"], "answer" | "flag" | "abstain" | null>(true);
same<Answer["gradL1Tail"], ((number | null)[] | null)[] | null>(true);
same<Answer["layers"], (number | null)[]>(true);
same<Answer["tokens"], Token[]>(true);
same<typeof answer.scores.semgrad, Score | undefined>(true);
same<Score["score"], number | null>(true);
same<Token["top2Margin"], number | null>(true);
// @ts-expect-error a score may be missing: it was not asked for
answer.scores.semgrad.score;
// @ts-expect-error camel case outside, snake case only in run()
answer.finish_reason;

// score, run, dispose, info
same<ReturnType<Model["score"]>, Promise<Answer>>(true);
await model.score("Why?", "Because.", { methods: [] });
// @ts-expect-error nothing to score
await model.score("Why?");
// @ts-expect-error an answer that was given is not limited
await model.score("Why?", "Because.", { maxTokens: 3 });
const record: RawRecord = await model.run({ prompt_ids: [1, 2], response_ids: [3], semantic_position: "-1" });
same<typeof record.semantic_index, number | null>(true);
same<typeof model.info.device, "webgpu" | "cpu">(true);
same<ReturnType<Model["dispose"]>, void>(true);
// @ts-expect-error facts are read only
model.info = answer as never;

// errors
same<(typeof ERROR_CODES)[number], ErrorCode>(true);
const error = new SemgradError("aborted", "message", "advice");
same<typeof error.code, ErrorCode>(true);
// @ts-expect-error not in the list
new SemgradError("oops", "message", "advice");

// constants and cache
same<(typeof DEFAULT_METHODS)[0], "semgrad">(true);
same<(typeof KNOWN_MODELS)[number]["baseUrl"], string | null>(true);
const [entry] = await cache.list();
if (entry) same<typeof entry.cache, "opfs" | "cache-api">(true);
same<ReturnType<typeof cache.remove>, Promise<number>>(true);
