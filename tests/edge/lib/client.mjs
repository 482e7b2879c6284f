/** Calls to the service. */
import { request } from "node:http";

/** A call with a JSON answer. */
export async function call(service, path, body, { method = body === undefined ? "GET" : "POST", headers = {} } = {}) {
  const sent = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(new URL(path, service.url), {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: sent,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/** The data of server-sent events. */
export async function events(service, path, body) {
  const response = await fetch(new URL(path, service.url), { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  const data = text.split("\n\n").filter(Boolean);
  return {
    status: response.status,
    headers: response.headers,
    data: data.map((event) => event.replace(/^data: /, "")),
  };
}

/** Sends a request, waits for the first bytes of the answer (or `ms`), and goes away. */
export function leave(service, path, body, ms) {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, service.url), { method: "POST", agent: false }, (response) => {
      response.on("error", () => {});
      response.once("data", (data) => {
        sent.destroy();
        resolve(String(data));
      });
    });
    sent.on("error", (error) => (sent.destroyed ? resolve(null) : reject(error)));
    sent.end(JSON.stringify(body));
    if (ms !== undefined) {
      setTimeout(() => {
        sent.destroy();
        resolve(null);
      }, ms);
    }
  });
}

/** Waits until something is so. */
export async function until(isSo, what, ms = 30_000) {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const value = await isSo();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not in time: ${what}`);
}
