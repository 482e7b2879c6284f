/**
 * Local copies of chat pages, served at the addresses of the services: the same structure as their selectors expect, in
 * our own words and markup.
 */
import { readFileSync } from "node:fs";

const HTML = { "content-type": "text/html; charset=utf-8" };
/** Those that are saved layouts lie by themselves. */
const FOLDERS = { shadow: "layouts/shadow-app", virtual: "layouts/virtual-list" };
/** What such a page is made of. */
export const pageText = (name) =>
  readFileSync(new URL(`../pages/${FOLDERS[name] ?? name}.html`, import.meta.url), "utf8");

export const PAGES = {
  chatgpt: "https://chatgpt.com/c/1",
  claude: "https://claude.ai/chat/1",
  gemini: "https://gemini.google.com/app/1",
  strict: "https://strict.example/",
  hostile: "https://hostile.example/",
  fighting: "https://fighting.example/",
  sums: "https://sums.example/",
  shadow: "https://shadow.example/",
  virtual: "https://virtual.example/",
};

/** As strict as a page can be. */
const STRICT = {
  "content-security-policy": "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
};

/** Answers requests for these pages, and for nothing else of their hosts. */
export async function servePages(context) {
  for (const [name, url] of Object.entries(PAGES)) {
    const headers = name === "strict" ? { ...HTML, ...STRICT } : HTML;
    await context.route(`${new URL(url).origin}/**`, (route) =>
      route.request().url() === url ? route.fulfill({ headers, body: pageText(name) }) : route.fulfill({ status: 404 }),
    );
  }
}
