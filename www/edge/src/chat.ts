/** `POST /v1/chat/completions`: the package's own, as JSON or as server-sent events. */

import type { ChatCompletionParams, ChatStream, Model } from "semgrad/edge";
import type { Deadline } from "./deadline.ts";
import { choice, type Fields, object, whole } from "./fields.ts";
import { mostTokens } from "./model.ts";
import { Problem, toProblem } from "./problem.ts";
import type { Service } from "./service.ts";
import type { Limits } from "./settings.ts";

/** Within the service's limits; everything else is checked by the package. */
function limited(body: Fields, { tokens, samples }: Limits): ChatCompletionParams {
  const asked = { ...body };
  for (const name of ["max_tokens", "max_completion_tokens"]) {
    if (asked[name] != null) whole(asked[name], name, 1, tokens);
  }
  if (asked.n != null) whole(asked.n, "n", 1, samples);
  if (typeof asked.uncertainty === "object" && asked.uncertainty !== null) {
    const { samples: drawn, engines } = asked.uncertainty as Fields;
    if (drawn != null) whole(drawn, "uncertainty.samples", 1, samples);
    // No addresses: a caller must not make the service fetch anything.
    for (const [kind, engine] of Object.entries(engines == null ? {} : object(engines, "uncertainty.engines"))) {
      choice(engine, `uncertainty.engines.${kind}`, ["lexical", "judge"]);
    }
  }
  return asked as unknown as ChatCompletionParams;
}

/** With the model's own default where the request does not say how many tokens. */
function completed<T extends ChatCompletionParams>(params: T, model: Model, limits: Limits): T {
  const isSaid = params.max_tokens != null || params.max_completion_tokens != null;
  return isSaid ? params : { ...params, max_tokens: mostTokens(model, limits) };
}

/** The answer as JSON. */
export async function complete(body: Fields, service: Service, signal: AbortSignal): Promise<object> {
  const { limits } = service.settings;
  const params = { ...limited(body, limits), stream: false as const };
  return service.use((model) => model.chat.completions.create(completed(params, model, limits), { signal }), signal);
}

/** The answer as it is written. What is wrong with the request rejects; what fails later is the last event. */
export async function stream(
  body: Fields,
  service: Service,
  deadline: Deadline,
  onEnd: (problem: Problem | null) => void,
): Promise<ReadableStream<Uint8Array>> {
  const { limits } = service.settings;
  const params = { ...limited(body, limits), stream: true as const };
  const { signal } = deadline;
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const send = (data: string) => controller?.enqueue(encoder.encode(`data: ${data}\n\n`));
  const readable = new ReadableStream<Uint8Array>({
    start: (own) => {
      controller = own;
    },
    cancel: () => {
      controller = null;
      deadline.abort(new Problem("aborted", "the client has gone", "Call again to start over."));
    },
  });
  const started = Promise.withResolvers<void>();
  let isStarted = false;
  const forward = async (chunks: ChatStream) => {
    isStarted = true;
    started.resolve();
    for await (const chunk of chunks) send(JSON.stringify(chunk));
    send("[DONE]");
  };
  const work = service
    .use(async (model) => {
      const chunks = await model.chat.completions.create(completed(params, model, limits), { signal });
      return forward(chunks);
    }, signal)
    .then(
      () => onEnd(null),
      (thrown: unknown) => {
        const problem = toProblem(thrown, signal);
        if (!isStarted) return started.reject(problem);
        send(JSON.stringify({ error: problem }));
        onEnd(problem);
      },
    )
    .finally(() => controller?.close());
  service.context.waitUntil(work);
  await started.promise;
  return readable;
}
