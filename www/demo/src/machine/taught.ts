/** What models were taught here, and how to be rid of it. */

import { el } from "../../../shared/dom.js";
import { deleteAll, twice } from "../delete-all.js";
import { all, drop } from "../teach/store.js";
import { type KeptAdapter, keptAdapters, type Taught } from "../teach/taught.js";
import { TEXT } from "../teach/text.js";

const T = TEXT.machine;

/** The card. */
export async function taughtSection(
  taught: Taught,
  redraw: () => void,
  say: (text: string) => void,
): Promise<HTMLElement> {
  const [adapters, answers, trainings] = await Promise.all([keptAdapters(), all("answers"), all("trainings")]);
  const remove = async (kept: KeptAdapter) => {
    // The model that is loaded may answer with it.
    if (taught.adapters.some(({ id }) => id === kept.id)) await taught.drop(kept);
    else await drop("adapters", kept.model, kept.id);
    redraw();
  };
  const clear = async () => {
    await taught.clear();
    say(T.cleared);
    redraw();
  };
  const rows = adapters.map((kept) => {
    const at = TEXT.kept.at(new Date(kept.at));
    const words = { text: T.remove, sure: TEXT.kept.sure, name: T.removeNamed(kept.name, at) };
    return el(
      "li",
      {},
      el("strong", {}, kept.name),
      el("small", {}, T.adapter(at, kept.questions, kept.result?.learned)),
      twice(() => void remove(kept), words),
    );
  });
  const rest = [
    answers.length > 0 ? T.answers(answers.length) : "",
    trainings.length > 0 ? T.trainings(trainings.length) : "",
  ].filter(Boolean);
  const isEmpty = rows.length === 0 && rest.length === 0;
  return el(
    "section",
    { class: "card stack taught-kept" },
    el("h3", {}, T.heading),
    rows.length > 0 ? el("ul", { class: "rows" }, ...rows) : null,
    isEmpty ? el("p", {}, T.none) : null,
    rows.length > 0 ? el("p", { class: "note" }, T.remembers) : null,
    ...rest.map((text) => el("p", {}, text)),
    isEmpty
      ? null
      : el(
          "div",
          { class: "actions" },
          deleteAll(() => void clear()),
        ),
  );
}
