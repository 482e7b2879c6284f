/** Whether a page is light or dark where an answer stands, whatever the system prefers. */

export type Scheme = "light" | "dark";

/** Light text means a dark page: a background may be a picture, or anybody's further out. */
export function schemeOf(answer: Element): Scheme {
  return lightness(getComputedStyle(answer).color) > 0.55 ? "dark" : "light";
}

/** 0..1, of a color as browsers give it: in 256 steps, or in the space that the page's style names. */
function lightness(color: string): number {
  const [first = 0, second = 0, third = 0] = color.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) ?? [];
  if (/^okl/.test(color)) return first;
  if (/^l/.test(color)) return first / 100;
  const mixed = 0.299 * first + 0.587 * second + 0.114 * third;
  return color.startsWith("rgb") ? mixed / 255 : mixed;
}
