/** The proof: every request since the page was opened, the newest first. */

import { el, fill } from "../../../shared/dom.js";
import type { NetworkLog, Request } from "../network.js";
import { TEXT } from "../text.js";

const T = TEXT.machine.network;

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** The card; `refresh` brings it up to date. */
export function networkSection(log: NetworkLog): { element: HTMLElement; refresh(): void } {
  const headline = el("p", { class: "headline", role: "status" });
  const total = el("p", { class: "note" });
  const body = el("tbody", {});
  const head = Object.values(T.columns).map((name) => el("th", { scope: "col" }, name));
  const element = el(
    "section",
    { class: "card stack network" },
    el("h3", {}, T.heading),
    headline,
    el("p", { class: "note" }, T.explain),
    total,
    el(
      "details",
      {},
      el("summary", {}, T.show),
      el(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": T.show },
        el("table", { class: "requests" }, el("thead", {}, el("tr", {}, ...head)), body),
      ),
    ),
    navigator.serviceWorker ? null : el("p", { class: "note" }, T.pageOnly),
  );
  const refresh = () => {
    const { requests, sinceLoaded, loadedAt } = log;
    headline.textContent = sinceLoaded === null ? T.notLoaded : T.since(sinceLoaded);
    headline.classList.toggle("clean", sinceLoaded === 0);
    total.textContent = T.total(requests.length, new Set(requests.map(({ url }) => new URL(url).host)).size);
    const newest = [...requests].sort((a, b) => b.at - a.at);
    const rows = newest.map(row);
    if (loadedAt !== null) {
      const after = newest.filter(({ at }) => at > loadedAt).length;
      const mark = el("tr", { class: "mark" }, el("td", {}, clock.format(loadedAt)), el("td", { colspan: 3 }, T.mark));
      rows.splice(after, 0, mark);
    }
    fill(body, ...rows);
  };
  return { element, refresh };
}

function row({ url, at, by, copy }: Request): HTMLTableRowElement {
  const address = new URL(url);
  const short = address.origin === location.origin ? address.pathname + address.search : url;
  return el(
    "tr",
    {},
    el("td", {}, clock.format(at)),
    el("td", {}, short),
    el("td", {}, T.by[by]),
    el("td", {}, copy ? T.from.copy : T.from.network),
  );
}
