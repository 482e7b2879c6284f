/** What a model is worth as a judge of answers that others wrote, in words and by writer, and what to do with it. */

import type { GivenRanking, GivenResult } from "semgrad";
import { download, el, fill } from "../../../shared/dom.js";
import { problem } from "../../../shared/problem.js";
import type { Session } from "../session.js";
import { TEXT as PAGE } from "../text.js";
import { TEXT } from "./text.js";

const T = TEXT.result;
const FIT = PAGE.calibrate.fit;

/** A model judges where what it is worth lies above this, whatever the choice of questions. */
const GATE = 0.55;

/** Empty until there is one. */
export class GivenOutcome {
  readonly element = el("div", { class: "fit-results" });

  constructor(private readonly session: Session) {}

  clear(): void {
    fill(this.element);
  }

  /** Shows it, and gives what it says in short; `prefix` stood before the questions. */
  show({ given, report, none }: GivenResult, prefix: string): string {
    const name = this.session.choice?.name ?? "model";
    const status = el("p", { class: "note", role: "status" });
    const problems = el("div", { class: "problems" });
    const attempt = async (work: (json: string) => Promise<void>) => {
      fill(problems);
      try {
        // With what the profile in use has besides by now.
        const profile = await this.session.model?.createProfile(given, { prefix });
        if (profile) await work(JSON.stringify(profile, null, 1));
      } catch (thrown) {
        problems.append(problem(thrown));
      }
    };
    const use = async (json: string) => {
      status.textContent = (await this.session.useProfile({ name, json })) ? FIT.inUse : FIT.inUseNow;
    };
    const save = async (json: string) => download(FIT.file(name), json);
    const button = (text: string, work: (json: string) => Promise<void>, more = {}) =>
      el("button", { type: "button", onclick: () => void attempt(work), ...more }, text);
    const said = `${cases(given.tested)} ${none === null ? T.enough : silence(given.tested)}`;
    const looks = report.rankings.find((ranking) => ranking.name === "surface");
    fill(
      this.element,
      el("h4", {}, T.heading),
      el("p", {}, said),
      looks?.auroc == null ? null : el("p", {}, T.looks(looks.auroc)),
      byWriter(report.writers, given.tested, looks),
      el("p", { class: "note" }, T.unseen),
      problems,
      el("div", { class: "actions" }, button(T.use, use, { class: "primary" }), button(T.download, save)),
      none === null ? null : el("p", { class: "note" }, T.silent),
      status,
    );
    return said;
  }
}

function cases({ auroc, interval }: GivenRanking): string {
  if (auroc === null) return T.undefined;
  return interval ? T.cases(auroc, ...interval) : T.unsure(auroc);
}

const silence = ({ auroc }: GivenRanking) => (auroc !== null && auroc > GATE ? T.close : T.little);

function byWriter(
  writers: GivenResult["report"]["writers"],
  model: GivenRanking,
  looks: GivenRanking | undefined,
): HTMLElement {
  const { columns } = T;
  const row = (name: string, [all, wrong]: readonly [number, number], ...shares: (number | null | undefined)[]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      el("td", {}, T.answers(all, wrong)),
      ...shares.map((share) => el("td", {}, share == null ? "–" : T.share(share))),
    );
  const counts = Object.values(writers);
  const sum = (at: 0 | 1) => counts.reduce((sum, count) => sum + count[at], 0);
  const head = [columns.writer, columns.answers, columns.model, columns.looks];
  return el(
    "table",
    { class: "by-writer" },
    el("caption", {}, T.table),
    el("thead", {}, el("tr", {}, ...head.map((name) => el("th", { scope: "col" }, name)))),
    el(
      "tbody",
      {},
      ...Object.entries(writers).map(([name, count]) => row(name, count, model.writers[name], looks?.writers[name])),
      row(T.all, [sum(0), sum(1)], model.auroc, looks?.auroc),
    ),
  );
}
