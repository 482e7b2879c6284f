/** Who may call: bearer keys, and pages of other origins. */

import { Problem } from "./problem.ts";

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** All bytes are looked at, so that the time taken says nothing about where two differ. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** Throws unless the request brings one of the keys. Hashes are compared: they have one length and no order. */
export async function authorize(request: Request, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const given = /^bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const mine = await digest(given ?? "");
  let found = false;
  for (const key of keys) {
    const same = equal(mine, await digest(key));
    found = same || found;
  }
  if (given === undefined || !found) {
    throw new Problem("unauthorized", "no such key", "Send Authorization: Bearer and a key of this service.");
  }
}

/** Headers for a page of another origin; none where it may not read the answer. */
export function crossOrigin(request: Request, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const origin = request.headers.get("origin");
  if (origins.includes("*")) return { "access-control-allow-origin": "*", ...EXPOSED };
  if (origin === null || !origins.includes(origin)) return { vary: "origin" };
  return { "access-control-allow-origin": origin, vary: "origin", ...EXPOSED };
}

const EXPOSED = { "access-control-expose-headers": "x-request-id, retry-after" };

/** Answer to the question that a browser asks before it sends. */
export function preflight(headers: Record<string, string>): Response {
  const allowed = {
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "86400",
  };
  return new Response(null, { status: 204, headers: { ...headers, ...allowed } });
}
