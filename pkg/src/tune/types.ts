/**
 * Types of teaching a model to say "I don't know", and of the adapters that this gives.
 */

import type { Asked, Lesson, Teacher, TrainingOptions, TrainingStep } from "../contract.js";
import type { Engines, LoadProgress } from "../types.js";
import type { Adapter } from "./adapter.js";
import type { Pressure } from "./rest.js";

/** Options of `useAdapter` and `openAdapter`. */
export interface AdapterOptions {
  /** Expected SHA-256, as 64 hex digits or `sha256-<base64>`; for a folder, one per file name. */
  integrity?: string | Readonly<Record<string, string>>;
  /** Hears of downloads, hashes and warnings. */
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** A question, alone or with answers of which one in the model's own counts as right: what the teacher `labels` needs. */
export type TuneQuestion = string | { readonly question: string; readonly answers: readonly string[] };

/** Who teaches. */
export interface TeacherOptions {
  /** Who says what the model does not know. Default: what `usualTeacher` says; of `lessonOf`, `confidence` if there are any. */
  teacher?: Teacher;
  /** Of all that is drawn. Default 0. */
  seed?: number;
}

/** How questions are asked before anything is learned. */
export interface SurveyOptions extends TeacherOptions {
  /** Requests whose answers must not change; by default some that the package has. */
  ordinary?: readonly string[];
  /** Answers drawn for each question. Default 10 where the teacher compares them, else 0. */
  samples?: number;
  /** Most tokens of an answer to a question; a longer one is cut off and not learned from. Default 32. */
  maxTokens?: number;
  /** Stands before every question; by default what the profile puts there. */
  prefix?: string;
  /** System message. */
  system?: string;
  /** Who says which of the drawn answers mean the same; by default what `load` was told, or else their words. */
  nli?: Engines["nli"];
  /** A further round: the questions are answered with this adapter, and it is trained on. */
  begin?: Adapter;
  /** What an interrupted run kept: it goes on from there. Its questions may have been judged since (`right`). */
  kept?: TuneState;
  /**
   * Whether work rests while the browser says that the processor is at its limit, hot or busy: half a minute at most, and only
   * after two minutes of work. Only Chromium says so. Default true.
   */
  rest?: boolean;
  /** Is given every part of the work as it is done, and awaited: at most one question or step is lost. */
  onKeep?: (part: TunePart) => void | Promise<void>;
  /** Hears of every question and step, and of engines that are loaded. */
  onProgress?: (progress: TuneProgress) => void;
  /** Ends the work within one token or layer. What was kept stays good. */
  signal?: AbortSignal;
}

/** Options of `model.tune`. */
export interface TuneOptions extends SurveyOptions, LessonOptions {
  /** How the adapter is trained. */
  training?: TrainingOptions;
  /** How many of the questions are asked once more in the end. Default 40. */
  checks?: number;
}

/** What is answered and what is refused: at most one of the two numbers. The teachers `labels` and `none` take neither. */
export interface LessonOptions {
  /** The teacher's number up to which the model keeps its answer. */
  tau?: number;
  /** Instead: the share of the questions that are still answered, 0 to 1, about. Default 0.5. */
  engagement?: number;
}

/** What a run has got so far: plain data, to be kept (IndexedDB takes it as it is). */
export interface TuneState {
  /** Of which model and options it is. */
  key: string;
  /** The questions that were asked. */
  asked: Asked[];
  /** The ordinary requests. */
  ordinary: Asked[];
  /** The training after the last step. */
  training: Uint8Array<ArrayBuffer> | null;
  /** Its steps. */
  steps: TrainingStep[];
}

/** A part of the work that is done; `withPart` adds it to a {@link TuneState}. */
export type TunePart = { key: string } & (
  | { asked: Asked }
  | { ordinary: Asked }
  | { training: Uint8Array<ArrayBuffer>; step: TrainingStep }
);

/** How far it is. */
export interface TuneStage<Stage extends string> {
  stage: Stage;
  done: number;
  total: number;
  /** Of this stage, by its speed so far; null before the first is done. */
  secondsLeft: number | null;
}

/** What happens while a model is taught. */
export type TuneProgress =
  /** An engine that compares answers is fetched and loaded. */
  | { stage: "engine"; progress: LoadProgress }
  /** A question, or an ordinary request, was answered; null as the stage begins. */
  | (TuneStage<"ask" | "ordinary"> & { asked: Asked | null })
  /**
   * A step was taken; null as the stage begins, when it is known what is to be learned, and how much memory that takes. After
   * each epoch but the last, `engagement` is the share of some questions that is still answered.
   */
  | (TuneStage<"train"> & { step: TrainingStep | null; engagement: number | null; lesson: Lesson; bytes: number })
  /** A question was asked once more; null as the stage begins. */
  | (TuneStage<"check"> & { checked: Checked | null })
  /**
   * In the midst of any of these: work rests because the processor is at its limit, or goes on. `pressure` is what the browser
   * said of it last; null where it says nothing.
   */
  | { stage: "rest"; resting: boolean; pressure: Pressure | null };

/** A question before and after. */
export interface Checked {
  question: string;
  /** The answer of the model as it was. */
  before: string;
  /** The answer with the adapter. */
  after: string;
  /** Whether these refuse. */
  refuses: { before: boolean; after: boolean };
  /** Whether these are right; null where no answers were given to judge by. */
  right: { before: boolean | null; after: boolean | null };
}

/** What `model.tune` gives. */
export interface Tuned {
  /** It is not in use yet: `model.useAdapter(adapter)`. */
  adapter: Adapter;
  /** What was taught, in the order of its questions. */
  lesson: Lesson & {
    questions: readonly string[];
    /** Given questions that were not asked: empty ones, and repeated ones. */
    leftOut: { empty: number; repeated: number };
  };
  /** The steps of the training that are a part of it. */
  steps: readonly TrainingStep[];
  /** So many were planned: an epoch after which next to nothing was answered any more is taken back, and none follows. */
  planned: number;
  /** Of the questions that were asked once more, the shares that are answered and not refused. */
  engagement: { before: number; after: number };
  /** These questions. */
  checked: readonly Checked[];
}
