/** The script of pages, in a page that has no extension: with a model that notes what it is asked. */
import { address, bundle } from "../../browser/lib/bundle.mjs";
import { hostOf, openLayout } from "./layouts.mjs";

const { rulesFor } = await bundle("www/extension/src/sites.ts");
const { LIMITS } = await bundle("www/extension/src/limits.ts");

let module;

/**
 * Follows a layout. Where it is held, an answer is judged only when `globalThis.release` is called. Words of `odd` stand out
 * where an answer has them, each time; then the model doubts it.
 */
export async function follow(context, layout, { held = false, odd = [], prepare = () => {} } = {}) {
  module ??= await address("www/extension/src/page/watch.ts");
  const page = await openLayout(context, layout, { finished: false });
  await page.evaluate(prepare);
  await page.evaluate(
    async ([url, rules, isHeld, words]) => {
      globalThis.asked = [];
      globalThis.aborted = [];
      globalThis.chrome = { runtime: { id: "extension" } };
      let open = !isHeld;
      const waiting = [];
      globalThis.release = () => {
        open = true;
        for (const go of waiting.splice(0)) go();
      };
      const examine = (answer, isCompared) => {
        const places = words.flatMap((text) =>
          [...answer.matchAll(new RegExp(text, "g"))].map(({ index }) => ({ text, at: [index, index + text.length] })),
        );
        if (words.length === 0) return null;
        return {
          odd: places.map((place) => ({ ...place, tokens: [0, 1], surprisal: 9 })),
          own: isCompared
            ? { answer: "Something else.", others: [], agree: 0, sentence: "It says something else." }
            : null,
          judgement: isCompared
            ? {
                doubt: "some_doubt",
                word: "Some doubt: check",
                reason: "It says something else itself.",
                ratio: 2,
                ratioSentence: "What was seen is ×2.0 likelier with a wrong answer.",
                range: "So of 100.",
                tested: "Tested on 10 answers.",
              }
            : null,
          none: isCompared ? null : "It was not compared.",
          signals: {},
        };
      };
      const judgement = (question, answer) => ({
        kind: "judged",
        explanation: {
          verdict: "Check this",
          chance: null,
          level: null,
          agreement: null,
          reasons: [question],
          guarantee: null,
          none: null,
        },
        examined: examine(answer, true),
        faults: [],
        model: "m",
        ms: 1,
        cut: false,
      });
      const client = {
        call: (_, { question, answer }, { signal, onEvent }) =>
          new Promise((resolve, reject) => {
            globalThis.asked.push({ question, answer });
            signal.addEventListener("abort", () => {
              globalThis.aborted.push(answer);
              reject(new Error("aborted"));
            });
            const examined = examine(answer, false);
            if (examined) onEvent({ kind: "progress", progress: { phase: "words", odd: examined.odd } });
            const go = () => resolve(judgement(question, answer));
            if (open) go();
            else waiting.push(go);
          }),
      };
      const { Watcher } = await import(url);
      globalThis.watcher = new Watcher(rules, client);
      globalThis.watcher.start();
    },
    [module, rulesFor(hostOf(layout), []), held, odd],
  );
  return page;
}

/** What the model was asked. */
export const asked = (page) => page.evaluate(() => globalThis.asked);

/** Longer than an unfinished answer waits: what is going to be asked has been by then. */
export const settle = (page) => page.waitForTimeout(LIMITS.quiet + 3 * LIMITS.scan);
