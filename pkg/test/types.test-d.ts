/**
 * The public interface, pinned: this file must compile as it stands. A change that breaks it breaks callers.
 */

import {
  type Adapter,
  type AdapterInfo,
  type Answer,
  type AnswerConfidence,
  type Asked,
  type AskProgress,
  type Attribution,
  applyCalibration,
  type Calibration,
  type CalibrationReport,
  type ChatCompletion,
  type ChatCompletionChunk,
  type ChatStream,
  type ChatUncertainty,
  cache,
  calibrate,
  calibrateGiven,
  type DEFAULT_METHODS,
  type EngineKind,
  type ERROR_CODES,
  type ErrorCode,
  type EVEN_ODDS,
  type Evaluation,
  type Evidence,
  type Explanation,
  evaluate,
  type GivenResult,
  type GivenRow,
  type KNOWN_ENGINES,
  type KNOWN_MODELS,
  type KnownMethod,
  type Lesson,
  type LoadOptions,
  type LoadProgress,
  lessonOf,
  load,
  METHODS,
  type MethodInfo,
  type Model,
  type ModelProfile,
  type methods,
  type ONE_PASS_METHODS,
  type PROFILES,
  type Profile,
  type RawRecord,
  type refuses,
  type Score,
  SemgradError,
  type ShippedProfile,
  type Span,
  surveyGiven,
  type TEACHERS,
  type Teacher,
  type Token,
  type TunePart,
  type TuneState,
  withPart,
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
  engines: { embed: "all-MiniLM-L6-v2", nli: [file] },
  probes: {},
  synonyms: "big large\n",
  adapter: "./adapter/",
};
const model: Model = await load("SmolLM2-135M-Instruct", options);
await load(new URL("https://example.com/model.gguf"), { integrity: "00" });
await load(file, { device: "webgpu", cache: "cache-api" });
await load(new Blob([]), { device: "cpu", cache: "none" });
await load([file]);
await load({ "config.json": new Blob([]) });
// @ts-expect-error no such device
await load(file, { device: "cuda" });
await load("./model.gguf", { cache: "disk", cacheDir: "~/models" });
// @ts-expect-error no such cache
await load(file, { cache: "floppy" });
// @ts-expect-error a number is no model
await load(7);
// @ts-expect-error there are two kinds of engines
await load(file, { engines: { rerank: "lexical" } });
// @ts-expect-error probes are an object or JSON text
await load(file, { probes: 7 });
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
await model.ask("Why?", {
  methods: ["deg", "icl_epistemic"],
  engines: {
    embed: { source: new URL("https://example.com/e/"), integrity: { "model.safetensors": "00" } },
    nli: { source: "nli-deberta-v3-xsmall", baseUrl: "./engines/" },
  },
  paraphrases: ["How come?"],
  wordings: "search",
  examples: [{ question: "1 + 1?", answer: "2", truth: true }],
  demonstrations: { labels: ["no", "yes"], sets: [[{ text: "Sure.", label: 1 }]] },
  spans: true,
  evidence: true,
  onProgress: (progress) => {
    same<typeof progress, AskProgress>(true);
    if (progress.phase === "engine") same<typeof progress.progress, LoadProgress>(true);
    if (progress.phase !== "score") return;
    // The score is there exactly when a method is named.
    if (progress.method === null) same<typeof progress.score, null>(true);
    else same<typeof progress.score, Score>(true);
  },
});
// @ts-expect-error somebody must find the wordings
await model.ask("Why?", { wordings: "guess" });
// @ts-expect-error labels are counted
await model.ask("Why?", { demonstrations: { labels: ["no"], sets: [[{ text: "Sure.", label: "no" }]] } });
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
same<Answer["spans"], Span[] | null>(true);
same<Answer["evidence"], Evidence | null>(true);
same<typeof answer.scores.claim_semantic_entropy, Score | undefined>(true);
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
await model.score("Why?", "Because.", { methods: ["snne"], samples: 5, maxTokens: 30 });
// @ts-expect-error an answer that was given has no stream of tokens
await model.score("Why?", "Because.", { onToken: () => {} });
const record: RawRecord = await model.run({ prompt_ids: [1, 2], response_ids: [3], semantic_position: "-1" });
await model.run({ question: "Why?", engines: { nli: "judge" } }, { engines: { embed: "lexical" } });
same<typeof record.semantic_index, number | null>(true);
same<typeof model.info.device, "webgpu" | "cpu">(true);
same<ReturnType<Model["dispose"]>, void>(true);
// @ts-expect-error facts are read only
model.info = answer as never;

