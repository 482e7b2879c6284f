#!/usr/bin/env node
/**
 * Puts the lines of a JSONL file into a Cloudflare queue, in batches within its limits.
 *
 *   node produce.mjs questions.jsonl --account ID --queue ID          (key in CLOUDFLARE_API_TOKEN)
 *   node produce.mjs questions.jsonl --endpoint URL                   (anything that takes the same POST)
 *   node produce.mjs questions.jsonl --check                          (only says what would be sent)
 *
 * A line is a question as POST /v1/score takes it, with an `id`. Sending a file again does no harm: an id that has a
 * result is not scored again.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

/** Cloudflare's limits, of which some is kept for what the queue adds to a message. */
const MOST_MESSAGES = 100;
const MOST_BATCH = 256_000;
const MOST_MESSAGE = 128_000;
const AROUND = 200;
const TRIES = 6;

const size = (body) => Buffer.byteLength(JSON.stringify(body)) + AROUND;

/** The questions of a JSONL stream in batches; throws at a line that is none. */
export async function* batches(lines) {
  const seen = new Set();
  let batch = [];
  let bytes = 0;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    let body;
    try {
      body = JSON.parse(line);
    } catch {
      throw new Error(`line ${number} is not JSON`);
    }
    const id = body?.id;
    const usable = (typeof id === "string" && id !== "") || Number.isSafeInteger(id);
    if (!usable) throw new Error(`line ${number} has no id: give each question a text or a whole number`);
    if (seen.has(String(id))) throw new Error(`line ${number} has the id of another line: ${id}`);
    seen.add(String(id));
    const length = size(body);
    if (length > MOST_MESSAGE) throw new Error(`line ${number} has ${length} bytes; a message has ${MOST_MESSAGE}`);
    if (batch.length === MOST_MESSAGES || bytes + length > MOST_BATCH) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}

/** Sends a batch; what may pass is tried again. */
export async function send(batch, endpoint, token, wait = sleep) {
  const messages = batch.map((body) => ({ body, content_type: "json" }));
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify({ messages }) }).catch(
      (cause) => ({ ok: false, status: 0, cause }),
    );
    if (response.ok) return;
    const passing = response.status === 0 || response.status === 429 || response.status >= 500;
    if (!passing || attempt === TRIES) {
      throw new Error(`the queue answered ${response.status || "nothing"}`, { cause: response.cause });
    }
    await wait(500 * 2 ** attempt);
  }
}

if (import.meta.filename === process.argv[1]) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      account: { type: "string" },
      queue: { type: "string" },
      endpoint: { type: "string" },
      check: { type: "boolean" },
    },
  });
  const [path] = positionals;
  const { account, queue, check } = values;
  const api = account && queue && `https://api.cloudflare.com/client/v4/accounts/${account}/queues/${queue}`;
  const endpoint = values.endpoint ?? (api && `${api}/messages/batch`);
  if (!path || (!endpoint && !check)) {
    console.error("usage: node produce.mjs questions.jsonl --account ID --queue ID | --endpoint URL | --check");
    process.exit(1);
  }
  const lines = () => batches(createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY }));
  const plan = { messages: 0, batches: 0 };
  try {
    // Once through before anything is sent: a bad line must not be found half way.
    for await (const batch of lines()) {
      plan.messages += batch.length;
      plan.batches += 1;
    }
    if (!check) for await (const batch of lines()) await send(batch, endpoint, process.env.CLOUDFLARE_API_TOKEN);
    console.log(`${plan.messages} questions in ${plan.batches} batches ${check ? "to send" : "sent"}`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
