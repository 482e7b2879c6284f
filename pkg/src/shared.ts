/** What both entries export. */

export type { RunOptions } from "./backend.js";
export type { AnswerConfidence, ApplyOptions, ScoredAnswer } from "./calibrate/apply.js";
export type {
  GivenAnswer,
  GivenCalibration,
  GivenOptions,
  GivenRanking,
  GivenReport,
  GivenResult,
  GivenRow,
} from "./calibrate/judge.js";
export { type GivenProgress, type GivenSurveyOptions, surveyGiven } from "./calibrate/survey.js";
export type {
  Calibration,
  CalibrationBin,
  CalibrationOptions,
  CalibrationQuality,
  CalibrationReport,
  CalibrationResult,
  CalibrationRow,
  CalibrationSplit,
  Profile,
} from "./calibrate/types.js";
export type { Chat, ChatCompletions } from "./chat/completions.js";
export type { ChatStream } from "./chat/stream.js";
export type {
  ChatChoice,
  ChatChunkChoice,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionOptions,
  ChatCompletionParams,
  ChatLogprobs,
  ChatMessage,
  ChatTextPart,
  ChatUncertainty,
  ChatUsage,
  FinishReason,
  TokenLogprob,
  TopLogprob,
  UncertaintyParams,
} from "./chat/types.js";
export type * from "./contract.js";
export { CONFIDENCE_REASONS } from "./contract.js";
export { ERROR_CODES, type ErrorCode, type ErrorRecord, SemgradError } from "./errors.js";
export type { Entailment, Evaluation, Evidence, Observed } from "./evidence.js";
export { type ConfidenceReason, noJudgment } from "./judgment.js";
export {
  DEFAULT_METHODS,
  type EngineKind,
  type KnownMethod,
  METHODS,
  type Method,
  type MethodInfo,
  ONE_PASS_METHODS,
} from "./methods.js";
export type { Model, ProfileOptions } from "./model.js";
export { KNOWN_ENGINES, KNOWN_MODELS, type KnownEngine, type KnownModel } from "./models.js";
export type {
  RawEvent,
  RawRecord,
  RawRequest,
  RawSample,
  RawScore,
  RawSpan,
  RawTimes,
  RawToken,
} from "./protocol.js";
export type { CheckOptions, EvaluateOptions } from "./supplied.js";
export type { Adapter, AdapterFile, AdapterInfo } from "./tune/adapter.js";
export type { Pressure } from "./tune/rest.js";
export { withPart } from "./tune/state.js";
export { TEACHERS } from "./tune/teachers.js";
export type {
  AdapterOptions,
  Checked,
  LessonOptions,
  SurveyOptions,
  TeacherOptions,
  Tuned,
  TuneOptions,
  TunePart,
  TuneProgress,
  TuneQuestion,
  TuneStage,
  TuneState,
} from "./tune/types.js";
export { usualTeacher } from "./tune/usual.js";
export type {
  AdapterSource,
  Answer,
  AskOptions,
  AskProgress,
  Attribution,
  CacheKind,
  Demonstrations,
  Device,
  EncoderFolder,
  EncoderSource,
  Engines,
  Example,
  Explanation,
  LoadOptions,
  LoadProgress,
  Message,
  ModelFiles,
  ModelInfo,
  ModelProfile,
  ModelSource,
  Risk,
  Sample,
  Score,
  ScoreOptions,
  Scores,
  SemanticPosition,
  SemanticToken,
  Span,
  State,
  Timings,
  Token,
  Wasm,
} from "./types.js";
export { EVEN_ODDS, type Verdict, type VerdictThresholds } from "./verdict.js";
