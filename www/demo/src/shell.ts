/** The page's frame: name, views, and the count of requests, always in sight. */

import { el, fill } from "../../shared/dom.js";
import type { NetworkLog } from "./network.js";
import { TEXT } from "./text.js";

/** The views, by the address's hash; the first one has none. */
export const VIEWS = ["ask", "calibrate", "teach", "measure", "machine"] as const;
export type ViewName = (typeof VIEWS)[number];

/** One of the page's views. */
export interface View {
  readonly element: HTMLElement;
  /** Called when it is shown; `moved` is false for the view that the page opens with. */
  open(moved: boolean): void;
  close(): void;
}

export const viewOf = (hash: string): ViewName => VIEWS.find((name) => `#${name}` === hash) ?? "ask";

/** Header, views, footer. */
export class Shell {
  private readonly links = new Map<ViewName, HTMLAnchorElement>();
  private readonly proof = el("a", { class: "proof", href: "#machine" });
  private readonly banner = el("div", { class: "banner", hidden: true, role: "status" });
  private current: ViewName | null = null;

  constructor(
    private readonly views: Record<ViewName, View>,
    private readonly log: NetworkLog,
    announcements: HTMLElement,
  ) {
    const links = VIEWS.map((name) => {
      const link = el("a", { href: name === "ask" ? "#" : `#${name}` }, TEXT.nav.views[name]);
      this.links.set(name, link);
      return el("li", {}, link);
    });
    const app = document.getElementById("app");
    if (!app) return;
    fill(
      app,
      el("a", { class: "skip", href: "#content", onclick: (event: MouseEvent) => this.skip(event) }, TEXT.nav.skip),
      el(
        "header",
        { class: "top" },
        el(
          "div",
          { class: "top-row" },
          el("h1", {}, el("img", { src: "./icon.svg", alt: "", width: 28, height: 28 }), "semgrad"),
          el("nav", { "aria-label": TEXT.nav.label }, el("ul", {}, ...links)),
          this.proof,
        ),
      ),
      el("main", { id: "content", tabindex: -1 }, this.banner, ...VIEWS.map((name) => views[name].element)),
      el("footer", {}, el("p", {}, TEXT.footer.method), el("p", {}, TEXT.footer.offline)),
      announcements,
    );
    log.addEventListener("change", () => this.count());
    this.count();
    addEventListener("hashchange", () => this.route());
    this.route();
  }

  /** Offers a newer version of the page. */
  offerUpdate(reload: () => void): void {
    fill(
      this.banner,
      el("span", {}, TEXT.update.ready),
      el("button", { type: "button", class: "secondary", onclick: reload }, TEXT.update.reload),
    );
    this.banner.hidden = false;
  }

  private route(): void {
    const wanted = viewOf(location.hash);
    if (wanted === this.current) return;
    const moved = this.current !== null;
    if (this.current) this.views[this.current].close();
    this.current = wanted;
    for (const name of VIEWS) {
      this.views[name].element.hidden = name !== wanted;
      const link = this.links.get(name);
      if (name === wanted) link?.setAttribute("aria-current", "page");
      else link?.removeAttribute("aria-current");
    }
    document.title = TEXT.nav.titles[wanted];
    // On a phone not all of them are in sight.
    this.links.get(wanted)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (moved) scrollTo({ top: 0 });
    this.views[wanted].open(moved);
  }

  private count(): void {
    const count = this.log.sinceLoaded;
    this.proof.textContent = count === null ? TEXT.proof.before : TEXT.proof.since(count);
    this.proof.title = TEXT.proof.see;
    this.proof.classList.toggle("some", (count ?? 0) > 0);
  }

  private skip(event: MouseEvent): void {
    // The hash names the view.
    event.preventDefault();
    document.getElementById("content")?.focus();
  }
}
