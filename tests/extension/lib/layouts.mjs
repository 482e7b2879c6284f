/**
 * Saved layouts of chat pages: structure as real sites have it, in our own words and markup. Beside each page lies what a
 * person reads on it, question and answer in turn; a question that cannot be read is empty.
 */
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../pages/layouts/", import.meta.url);

/** The first part of a name says whose rules find the answers; where there are none of that name, the page's own marks do. */
const HOSTS = {
  chatgpt: "chatgpt.com",
  claude: "claude.ai",
  gemini: "gemini.google.com",
  copilot: "copilot.microsoft.com",
  mistral: "chat.mistral.ai",
  huggingchat: "huggingface.co",
};

export const LAYOUTS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".html"))
  .map((file) => file.slice(0, -".html".length));

export const hostOf = (layout) => HOSTS[layout.split("-")[0]] ?? `${layout}.example`;
export const addressOf = (layout) => `https://${hostOf(layout)}/`;

/** What a person reads there. */
export function turnsOf(layout) {
  const text = readFileSync(new URL(`${layout}.txt`, FOLDER), "utf8");
  return text
    .split(/^== question ==\n/m)
    .slice(1)
    .map((turn) => {
      const [question, answer] = turn.split(/^== answer ==\n/m);
      return { question: question.trim(), answer: answer.replace(/\n$/, "") };
    });
}

/** Opens the page at an address of its service; nothing else is there. Those that stream have finished, if wanted. */
export async function openLayout(context, layout, { finished = true } = {}) {
  const page = await context.newPage();
  const body = readFileSync(new URL(`${layout}.html`, FOLDER), "utf8");
  await page.route("**/*", (route) =>
    route.request().url() === addressOf(layout)
      ? route.fulfill({ headers: { "content-type": "text/html; charset=utf-8" }, body })
      : route.fulfill({ status: 404 }),
  );
  await page.goto(addressOf(layout));
  if (finished && body.includes("dataset.finished")) await page.waitForSelector("html[data-finished]");
  return page;
}
