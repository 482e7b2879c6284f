/** One question for the local model: it judges the answer that comes with it, or answers itself. */

import type { RawRecord, RawRequest } from "semgrad/edge";
import { choice, type Fields, flag, list, number, object, only, text, whole } from "./fields.ts";
import { mostTokens } from "./model.ts";
import { bad } from "./problem.ts";
import type { Service } from "./service.ts";
import type { Limits } from "./settings.ts";
import { methodNames } from "./supplied.ts";

/** Turns of a conversation. */
const TURNS = 64;
/** Token ids, for a model without tokenizer. */
const IDS = 16_384;

type Check = (value: unknown, name: string, limits: Limits) => unknown;

const messages: Check = (value, name, limits) =>
  list(value, name, TURNS).map((entry, i) => {
    const { role, content } = object(entry, `${name}[${i}]`);
    return { role: text(role, `${name}[${i}].role`, limits), content: text(content, `${name}[${i}].content`, limits) };
  });

const ids: Check = (value, name) => list(value, name, IDS).map((id) => whole(id, name, 0, 2 ** 31));

/** No addresses: a caller must not make the service fetch anything. */
const engines: Check = (value, name) => {
  const given = object(value, name);
  only(given, ["embed", "nli"]);
  const words = { embed: ["lexical", "none"], nli: ["lexical", "judge", "none"] } as const;
  const entries = Object.entries(given) as ["embed" | "nli", unknown][];
  return Object.fromEntries(entries.map(([kind, engine]) => [kind, choice(engine, `${name}.${kind}`, words[kind])]));
};

/** What a question may say, under the names of the command line's JSONL. */
const FIELDS: Partial<Record<keyof RawRequest, Check>> = {
  question: text,
  messages,
  prompt_ids: ids,
  answer: text,
  response_ids: ids,
  max_tokens: (value, name, { tokens }) => whole(value, name, 1, tokens),
  samples: (value, name, { samples }) => whole(value, name, 1, samples),
  temperature: (value, name) => number(value, name, 0, 10),
  seed: (value, name) => whole(value, name, 0, Number.MAX_SAFE_INTEGER),
  methods: (value) => methodNames(value),
  semantic_position: text,
  engines,
  prefix: text,
  system: text,
  spans: flag,
  examine: flag,
  own_answers: (value, name, { samples }) => whole(value, name, 0, samples),
  evidence: flag,
};
/** Own answers that a given one is compared with, where the limits allow as many. */
const OWN_ANSWERS = 5;
const NAMES = ["id", ...Object.keys(FIELDS)];

/** The question as the package takes it. */
export function request(fields: Fields, limits: Limits): RawRequest {
  only(fields, NAMES);
  const given = Object.entries(fields).filter(([name, value]) => name !== "id" && value != null);
  const asked = given.map(([name, value]) => [name, FIELDS[name as keyof RawRequest]?.(value, name, limits)]);
  const { id } = fields;
  const request: RawRequest = Object.fromEntries(asked);
  if (request.question === undefined && !request.messages && !request.prompt_ids) {
    throw bad("no question", "Send question or messages.");
  }
  // Left out, as many would be drawn as the package draws, whatever this service allows.
  if (request.examine && request.own_answers === undefined) request.own_answers = Math.min(OWN_ANSWERS, limits.samples);
  return id === undefined ? request : { id, ...request };
}

/** A record as `semgrad score` writes it. */
export async function judge(fields: Fields, service: Service, signal: AbortSignal): Promise<RawRecord> {
  const { limits } = service.settings;
  const asked = request(fields, limits);
  return service.use((model) => model.run({ max_tokens: mostTokens(model, limits), ...asked }, { signal }), signal);
}
