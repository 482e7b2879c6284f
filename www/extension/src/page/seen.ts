/** Whether a person sees an element's box, and the ink of its text. */

export function styleOf(element: Element): CSSStyleDeclaration | null {
  return element.ownerDocument?.defaultView?.getComputedStyle(element) ?? null;
}

const px = (length: string): number => Number.parseFloat(length);

/** Farther away than any page scrolls back to. */
const OFF = -900;

/** Not there, cut down to nothing or a dot, or put where nobody looks; all that it holds is hidden with it. */
export function isUnseen(element: Element, style: CSSStyleDeclaration): boolean {
  const { display, clip, clipPath, position, transform, width, height, overflow } = style;
  if (display === "none" || style.contentVisibility === "hidden") return true;
  if (/inset\((50|100)%|^circle\(0/.test(clipPath) || /^matrix\(0, 0, 0, 0,/.test(transform)) return true;
  if (style.opacity === "0" && !isMoving(element)) return true;
  if (px(style.textIndent) < OFF) return true;
  const isCut = /hidden|clip/.test(overflow);
  // A panel that is folded up.
  if (isCut && (px(width) === 0 || px(height) === 0)) return true;
  if (position === "relative" && (px(style.left) < OFF || px(style.top) < OFF)) return true;
  if (position !== "absolute" && position !== "fixed") return false;
  if (px(style.left) < OFF || px(style.top) < OFF) return true;
  if (/^rect\((0|1)(px)?(,? ?(0|1)(px)?){3}\)$/.test(clip)) return true;
  return isCut && [width, height].every((length) => px(length) <= 1);
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
