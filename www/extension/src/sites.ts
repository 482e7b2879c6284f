/**
 * Where questions and answers are on the pages of common chat services.
 *
 * Collected from public sources on 2026-11-21; none of it was tried on the live services, whose layouts change without
 * notice. To add a site, add a row here, or write the same object into the options page, which needs no build: own rules
 * come first, and one of the same name replaces ours.
 *
 * The answer of a turn is whatever `answer` matches; its question is the last match of `question` before it.
 */

/** How one service marks up its conversations. */
export interface SiteRule {
  name: string;
  /** Host names; an empty list means every site that the user allowed and that no other rule names. */
  hosts: readonly string[];
  question: string;
  answer: string;
  /** What matches inside an answer, or is it, while more of it is to come. */
  busy?: string;
}

export const SITES: readonly SiteRule[] = [
  {
    name: "ChatGPT",
    hosts: ["chatgpt.com"],
    question: '[data-message-author-role="user"], [data-message-role="user"]',
    answer: '[data-message-author-role="assistant"], [data-message-role="assistant"]',
    busy: ".result-streaming, .result-thinking",
  },
  {
    name: "Claude",
    hosts: ["claude.ai"],
    question: '[data-testid="user-message"]',
    answer: ".font-claude-response, .font-claude-message",
    busy: '[data-is-streaming="true"]',
  },
  {
    name: "Gemini",
    hosts: ["gemini.google.com"],
    question: "user-query .query-text",
    // What it thought is in elements of the same name.
    answer: "model-response message-content:not(model-thoughts message-content)",
    busy: '[aria-busy="true"]',
  },
  {
    name: "Copilot",
    hosts: ["copilot.microsoft.com"],
    question: '[data-content="user-message"]',
    answer: '[data-content="ai-message"]',
  },
  {
    name: "Le Chat",
    hosts: ["chat.mistral.ai"],
    question: '[data-message-author-role="user"]',
    answer: '[data-message-author-role="assistant"]',
  },
  {
    name: "HuggingChat",
    hosts: ["huggingface.co"],
    question: '[data-message-role="user"]',
    answer: '[data-message-role="assistant"]',
  },
  {
    name: "Open WebUI",
    hosts: [],
    question: ".user-message",
    answer: ".chat-assistant",
  },
  {
    name: "LibreChat",
    hosts: [],
    question: ".user-turn .message-content",
    answer: ".agent-turn .message-content",
    busy: ".result-streaming",
  },
];

/** What any page may use to be understood without a row of its own. */
export const CONVENTION: SiteRule = {
  name: "data-semgrad",
  hosts: [],
  question: "[data-semgrad-question]",
  answer: "[data-semgrad-answer]",
  busy: '[aria-busy="true"]',
};

/** The rules for a page of that host: own ones, then ours, then the convention. */
export function rulesFor(host: string, own: readonly SiteRule[]): SiteRule[] {
  const table = [...own, ...SITES.filter((site) => !own.some((rule) => rule.name === site.name))];
  const named = table.filter((rule) => rule.hosts.includes(host));
  return [...(named.length > 0 ? named : table.filter((rule) => rule.hosts.length === 0)), CONVENTION];
}

/** The services that can be switched on by name, with the addresses to ask permission for. */
export function knownSites(own: readonly SiteRule[]): { name: string; origins: string[] }[] {
  return [...own, ...SITES.filter((site) => !own.some((rule) => rule.name === site.name))]
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ name, hosts }) => ({ name, origins: hosts.map((host) => `https://${host}/*`) }));
}
