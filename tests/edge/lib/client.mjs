/** Calls to the service. */
import { request } from "node:http";
import { text } from "node:stream/consumers";

/**
 * One exchange. Each has a connection of its own: workerd closes idle ones by a clock that stands still while it computes,
 * and there is no limit of time, as `fetch` has one.
 */
function exchange(service, path, body, { method, headers }) {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { "content-type": "application/json", ...headers }, agent: false };
    const sent = request(new URL(path, service.url), options, (response) => {
      const got = { status: response.statusCode, headers: new Headers(Object.entries(response.headers)) };
      text(response).then((whole) => resolve({ ...got, text: whole }), reject);
    });
    sent.on("error", reject);
    const isRaw = typeof body === "string" || body === undefined || body instanceof Uint8Array;
    sent.end(isRaw ? body : JSON.stringify(body));
  });
}

/** A call with a JSON answer. */
export async function call(service, path, body, { method = body === undefined ? "GET" : "POST", headers = {} } = {}) {
  const { text: whole, ...answer } = await exchange(service, path, body, { method, headers });
  return { ...answer, body: whole === "" ? null : JSON.parse(whole) };
}

/** The data of server-sent events. */
export async function events(service, path, body) {
  const { text: whole, ...answer } = await exchange(service, path, body, { method: "POST" });
  const data = whole.split("\n\n").filter(Boolean);
  return { ...answer, data: data.map((event) => event.replace(/^data: /, "")) };
}

/** Sends a request, waits for the first bytes of the answer (or until `when` ends), and goes away. */
export function leave(service, path, body, when) {
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
    void when?.().then(() => {
      sent.destroy();
      resolve(null);
    });
  });
}