// confidence
same<Answer["verdictReason"], string | null>(true);
same<Answer["verdictThresholds"], { answer: number | null; abstain: number | null } | null>(true);
same<Answer["explanation"], Explanation>(true);
same<Explanation["verdict"], "Probably right" | "Check this" | "Do not rely on this" | "No judgment">(true);
same<Answer["attribution"], Attribution | null>(true);
await model.ask("Why?", { attribute: true });
// @ts-expect-error the old name
await model.ask("Why?", { explain: true });
same<typeof EVEN_ODDS, 0.5>(true);
await model.ask("Why?", { risk: { answer: 0.05, abstain: 0.1, mode: "selective" } });
await load(file, { profile: null });
same<(typeof PROFILES)[number], ShippedProfile>(true);
same<typeof model.info.profile, ModelProfile | null>(true);
// teaching
let state: TuneState | undefined;
const tuned = await model.tune(["Why?", { question: "Who?", answers: ["me"] }], {
  teacher: "labels",
  nli: "judge",
  training: { rank: 4, learningRate: 1e-4, layers: [15, 30], parts: ["q_proj"] },
  onKeep: (part) => {
    same<typeof part, TunePart>(true);
    state = withPart(state, part);
  },
  onProgress: (progress) => {
    if (progress.stage === "engine") same<typeof progress.progress, LoadProgress>(true);
    else if (progress.stage === "rest") same<typeof progress.resting, boolean>(true);
    else same<typeof progress.secondsLeft, number | null>(true);
    if (progress.stage === "train") same<typeof progress.bytes, number>(true);
    if (progress.stage === "ask") same<typeof progress.asked, Asked | null>(true);
  },
});
same<typeof tuned.adapter, Adapter>(true);
same<typeof model.info.adapter, AdapterInfo | null>(true);
same<(typeof TEACHERS)[number]["id"], Teacher>(true);
const survey: TuneState = await model.survey(["Why?"], { kept: state as TuneState, ordinary: ["Hello!"] });
same<ReturnType<typeof lessonOf>, Promise<Lesson>>(true);
await lessonOf(survey.asked, { engagement: 0.6, teacher: "confidence" });
same<Awaited<ReturnType<typeof refuses>>, boolean>(true);
for (const adapter of [tuned.adapter, await tuned.adapter.peft(), "./adapter.gguf", [file], null])
  await model.useAdapter(adapter, { integrity: "00" });
// @ts-expect-error no such teacher
await model.tune(["Why?"], { teacher: "teacher" });
// @ts-expect-error options of training have a place of their own
await model.tune(["Why?"], { rank: 4 });
// @ts-expect-error a number is no adapter
await model.useAdapter(7);

