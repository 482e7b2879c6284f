/** Ten more answers, grouped by meaning. */

import type { Answer, Sample } from "semgrad";
import { el, styled } from "../../../shared/dom.js";
import { withoutLabel } from "../../../shared/without-label.js";
import type { Comparison } from "../settings.js";
import { TEXT } from "../text.js";
import { groupsOf } from "./groups.js";

const T = TEXT.samples;
/** Characters of about two lines. */
const LONG = 140;

/** The panel; a sentence when there are none. */
export function samplesPanel({ samples }: Answer, compare: Comparison): HTMLElement {
  const found = samples && groupsOf(samples);
  const count = samples?.length ?? 0;
  if (!found || count === 0) return el("p", { class: "note" }, T.none);
  const rows = found.map(({ members, like }) => {
    const share = members.length / count;
    const bar = styled(el("span", { class: "share-bar", "aria-hidden": "true" }), { "--length": share });
    const [first, ...rest] = distinct(members);
    return el(
      "li",
      { class: like ? "cluster like" : "cluster" },
      el(
        "div",
        { class: "cluster-head" },
        el("div", { class: "cluster-text" }, long(wording(first))),
        el("span", { class: "cluster-share" }, T.share(members.length, count)),
      ),
      bar,
      like ? el("small", {}, T.same) : null,
      rest.length > 0
        ? el(
            "details",
            {},
            el("summary", {}, T.others(rest.length)),
            el("ul", {}, ...rest.map((sample) => el("li", {}, wording(sample)))),
          )
        : null,
    );
  });
  return el(
    "section",
    { class: "stack" },
    el("h3", {}, T.heading),
    el("p", { class: "note" }, `${T.by[compare]} ${T.warning}`),
    el("ol", { class: "clusters" }, ...rows),
  );
}

/** A text that would push the other groups out of sight opens on demand. */
function long(text: string): Node {
  if (text.length <= LONG) return document.createTextNode(text);
  const cut = `${text.slice(0, text.lastIndexOf(" ", LONG))} …`;
  return el("details", { class: "long" }, el("summary", {}, cut), text);
}

function distinct(members: readonly Sample[]): Sample[] {
  const seen = new Set<string | null>();
  return members.filter(({ text }) => !seen.has(text) && seen.add(text));
}

function wording(sample: Sample | undefined): string {
  const text = withoutLabel(sample?.text ?? "").trim() || T.empty;
  return sample?.finished === false ? `${text} … (${T.cutOff})` : text;
}
