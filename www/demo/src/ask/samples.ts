/** Ten more answers, grouped by meaning. */

import type { Answer, Sample } from "semgrad";
import { el, styled } from "../../../shared/dom.js";
import type { Comparison } from "../settings.js";
import { TEXT } from "../text.js";
import { groups } from "./clusters.js";

const T = TEXT.samples;
/** Characters of about two lines. */
const LONG = 140;

/** Groups of an answer's samples; null without samples or judgments. */
function sampleGroups(answer: Answer) {
  const judged = answer.evidence?.entailment;
  return answer.samples && judged ? groups(judged, answer.samples) : null;
}

/** The panel; a sentence when there are none. */
export function samplesPanel(answer: Answer, compare: Comparison): HTMLElement {
  const found = sampleGroups(answer);
  const count = answer.samples?.length ?? 0;
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
    el("p", {}, T.agree(agreeing(found), count)),
    el("p", { class: "note" }, `${T.caption(found.length, count)} ${T.by[compare]}`),
    el("ol", { class: "clusters" }, ...rows),
  );
}

/** How many of the samples say what the answer says. */
function agreeing(found: readonly { members: readonly Sample[]; like: boolean }[]): number {
  return found.filter(({ like }) => like).reduce((sum, { members }) => sum + members.length, 0);
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
  const text = sample?.text?.trim() || T.empty;
  return sample?.finished === false ? `${text} … (${T.cutOff})` : text;
}
