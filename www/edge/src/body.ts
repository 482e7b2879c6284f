/** A request's JSON body, read no further than its limit. */

import { bad, Problem } from "./problem.ts";

function tooLarge(limit: number): Problem {
  return new Problem("too_large", `the body has more than ${limit} bytes`, "Send fewer questions at once.");
}

async function bytes(request: Request, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Whoever sends in chunks need not say how much there is.
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The body, which must be a JSON object, and its size. */
export async function readBody(
  request: Request,
  limit: number,
): Promise<{ body: Record<string, unknown>; size: number }> {
  const data = await bytes(request, limit);
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    // The parser's message quotes the text.
    throw bad("the body is not JSON", "Send a JSON object in UTF-8.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw bad("the body is no object", "Send a JSON object.");
  }
  return { body: body as Record<string, unknown>, size: data.length };
}
