/**
 * What the page may do, as the browser enforces it: one policy for `index.html` (written into it by the build), for the
 * responses of `serve.mjs` and of hosts that read `_headers`, and for those of the service worker. A worker is bound by
 * the header of its own script, not by the page's.
 *
 * Connections go to the page's own server and the hosts of known models. When the user names an address elsewhere and
 * agrees, the service worker serves page and worker with that host added; nothing else widens the policy.
 */

/** Known models and engines come from here; the hub hands downloads on to hosts of its own. */
export const MODEL_HOSTS = ["https://huggingface.co", "https://*.huggingface.co", "https://*.hf.co"];

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  `connect-src 'self' ${MODEL_HOSTS.join(" ")}`,
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Headers of every response. */
export const HEADERS = {
  // Isolation: memory that threads share is for pages that no other site has a hold on. `require-corp` and not
  // `credentialless`, which Safari does not know: the page shows nothing of other hosts, and models come with CORS.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
