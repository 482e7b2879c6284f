/** Which hosts the browser lets the page reach, and those that the user added. */

import { el } from "../../../shared/dom.js";
import { addedHosts, disallow, enforcedHosts } from "../hosts.js";
import { controlled } from "../offline.js";
import { TEXT } from "../text.js";

const T = TEXT.machine.rule;

/** The card. */
export async function ruleSection(): Promise<HTMLElement> {
  const [added, bound] = await Promise.all([addedHosts(), controlled()]);
  const rows = enforcedHosts().map((host) => {
    const own = added.includes(host);
    const button = el(
      "button",
      {
        type: "button",
        class: "secondary",
        "aria-label": T.removeNamed(host),
        onclick: () => void disallow(host),
      },
      T.remove,
    );
    return el(
      "li",
      {},
      el("code", {}, host === "'self'" ? location.origin : host),
      host === "'self'" ? el("small", {}, T.self) : own ? el("small", {}, T.yours) : null,
      own ? button : null,
    );
  });
  return el(
    "section",
    { class: "card stack" },
    el("h3", {}, T.heading),
    el("p", { class: "note" }, T.explain),
    el("ul", { class: "rows" }, ...rows),
    el("p", { class: "note" }, bound ? T.limits : T.unenforced),
  );
}
