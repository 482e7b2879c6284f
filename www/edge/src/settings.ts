/**
 * What the operator decides, from environment variables (see README.md). A variable that is no whole number where one is
 * wanted stops the service instead of running it without a limit.
 */

import type { Device } from "semgrad/edge";

/** Bindings and variables, as workerd hands them over. */
export type Env = Readonly<Record<string, unknown>>;

/** Limits of one request. */
export interface Limits {
  /** Bytes of a request's body. */
  body: number;
  /** Questions of a batch. */
  questions: number;
  /** Questions of a batch that are worked on at once. */
  concurrency: number;
  /** Answers drawn by the local model, or supplied. */
  samples: number;
  /** Tokens that the local model generates, by answer. */
  tokens: number;
  /** Characters of any one text. */
  characters: number;
  /** Milliseconds until a request is given up. */
  time: number;
  /** Requests that may wait for the local model. */
  waiting: number;
}

/** All of it. */
export interface Settings {
  limits: Limits;
  /** Bearer keys; none means that everybody may come in. */
  keys: string[];
  /** Origins of pages that may call; `*` is all. */
  origins: string[];
  /** Name or address of the local model, or its path where there are files. */
  model: string | null;
  /** Path of a manifest of shards in the binding `MODELS`, or its address. */
  manifest: string | null;
  /** Path of the model's profile, likewise; `none` for none, null for the one that the package ships. */
  profile: string | null;
  device: Device;
}

const DEFAULTS = {
  body: ["MAX_BODY_BYTES", 1_000_000],
  questions: ["MAX_QUESTIONS", 64],
  concurrency: ["CONCURRENCY", 4],
  samples: ["MAX_SAMPLES", 64],
  tokens: ["MAX_TOKENS", 256],
  characters: ["MAX_CHARACTERS", 32_000],
  time: ["TIME_LIMIT_MS", 25_000],
  waiting: ["MAX_WAITING", 8],
} as const satisfies Record<keyof Limits, readonly [string, number]>;

function device(name: string | null): Device {
  if (name === null || name === "auto" || name === "webgpu" || name === "cpu") return name ?? "auto";
  throw new Error(`DEVICE is ${name}: it can be auto, webgpu or cpu`);
}

/** Reads the variables. */
export function settings(env: Env): Settings {
  const number = ([name, otherwise]: readonly [string, number]) => {
    const given = env[name];
    if (given === undefined || given === "") return otherwise;
    const value = Number(given);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new Error(`${name} is ${String(given)}: give a whole number above 0`);
  };
  const text = (name: string) => (typeof env[name] === "string" && env[name] !== "" ? env[name] : null);
  const list = (name: string) => (text(name) ?? "").split(/[\s,]+/).filter(Boolean);
  const limits = Object.fromEntries(Object.entries(DEFAULTS).map(([key, entry]) => [key, number(entry)]));
  return {
    limits: limits as unknown as Limits,
    keys: list("API_KEYS"),
    origins: list("ALLOWED_ORIGINS"),
    model: text("MODEL"),
    manifest: text("MODEL_MANIFEST"),
    profile: text("MODEL_PROFILE"),
    device: device(text("DEVICE")),
  };
}
