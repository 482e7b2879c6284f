/** A loopback server that serves one buffer and misbehaves on request. */
import { createServer } from "node:http";

/**
 * @param {Buffer} body
 * @returns settings may be changed between requests: `cutAfter` (bytes, then the connection dies), `cuts` (how many answers
 *   are cut), `ranges`, `etag`, `status`, `hideLength`, `stall` (keeps the connection open after `cutAfter`)
 */
export async function startServer(body) {
  const state = {
    body,
    cutAfter: null,
    cuts: Number.POSITIVE_INFINITY,
    ranges: true,
    etag: '"one"',
    status: 200,
    hideLength: false,
    stall: false,
  };
  const requests = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url, range: request.headers.range ?? null });
    if (state.status !== 200) {
      response.writeHead(state.status).end();
      return;
    }
    const from = state.ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    const rest = state.body.subarray(from);
    const headers = { "content-type": "application/octet-stream", etag: state.etag };
    if (!state.hideLength) headers["content-length"] = rest.length;
    if (from > 0) headers["content-range"] = `bytes ${from}-${state.body.length - 1}/${state.body.length}`;
    response.writeHead(from > 0 ? 206 : 200, headers);
    if (state.cutAfter === null || state.cuts === 0) {
      response.end(rest);
      return;
    }
    state.cuts -= 1;
    response.write(rest.subarray(0, state.cutAfter), () => {
      // Later than the write's own callback, or the bytes would not arrive either.
      if (!state.stall) setTimeout(() => response.destroy(), 20);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/model.gguf`,
    state,
    requests,
    /** Ends all connections, as if the network had. */
    drop: () => server.closeAllConnections(),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
