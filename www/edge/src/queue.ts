/**
 * The consumer of a queue of questions: each is scored and its result stored once, under its id.
 *
 * Queues deliver at least once, so a message may come again after its result was stored, or twice at a time. The store
 * decides: a result is written only where there is none (`onlyIf`), and whoever comes second leaves what is there.
 * What is wrong with a question is its result; what may pass (no model yet, out of memory, too slow) is tried again with
 * growing delay, and the platform moves it to the dead letters after `max_retries`.
 */

import type { Wasm } from "semgrad/edge";
import { deadline } from "./deadline.ts";
import { object } from "./fields.ts";
import { logFault } from "./log.ts";
import { type Context, type LocalModel, NO_MODEL } from "./model.ts";
import { pool } from "./pool.ts";
import { bad, type Problem, toProblem } from "./problem.ts";
import { scoreOne } from "./score.ts";
import { Service } from "./service.ts";
import { type Env, settings } from "./settings.ts";

/** The little of Cloudflare's interfaces that is used. */
export interface Message {
  id: string;
  body: unknown;
  attempts: number;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}
export interface MessageBatch {
  queue: string;
  messages: readonly Message[];
}
interface Bucket {
  head(key: string): Promise<unknown>;
  put(key: string, value: string, options: object): Promise<unknown>;
}

type Fate = "stored" | "known" | "refused" | "retried" | "dead";

/** Failures that another try may not see. */
const PASSING = ["network", "out_of_memory", "device_lost", "busy", "timed_out", "aborted", "internal", "no_model"];
/** Longest key of R2, in bytes, with room for what is put around. */
const LONGEST = 900;
/** Seconds before the second try; doubles each time. */
const DELAY = 5;
const MOST_DELAY = 900;

/** The key of a question's result. The number 1 and the text "1" are the same id. */
export function resultKey(folder: string, id: unknown): string {
  const isText = typeof id === "string" && id !== "" && !/\p{Surrogate}/u.test(id);
  const usable = isText || Number.isSafeInteger(id);
  const name = usable ? encodeURIComponent(String(id)) : "";
  if (name === "" || name.length > LONGEST) throw bad("no usable id", "Give a text or a whole number, not too long.");
  return `${folder}/${name}.json`;
}

/** Stores what is the first of its key; false where there was one. */
async function store(bucket: Bucket, key: string, value: unknown): Promise<boolean> {
  const httpMetadata = { contentType: "application/json" };
  return (await bucket.put(key, JSON.stringify(value), { onlyIf: { etagDoesNotMatch: "*" }, httpMetadata })) !== null;
}

/** Scores a message and stores its result. */
async function consume(message: Message, bucket: Bucket, service: Service): Promise<Fate> {
  // Without an id there is no place for a result but that of the message.
  const failed = (problem: Problem) =>
    store(bucket, resultKey("unusable", message.id), { error: problem }).then(() => "refused" as const);
  let key: string;
  try {
    key = resultKey("results", object(message.body, "a message").id);
  } catch (thrown) {
    return failed(toProblem(thrown));
  }
  if (await bucket.head(key)) return "known";
  const { id, ...fields } = object(message.body, "a message");
  const limit = deadline(service.settings.limits.time);
  try {
    const scored = await scoreOne(fields, service, limit.signal);
    return (await store(bucket, key, { ...scored, id })) ? "stored" : "known";
  } catch (thrown) {
    const problem = toProblem(thrown, limit.signal);
    if (problem.code === "internal") logFault(problem);
    if (PASSING.includes(problem.code)) throw problem;
    return (await store(bucket, key, { id, error: problem })) ? "refused" : "known";
  } finally {
    limit.clear();
  }
}

async function handle(message: Message, bucket: Bucket, service: Service): Promise<{ fate: Fate; code?: string }> {
  try {
    const fate = await consume(message, bucket, service);
    message.ack();
    return { fate };
  } catch (thrown) {
    message.retry({ delaySeconds: Math.min(DELAY * 2 ** (message.attempts - 1), MOST_DELAY) });
    return { fate: "retried", code: toProblem(thrown).code };
  }
}

/** Keeps a dead letter where somebody finds it; its question can be sent again. */
async function bury(message: Message, bucket: Bucket): Promise<{ fate: Fate }> {
  try {
    await store(bucket, resultKey("dead", message.id), { question: message.body });
    message.ack();
    return { fate: "dead" };
  } catch {
    message.retry({ delaySeconds: DELAY });
    return { fate: "retried" };
  }
}

/** Handles a batch. Results go to the binding `RESULTS`; the queue named by `DEAD_LETTERS` is only kept. */
export function createQueue(wasm: Wasm, local: LocalModel = NO_MODEL) {
  return async (batch: MessageBatch, env: Env, context: Context): Promise<void> => {
    const bucket = env.RESULTS as Bucket | undefined;
    if (!bucket) throw new Error("there is no binding RESULTS to write to");
    const service = new Service(env, settings(env), context, local, wasm, wasm);
    const isDead = batch.queue === env.DEAD_LETTERS;
    const fates = await pool(batch.messages, service.settings.limits.concurrency, (message) =>
      isDead ? bury(message, bucket) : handle(message, bucket, service),
    );
    service.close();
    const count: Record<string, number> = {};
    for (const { fate, code } of fates as { fate: Fate; code?: string }[]) {
      const name = code ? `${fate}_${code}` : fate;
      count[name] = (count[name] ?? 0) + 1;
    }
    console.log(JSON.stringify({ event: "batch", queue: batch.queue, messages: batch.messages.length, ...count }));
  };
}
