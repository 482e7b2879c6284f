/**
 * The service: one `fetch(request, env, context)` for workerd and Deno. Routes, access, limits, errors and the log are
 * here; what a route does is in a file of its own.
 */

import { ERROR_CODES, methods, type Wasm } from "semgrad/edge";
import { authorize, crossOrigin, preflight } from "./access.ts";
import { readBody } from "./body.ts";
import { complete, stream } from "./chat.ts";
import { checked } from "./check.ts";
import { type Deadline, deadline, within } from "./deadline.ts";
import type { Fields } from "./fields.ts";
import { flag } from "./fields.ts";
import { type Entry, writeLog } from "./log.ts";
import { type Context, type LocalModel, NO_MODEL } from "./model.ts";
import { Problem, SERVICE_CODES, toProblem } from "./problem.ts";
import { score } from "./score.ts";
import { Service } from "./service.ts";
import { type Env, type Settings, settings } from "./settings.ts";

export type Handler = (request: Request, env: Env, context: Context) => Promise<Response>;

const EVENTS = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };

/** What belongs to one request. */
interface Call {
  request: Request;
  service: Service;
  deadline: Deadline;
  headers: Record<string, string>;
  entry: Entry;
  /** Writes the log's line; later when an answer is streamed. */
  finish(problem?: Problem | null): void;
}

type Route = (call: Call) => Promise<Response>;

async function body({ request, service, deadline: { signal }, entry }: Call): Promise<Fields> {
  const read = await within(readBody(request, service.settings.limits.body), signal);
  entry.bytes = read.size;
  return read.body;
}

const json = ({ headers }: Call, value: unknown, status = 200) => Response.json(value, { status, headers });

const ROUTES: Record<string, Record<string, Route>> = {
  "/healthz": {
    GET: async (call) => {
      const { local, settings } = call.service;
      return json(call, { status: "ok", model: local.state(settings) });
    },
  },
  "/v1/methods": {
    GET: async (call) => {
      const { wasm } = call.service;
      const codes = [...ERROR_CODES, ...Object.keys(SERVICE_CODES)];
      return json(call, { methods: await methods({ wasm }), error_codes: codes });
    },
  },
  "/v1/check": {
    POST: async (call) => {
      const { settings, scores } = call.service;
      const fields = await body(call);
      return json(call, await within(checked(fields, settings.limits, scores), call.deadline.signal));
    },
  },
  "/v1/score": {
    POST: async (call) => {
      const fields = await body(call);
      const scored = await score(fields, call.service, call.deadline.signal);
      if ("results" in scored) call.entry.questions = (scored.results as unknown[]).length;
      return json(call, scored);
    },
  },
  "/v1/chat/completions": {
    POST: async (call) => {
      const fields = await body(call);
      if (fields.stream == null || !flag(fields.stream, "stream")) {
        return json(call, await complete(fields, call.service, call.deadline.signal));
      }
      const { finish } = call;
      // The line is written when the last event is sent, not when the first one is.
      call.finish = () => {};
      const events = stream(fields, call.service, call.deadline, finish).catch((thrown) => {
        call.finish = finish;
        throw thrown;
      });
      return new Response(await events, { headers: { ...call.headers, ...EVENTS } });
    },
  },
};

/** These say nothing about anybody, and monitors have no keys. */
const OPEN = ["/healthz"];

async function route(call: Call): Promise<Response> {
  const path = new URL(call.request.url).pathname;
  const known = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!known) throw new Problem("not_found", "no such address", `There are ${Object.keys(ROUTES).join(", ")}.`);
  call.entry.route = path;
  if (call.request.method === "OPTIONS") return preflight(call.headers);
  const method = known[call.request.method];
  if (!method) {
    call.headers.allow = [...Object.keys(known), "OPTIONS"].join(", ");
    throw new Problem("method_not_allowed", "not this way", `Use ${Object.keys(known).join(", ")}.`);
  }
  if (!OPEN.includes(path)) await authorize(call.request, call.service.settings.keys);
  return method(call);
}

function refusal(call: Call, problem: Problem): Response {
  if (problem.code === "unauthorized") call.headers["www-authenticate"] = "Bearer";
  if (problem.code === "busy") call.headers["retry-after"] = "2";
  return json(call, { error: problem }, problem.status);
}

async function respond(call: Call): Promise<Response> {
  try {
    const response = await route(call);
    call.finish();
    return response;
  } catch (thrown) {
    const problem = toProblem(thrown, call.deadline.signal);
    call.finish(problem);
    return refusal(call, problem);
  }
}

/**
 * The handler of requests of one isolate or process, which share the `local` model.
 *
 * @param wasm the package's module: the one that runs models where there is one, else the small one
 * @param scores the small one, which checks answers
 */
export function createHandler(wasm: Wasm, local: LocalModel = NO_MODEL, scores = wasm): Handler {
  const prepare = (request: Request, env: Env, context: Context, decided: Settings): Call => {
    const id = crypto.randomUUID();
    const entry: Entry = { id, method: request.method, route: null };
    const began = Date.now();
    const limit = deadline(decided.limits.time, request.signal);
    const service = new Service(env, decided, context, local, wasm, scores);
    return {
      request,
      service,
      deadline: limit,
      headers: { "x-request-id": id, ...crossOrigin(request, decided.origins) },
      entry,
      finish(problem = null) {
        limit.clear();
        service.close();
        writeLog(entry, Date.now() - began, problem);
      },
    };
  };
  return (request, env, context) => {
    const work = respond(prepare(request, env, context, settings(env)));
    // When the client goes, workerd stops all that belongs to the request, in the middle of the model's work too, and
    // the next request would wait for it for ever.
    context.waitUntil(work);
    return work;
  };
}
