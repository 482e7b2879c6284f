/** What in the question moves the answer: its words shaded, and the map of gradients. */

import type { Answer } from "semgrad";
import { el, fill, styled } from "../../../shared/dom.js";
import { TEXT } from "../text.js";
import { type Column, HeatMap } from "./heatmap.js";
import { questionTokens, saliency, shadedWords } from "./saliency.js";

const T = TEXT.question;
/** So many words are named, if they have this share of the strongest one's shade. */
const NAMED = 3;
const STRONG = 0.4;

/** The question as it was shaded; null when gradients or texts are missing. */
export function shadedQuestion(answer: Answer, question: string): { words: HTMLElement[]; sentence: string } | null {
  const { attribution } = answer;
  if (!attribution || attribution.tokens.length === 0) return null;
  const values = saliency(attribution.gradients, attribution.tokens.length);
  const words = shadedWords(questionTokens(attribution.tokens, question), values);
  if (!words.some(({ shade }) => shade > 0)) return null;
  const spans = words.map(({ text, shade }) =>
    styled(el("span", { class: "word" }, text), { "--shade": shade.toFixed(3) }),
  );
  // Punctuation carries gradient too, but names nothing.
  const strongest = words
    .filter(({ text, shade }) => shade >= STRONG && /[\p{L}\p{N}]/u.test(text))
    .sort((a, b) => b.shade - a.shade)
    .slice(0, NAMED)
    .map(({ text }) => T.word(text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")));
  const list = new Intl.ListFormat("en").format([...new Set(strongest)]);
  return { words: spans, sentence: T.most(list) };
}

/** The panel with the map. */
export function questionPanel(answer: Answer, question: string): HTMLElement {
  const { attribution } = answer;
  if (!attribution || attribution.tokens.length === 0) return el("p", { class: "note" }, T.none);
  const { tokens, gradients } = attribution;
  const semantic = answer.semanticPosition?.index ?? null;
  const all: Column[] = tokens.map(({ text, part }, index) => ({ index, text, user: part === "user" }));
  const first = questionTokens(tokens, question)[0]?.index ?? 0;
  // What stands before the user's words is the same for every question; what follows them holds the semantic token.
  const some = first > 0 ? all.slice(first) : all;
  const map = el("div", {});
  const show = (columns: Column[]) => fill(map, new HeatMap(gradients, columns, tokens.length, semantic).element);
  const whole = el("input", {
    type: "checkbox",
    onchange: () => show(whole.checked ? all : some),
  });
  show(some);
  const shaded = shadedQuestion(answer, question);
  return el(
    "section",
    { class: "stack" },
    el("h3", {}, T.heading),
    shaded ? el("p", {}, shaded.sentence) : null,
    el("p", { class: "note" }, T.caption),
    map,
    some.length < all.length ? el("label", { class: "check" }, whole, ` ${T.whole}`) : null,
  );
}
