/**
 * Formulas, as their source where the page has it. KaTeX, MathJax and Wikipedia write each one several times: for the eye,
 * for screen readers, and as TeX; read as plain text it would stand there two or three times.
 */

/** What holds all forms of one formula. */
const WHOLE =
  ".katex, mjx-container, .MathJax, .MathJax_Display, .MathJax_SVG, .MathJax_SVG_Display, .MathJax_CHTML, .mjx-chtml, " +
  ".MJXc-display, .mwe-math-element, math";

/** A formula on a line of its own. */
const DISPLAY = ".katex-display, mjx-container[display=true], .MathJax_Display, .MathJax_SVG_Display, .MJXc-display";

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

export const isDisplay = (element: Element): boolean => element.matches(DISPLAY);

/** The formula that this node is a part of. */
export const formulaAround = (element: Element): Element | null => {
  let found: Element | null = null;
  for (let next = element.closest(WHOLE); next; next = next.parentElement?.closest(WHOLE) ?? null) found = next;
  return found;
};

/** The text of an element that is a formula, or the source of one; null for anything else. */
export function formula(element: Element): string | null {
  if (element.matches(SOURCE)) return source(element.textContent ?? "");
  if (element.matches(SHOWN) && isBeforeSource(element)) return "";
  if (!element.matches(WHOLE)) return null;
  const tex = element.querySelector(TEX)?.textContent ?? element.closest("math")?.getAttribute("alttext");
  if (tex?.trim()) return source(tex);
  const math = element.localName === "math" ? element : element.querySelector("math");
  const alternative = math?.getAttribute("alttext");
  if (alternative?.trim()) return source(alternative);
  if (math) return linear(math);
  return glyphs(element) || null;
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

/** MathJax 3 without anything for screen readers: characters are named by their code points. */
function glyphs(element: Element): string {
  const named = [...element.querySelectorAll("mjx-c, use[data-c], path[data-c]")].map((glyph) => {
    if (glyph.textContent) return glyph.textContent;
    const code = glyph.getAttribute("data-c") ?? /(?:^|\s)mjx-c([0-9A-F]+)(?:\s|$)/.exec(glyph.className)?.[1] ?? "";
    const point = Number.parseInt(code, 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : "";
  });
  return named.join("").normalize("NFKC");
}

/** MathML on one line. */
function linear(element: Element, depth = 0): string {
  if (/^annotation/.test(element.localName) || depth > 64) return "";
  const parts = [...element.children].map((child) => linear(child, depth + 1));
  if (element.children.length === 0) return (element.textContent ?? "").replace(/\s+/g, " ").trim();
  const [first = "", second = "", third = ""] = parts;
  switch (element.localName) {
    case "msup":
    case "mover":
      return `${first}^${group(second)}`;
    case "msub":
    case "munder":
      return `${first}_${group(second)}`;
    case "msubsup":
    case "munderover":
      return `${first}_${group(second)}^${group(third)}`;
    case "mfrac":
      return `${group(first)}/${group(second)}`;
    case "msqrt":
      return `√${group(parts.join(""))}`;
    case "mroot":
      return `${group(first)}^(1/${second})`;
    case "mtr":
      return `${parts.join(", ")}; `;
    default:
      return parts.join("");
  }
}

/** More than one sign stays together. */
export const group = (text: string): string => (/^[\p{L}\p{M}]?$|^[\d.,]*$/u.test(text) ? text : `(${text})`);