const rows = [
  { scores: answer.scores, tokens: answer.responseIds.length, right: true },
  { scores: { gnll: 1.5, semgrad: null }, right: false, set: "mine" },
];
const { calibration, report } = await calibrate(rows, {
  semanticPosition: answer.semanticPosition ?? { rule: "header", offset: -3 },
  risk: { answer: 0.05 },
});
same<typeof calibration, Calibration>(true);
same<typeof report, CalibrationReport>(true);
const profile: Profile = await model.createProfile(calibration, { prefix: "Q: " });
await model.useProfile(profile);
await model.useProfile(null);
const [applied] = await applyCalibration(profile, [{ scores: answer.scores, tokens: 3 }], { risk: { answer: 0.05 } });
same<typeof applied, AnswerConfidence | undefined>(true);
await applyCalibration(calibration, [], { answers: "given" });
// @ts-expect-error nothing else is a risk
await applyCalibration(calibration, [], { alpha: 0.1 });
// @ts-expect-error rows are judged
await calibrate([{ scores: {} }]);
// @ts-expect-error a risk is a number
await model.ask("Why?", { risk: { answer: "low" } });
const seen = await surveyGiven(model, [{ question: "Who?", answer: "He.", writer: "a", right: true }], {
  kept: [],
  onKeep: async (row) => same<typeof row, GivenRow>(true),
  onProgress: ({ secondsLeft }) => same<typeof secondsLeft, number | null>(true),
});
const others = await calibrateGiven(seen, { ownAnswers: 5 });
same<typeof others, GivenResult>(true);
same<typeof others.none, string | null>(true);
await model.createProfile(others.given);
// @ts-expect-error somebody wrote it
await surveyGiven(model, [{ question: "Who?", answer: "He.", right: true }]);
// @ts-expect-error it has to be looked at first
await calibrateGiven([{ question: "Who?", answer: "He.", writer: "a", right: true }]);
// @ts-expect-error calibration is made by calibrate
await model.createProfile(7);

// chat
const messages = [{ role: "user", content: "Why?" }] as const;
const completion = await model.chat.completions.create({ messages, n: 2, uncertainty: { methods: ["deg"] } });
same<typeof completion, ChatCompletion>(true);
same<ChatCompletion["uncertainty"], ChatUncertainty | undefined>(true);
const signal = AbortSignal.timeout(1000);
const stream = await model.chat.completions.create({ messages, stream: true, stop: ["."] }, { signal });
same<typeof stream, ChatStream>(true);
for await (const chunk of stream) {
  same<typeof chunk, ChatCompletionChunk>(true);
  same<(typeof chunk.choices)[0]["finish_reason"], "stop" | "length" | null>(true);
}
declare const either: boolean;
same<Awaited<ReturnType<typeof eitherWay>>, ChatCompletion | ChatStream>(true);
async function eitherWay() {
  return model.chat.completions.create({ messages, stream: either });
}
// @ts-expect-error no tools
await model.chat.completions.create({ messages, tools: [] });
// @ts-expect-error snake case, as in OpenAI's API
await model.chat.completions.create({ messages, maxTokens: 5 });

// methods
same<Awaited<ReturnType<typeof methods>>, MethodInfo[]>(true);
same<MethodInfo["engines"], EngineKind[]>(true);
same<(typeof METHODS)[number], KnownMethod>(true);
const known: KnownMethod = METHODS[0];
same<(typeof ONE_PASS_METHODS)[0], "semgrad">(true);
// @ts-expect-error it takes samples
await model.ask("Why?", { methods: ["ln_pe"] satisfies (typeof ONE_PASS_METHODS)[number][] });
// @ts-expect-error no such method
same<KnownMethod, KnownMethod | "vibes">(true);
same<Awaited<ReturnType<typeof evaluate>>, Record<string, Evaluation>>(true);
await evaluate({ tokens: [{ logprob: -1, entropy: null }] }, { methods: [known] });
await evaluate("{}", { wasm: new Uint8Array() });
// @ts-expect-error evidence has known fields
await evaluate({ token: [] });

// errors
same<(typeof ERROR_CODES)[number], ErrorCode>(true);
const error = new SemgradError("aborted", "message", "advice");
same<typeof error.code, ErrorCode>(true);
// @ts-expect-error not in the list
new SemgradError("oops", "message", "advice");

// constants and cache
same<(typeof DEFAULT_METHODS)[0], "semgrad">(true);
same<(typeof KNOWN_ENGINES)[number]["engine"], EngineKind>(true);
same<(typeof KNOWN_MODELS)[number]["baseUrl"], string | null>(true);
const [entry] = await cache.list();
if (entry) same<typeof entry.cache, "opfs" | "cache-api" | "disk">(true);
await cache.remove("*", { cacheDir: "./models" });
same<ReturnType<typeof cache.remove>, Promise<number>>(true);
same<ModelProfile["maxTokens"], number | null>(true);
