/**
 * Formulas, as their source where the page has it. KaTeX, MathJax and Wikipedia write each one several times: for the eye,
 * for screen readers, and as TeX; read as plain text it would stand there two or three times. A formula is one unit: it is
 * read, and selected, as a whole.
 */

import { drawnByKatex } from "./katex.js";
import { linear } from "./mathml.js";

/** What holds all forms of one formula. */
const WHOLE =
  ".katex, mjx-container, .MathJax, .MathJax_Display, .MathJax_SVG, .MathJax_SVG_Display, .MathJax_CHTML, .mjx-chtml, " +
  ".MJXc-display, .mwe-math-element, math";

/** The page's own frame around a formula, with its source; other things have attributes of these names, too. */
const FRAME = "[data-math], [data-latex], [data-tex]";
const DRAWN = ".katex, mjx-container, math, svg, img, canvas";

/** A formula on a line of its own. */
const DISPLAY =
  ".katex-display, mjx-container[display=true], .MathJax_Display, .MathJax_SVG_Display, .MJXc-display, math[display=block]";

/** MathJax 2 puts the source behind what it shows. */
const SOURCE = 'script[type^="math/tex"]';
const SHOWN = '[class*="MathJax"], [class*="mjx-chtml"], .MJXc-display';

const TEX = [
  'annotation[encoding="application/x-tex" i]',
  'annotation[encoding="application/x-latex" i]',
  'annotation[encoding="tex" i]',
  'annotation[encoding="latex" i]',
  SOURCE,
].join(", ");

/** MathJax 4 notes the source of each part; the first one is that of the whole. */
const NOTED = "mjx-math[data-latex], math[data-latex], g[data-mml-node=math][data-latex]";

export const isDisplay = (element: Element): boolean =>
  element.matches(DISPLAY) || (isFrame(element) && element.querySelector(DISPLAY) !== null);

/** Read although nothing of it is shown. */
export const isSource = (element: Element): boolean => element.matches(SOURCE);

const isFrame = (element: Element): boolean => element.matches(FRAME) && element.querySelector(DRAWN) !== null;

/** The formula that this node is a part of. */
export function formulaAround(element: Element): Element | null {
  let found: Element | null = null;
  for (let next: Element | null = element; next; next = next.parentElement) {
    if (next.matches(WHOLE) || isFrame(next)) found = next;
  }
  return found;
}

/** The text of an element that is a formula, or the source of one; null for anything else. */
export function formula(element: Element): string | null {
  if (isSource(element)) return source(element.textContent ?? "");
  if (element.matches(SHOWN) && isBeforeSource(element)) return "";
  if (isFrame(element)) return source(attribute(element)) || whole(element);
  return element.matches(WHOLE) ? whole(element) : null;
}

const attribute = (element: Element): string =>
  ["data-latex", "data-tex", "data-math"].map((name) => element.getAttribute(name)).find((value) => value?.trim()) ??
  "";

function whole(element: Element): string | null {
  const math = element.localName === "math" ? element : element.querySelector("math");
  const noted = element.matches(NOTED) ? element : element.querySelector(NOTED);
  const written = [
    element.querySelector(TEX)?.textContent,
    (element.closest("math") ?? math)?.getAttribute("alttext"),
    noted?.getAttribute("data-latex"),
  ].find((each) => each?.trim());
  if (written) return source(written);
  if (math) return linear(math) || null;
  const html = element.querySelector(".katex-html");
  if (html) return drawnByKatex(html);
  const drawn = element.querySelector("mjx-math, svg");
  return drawn ? linear(drawn) || null : null;
}

function isBeforeSource(element: Element): boolean {
  let next = element.nextElementSibling;
  while (next?.matches(SHOWN)) next = next.nextElementSibling;
  return next?.matches(SOURCE) ?? false;
}

/** Without what only says how large it is set. */
function source(tex: string): string {
  const plain = tex.replace(/\s+/g, " ").trim();
  return (/^\{\\(?:display|text)style (.*)\}$/.exec(plain)?.[1] ?? plain).trim();
}
