/** Characters that have no shape. */

/** Soft hyphens, spaces without a width, marks of direction, operators that are not drawn, and icons of a page's own font. */
const SHAPELESS = /\u034f|[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ue000-\uf8ff\ufeff]/gu;
/** Tags, which draw nothing but the flags that they name, and what fonts may use as they like. */
const TAGS = /(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]*)[\u{e0000}-\u{e007f}]|[\u{f0000}-\u{10ffff}]/gu;
/** Marks of sources, as some services leave them in the text. */
const SOURCES = /【[^】]{0,40}†[^】]{0,80}】/gu;
/** What stands where the next word of an answer will. */
const CURSOR = /^[▍▌▋▊▉█▎▏▮⬤]$/u;

/** The letters of formulas, which have code points of their own. */
const MATHEMATICAL = /[\u210e\u{1d400}-\u{1d7ff}]/gu;

/** The text without what nobody sees. Joiners stay: they shape the letters around them. */
export const visible = (text: string): string => text.replace(SHAPELESS, "").replace(TAGS, "").replace(SOURCES, "");

export const isCursor = (text: string): boolean => CURSOR.test(text.trim());

/** A picture's words, where they are one character. */
export const isEmoji = (text: string): boolean =>
  text.length <= 32 && /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[\d#*]\ufe0f?\u20e3)/u.test(text);

/** Italic and bold letters of formulas as the letters that they are. */
export const plainLetters = (text: string): string =>
  text.replace(MATHEMATICAL, (letter) => letter.normalize("NFKC")).replace(SHAPELESS, "");

/** More than one sign stays together. */
export const group = (text: string): string =>
  /^[\p{L}\p{M}]?$|^[\d.,]*$|^\([^()]*\)$/u.test(text) ? text : `(${text})`;
