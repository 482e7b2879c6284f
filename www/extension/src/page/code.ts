/** What stands around code: line numbers, and bars with its language and buttons. */

import { styleOf } from "./seen.js";

const CODE = "pre, code, .cm-content, .view-lines";
const BUTTON = "button, [role=button]";
/** Where text is text, whatever it is near. */
const PROSE = "p, li, h1, h2, h3, h4, h5, h6, blockquote, td, th, pre, code, summary";
const NUMBERS = /(?:^|[-_])(?:line-?num(?:ber)?s?|linenos?|lineno|gutters?|ln-numbers|blob-num)(?:[-_]|$)/i;

/** Names of languages that pages write above code. */
const LANGUAGES = new Set(
  (
    "asm assembly awk bash bat batch c c# c++ clojure cmake cmd cobol console cpp cs csharp css csv cuda curl dart diff " +
    "docker dockerfile elixir erlang f# fortran fsharp git glsl go golang graphql groovy haskell hcl html http ini " +
    "java javascript js json json5 jsonc jsx julia kotlin latex less lisp lua makefile markdown matlab md mermaid " +
    "nginx nix objective-c ocaml perl php plaintext powershell prolog properties proto protobuf ps1 py python python3 " +
    "r regex rs ruby rust sass scala scheme scss sh shell solidity sql svelte svg swift tex terraform text toml ts " +
    "tsx txt typescript vb verilog vhdl vim vue wasm wgsl xml yaml yml zig zsh"
  ).split(" "),
);
const LONGEST = 40;
/** Buttons that are none for the browser, behind the name. */
const ACTIONS = /(?:\s*(?:copy(?: code)?|copied!?|download|wrap|edit))+$/;

/** The parts of a frame that hold the code itself. */
export const codeIn = (element: Element): Element[] =>
  [...element.querySelectorAll("code")].filter((part) => !part.parentElement?.closest("code"));

/** A bar above code: buttons with hardly a word, or the name of a language. */
export function isCodeBar(element: Element): boolean {
  if (element.childElementCount > 8 || element.matches(PROSE) || element.querySelector(CODE)) return false;
  const label = said(element).toLowerCase().replace(ACTIONS, "").trim();
  if (label.length > LONGEST) return false;
  const code = codeBehind(element);
  if (!code) return false;
  return label === "" || LANGUAGES.has(label) || isDeclared(code, label) || element.querySelector(BUTTON) !== null;
}

/** The code that comes next, with nothing said in between. */
function codeBehind(element: Element): Element | null {
  const { parentElement, nextSibling } = element;
  if (parentElement?.nodeName === "PRE" && nextSibling?.nodeType === 3 && nextSibling.textContent?.trim()) {
    return parentElement;
  }
  let next = element.nextElementSibling;
  while (next && !next.matches(CODE) && !next.querySelector(CODE) && said(next) === "") next = next.nextElementSibling;
  if (!next) return null;
  const code = next.matches(CODE) ? next : next.querySelector(CODE);
  // A paragraph with a word of code in it is no frame, nor is one that says something first.
  if (!code || next.matches(PROSE) !== next.matches(CODE) || code.closest("p, li, td")) return null;
  const head = said(next).trimStart().slice(0, 20);
  return said(code).trimStart().startsWith(head) || /^\d/.test(head) ? code : null;
}

function isDeclared(code: Element, label: string): boolean {
  const around = [code, code.querySelector("code"), code.parentElement];
  const names = around.flatMap((each) =>
    each ? [...each.classList, each.getAttribute("data-language") ?? "", each.getAttribute("data-lang") ?? ""] : [],
  );
  return names.some((name) => name.toLowerCase().replace(/^lang(?:uage)?-/, "") === label);
}

/** Its text without buttons. */
function said(element: Element): string {
  if (!element.querySelector(BUTTON)) return (element.textContent ?? "").trim();
  const copy = element.cloneNode(true) as Element;
  for (const button of copy.querySelectorAll(BUTTON)) button.remove();
  return (copy.textContent ?? "").trim();
}

/** Numbers beside lines of code, which nobody copies with it. */
export function isLineNumber(element: Element, style: CSSStyleDeclaration | null): boolean {
  const isNumber = /^[\s\d]*$/.test(element.textContent ?? "");
  if (!isNumber) return false;
  if ([...element.classList].some((name) => NUMBERS.test(name))) return true;
  if (!element.closest("pre, code")) return false;
  const parent = element.parentElement && styleOf(element.parentElement);
  const isLoose = (each: CSSStyleDeclaration | null) => (each?.userSelect || each?.webkitUserSelect) === "none";
  return isLoose(style) && !isLoose(parent);
}
