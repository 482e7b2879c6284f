/**
 * The page's Content-Security-Policy, written into index.html by the build and sent as a header by `serve.mjs` (a worker
 * is bound by the header of its own script, not by the page's).
 *
 * `connect-src` is wider than the page: the user may name any model address, or a server of their own machine.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
