/** Whether a person sees an element's box, and the ink of its text. */

/** Its style; null in documents that nobody shows, and for elements that have none. */
export function styleOf(element: Element): CSSStyleDeclaration | null {
  if (!("style" in element)) return null;
  return element.ownerDocument?.defaultView?.getComputedStyle(element) ?? null;
}

const px = (length: string): number => Number.parseFloat(length);

/** Farther away than any page scrolls back to. */
const OFF = -900;

/**
 * Not there, cut down to nothing or a dot, or put where nobody looks; all that it holds is hidden with it. What costs a
 * look at the layout is asked last, and of few.
 */
export function isUnseen(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.display === "none" || style.contentVisibility === "hidden") return true;
  if (style.opacity === "0" && !isMoving(element)) return true;
  const { clipPath, transform, position } = style;
  if (clipPath !== "none" && /inset\((50|100)%|^circle\(0/.test(clipPath)) return true;
  if (transform !== "none" && /^matrix\(0, 0, 0, 0,/.test(transform)) return true;
  if (px(style.textIndent) < OFF) return true;
  const isLoose = position === "absolute" || position === "fixed";
  if ((isLoose || position === "relative") && (px(style.left) < OFF || px(style.top) < OFF)) return true;
  if (isLoose && /^rect\((0|1)(px)?(,? ?(0|1)(px)?){3}\)$/.test(style.clip)) return true;
  if (!/hidden|clip/.test(style.overflow)) return false;
  const [width, height] = [px(style.width), px(style.height)];
  // What only screen readers find, or a panel that is folded up; one that is all padding holds something beside its flow.
  if (width === 0 || (isLoose && width <= 1 && height <= 1)) return true;
  return height === 0 && !(px(style.paddingTop) + px(style.paddingBottom) > 0);
}

/** What fades in is about to be seen. */
function isMoving(element: Element): boolean {
  return (element.getAnimations?.() ?? []).length > 0;
}

/** Whether text right in that element has ink; elements within it may have another. */
export function hasInk(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.visibility === "hidden" || style.visibility === "collapse" || style.fontSize === "0px") return false;
  const color = style.webkitTextFillColor || style.color;
  return !isClear(color) || isFilled(element);
}

export const isClear = (color: string): boolean => color === "transparent" || /^rgba\(.*, 0\)$/.test(color);

/** Clear text through which a background shines, its own or that of what it is in. */
function isFilled(element: Element): boolean {
  for (let next: Element | null = element; next; next = next.parentElement) {
    if (/text/.test(styleOf(next)?.backgroundClip ?? "")) return true;
  }
  return false;
}
