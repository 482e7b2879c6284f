/** The manifest. Permissions and why: README.md. */
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));

/** For the extension's own pages; `connect-src` is for the download of models, whose address the user may choose. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const icons = Object.fromEntries([16, 32, 48, 128].map((size) => [size, `icons/${size}.png`]));

export const MANIFEST = {
  manifest_version: 3,
  name: "semgrad",
  description: "How far to trust a chatbot's answer, judged by a small language model on your own machine.",
  version,
  minimum_chrome_version: "126",
  icons,
  action: { default_title: "semgrad", default_icon: icons },
  background: { service_worker: "background.js" },
  side_panel: { default_path: "panel.html" },
  options_ui: { page: "options.html", open_in_tab: true },
  permissions: ["activeTab", "contextMenus", "offscreen", "scripting", "sidePanel", "storage"],
  optional_host_permissions: ["https://*/*", "http://*/*"],
  commands: {
    _execute_action: { suggested_key: { default: "Alt+Shift+U" } },
    "check-selection": {
      suggested_key: { default: "Alt+Shift+J" },
      description: "Check the selected answer",
    },
  },
  // The model's workers may share memory, and so have threads.
  cross_origin_embedder_policy: { value: "require-corp" },
  cross_origin_opener_policy: { value: "same-origin" },
  content_security_policy: { extension_pages: CONTENT_SECURITY_POLICY },
};
