/**
 * The words of an answer, by the rule of the module's own judges (`crate/scores/src/lexical/words.rs`, which explains it): as in
 * SQuAD's evaluation, but numbers by their value. `tests/reference/evaluate/words.json` holds both to it.
 */

/** Zeros of digits that are the same digits: Arabic, Persian, Devanagari, Bengali, of full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xff10];
/** Marks of other scripts and of full width. @type {Record<string, string>} */
const MARKS = { "\u066b": ".", "\uff0e": ".", "\u066c": ",", "\uff0c": ",", "\uff0d": "-", "\uff0b": "+" };

const PART = /[\p{L}\p{N}]|[\u0300-\u036f]|[\u0591-\u05bd]|[\u0900-\u0963\u0966-\u0dff]|[\u200c\u200d]|\u207b/u;
const ALONE = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;
const DASH = /[-\u2010-\u2013\u2212\ufe63]/;
const CURRENCY = /[$£¥¢\u20a0-\u20cf]/;
const CLOSING = /[)\]}%°.!?]/;
/** Marks that stay between two digits. */
const JOINING = /[!-&(-/:-@[-^{-~\u2010-\u2013\u2212\ufe63×÷·⁄∕]/;
/** Marks that separate between a letter and a digit, and those that always do. */
const PARTING = /[:={},;/]/;
const LONG_DASH = /[\u2014\u2015]/;
/** Most marks in a row that are looked through. */
const MANY = 8;
/** Zeros of a scale that follows a number. */
const SCALES = new Map([
  ["thousand", 3],
  ["million", 6],
  ["billion", 9],
  ["trillion", 12],
]);
/** A number without its sign, at a place: thousands with marks between them, or any digits; points; an exponent. */
const NUMBER =
  /(?:\d{1,3}(?:(?<mark>[,'’_\u00a0\u2009\u202f])(?:\d{2,3}\k<mark>){0,11}\d{3})(?!\d|\k<mark>\d)|\d*)(?:\.\d+)*(?:e(?<sign>[-+\u2010-\u2013\u2212\ufe63])?(?<power>\d+))?/y;

/** @param {string} letter */
function plain(letter) {
  const code = letter.codePointAt(0) ?? 0;
  const zero = ZEROS.find((zero) => code >= zero && code < zero + 10);
  return zero === undefined ? (MARKS[letter] ?? letter) : String(code - zero);
}

/** @param {string | undefined} letter */
const opens = (letter) => letter === undefined || !(PART.test(letter) || DASH.test(letter) || CLOSING.test(letter));

/** A number as it is compared. @param {string} digits */
function value(digits) {
  const [, whole = "", points = ""] = /^([^.]*)(.*)$/.exec(digits) ?? [];
  const fraction = points.lastIndexOf(".") === 0 ? points.replace(/\.?0+$/, "") : points;
  return (whole.replace(/[^\d]/g, "") || "0") + fraction;
}

/**
 * The number that begins at a place, with its sign, and where it ends; null where none does.
 *
 * @param {string} text
 * @param {number} start
 */
function numberAt(text, start) {
  const isOpen = opens([...text.slice(Math.max(0, start - 2), start)].at(-1));
  const isSigned = DASH.test(text[start] ?? "") && isOpen;
  let at = start + (isSigned ? 1 : 0);
  if (isSigned && CURRENCY.test(text[at] ?? "")) at += 1;
  const isPointed = text[at] === "." && (isSigned || isOpen);
  if (!/\d/.test(text[isPointed ? at + 1 : at] ?? "")) return null;
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(text);
  if (!found || found[0] === "") return null;
  const { sign = "", power } = found.groups ?? {};
  const digits = power === undefined ? found[0] : found[0].slice(0, found[0].lastIndexOf("e"));
  const exponent = power === undefined ? "" : `e${sign !== "" && sign !== "+" ? "-" : ""}${power}`;
  const number = value(digits) + exponent;
  return { number: isSigned && number !== "0" ? `-${number}` : number, end: at + found[0].length };
}

/**
 * Whether the mark at a place separates words: an em dash, and some marks between a letter and a digit.
 *
 * @param {string} letters
 * @param {number} at
 */
function isSeparating(letters, at) {
  if (LONG_DASH.test(letters[at] ?? "")) return true;
  if (!PARTING.test(letters[at] ?? "")) return false;
  const isEnd = (/** @type {string} */ letter) => PART.test(letter) || /\s/.test(letter);
  // Twice as many units, as a letter may take two; half of one is cut off at the far end.
  const before = [...letters.slice(Math.max(0, at - 2 * MANY), at)].reverse().slice(0, MANY).find(isEnd);
  const after = [...letters.slice(at + 1, at + 1 + 2 * MANY)].slice(0, MANY).find(isEnd);
  if (!before || !after || /\s/.test(before + after)) return false;
  return /[0-9]/.test(before) !== /[0-9]/.test(after);
}

/**
 * A number times the scale that follows it; null where these are something else.
 *
 * @param {string | undefined} number
 * @param {string} scale
 */
function scaled(number, scale) {
  const zeros = SCALES.get(scale);
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(number ?? "") ?? [];
  if (zeros === undefined || whole === "") return null;
  const moved = whole + fraction.padEnd(zeros, "0");
  const end = whole.length + zeros;
  const rest = moved.slice(end);
  const product = value((moved.slice(0, end).replace(/^0+/, "") || "0") + (rest === "" ? "" : `.${rest}`));
  return product === "0" ? product : sign + product;
}

/**
 * Words without case, punctuation and articles.
 *
 * @param {string} text
 */
export function words(text) {
  const letters = Array.from(text.toLowerCase().normalize("NFC"), plain).join("");
  /** @type {string[]} */
  const pieces = [];
  for (let at = 0; at < letters.length; ) {
    const found = numberAt(letters, at);
    if (found) {
      pieces.push(found.number);
      at = found.end;
      continue;
    }
    const letter = String.fromCodePoint(letters.codePointAt(at) ?? 0);
    const isKept = JOINING.test(letter) && /\d/.test(letters[at - 1] ?? "") && /\d/.test(letters[at + 1] ?? "");
    if (/\s/.test(letter) || isSeparating(letters, at)) pieces.push(" ");
    else if (ALONE.test(letter) && PART.test(letter)) pieces.push(` ${letter} `);
    else if (PART.test(letter) || isKept) pieces.push(DASH.test(letter) ? "-" : letter);
    at += letter.length;
  }
  const all = pieces
    .join("")
    .split(/\s+/)
    .filter((word) => !["", "a", "an", "the"].includes(word));
  const isNumber = (/** @type {string | undefined} */ word) => /^\d/.test(word ?? "");
  /** @type {string[]} */
  const said = [];
  for (const word of all) {
    const last = said.at(-1);
    // "minus" before a number is its sign; "10 minus 5" is none.
    const isSign = (last === "minus" || last === "negative") && isNumber(word) && !isNumber(said.at(-2));
    const product = scaled(last, word);
    if (isSign) said[said.length - 1] = `-${word}`;
    else if (product !== null) said[said.length - 1] = product;
    else said.push(word);
  }
  return said;
}
