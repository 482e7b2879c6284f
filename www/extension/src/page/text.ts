/** What an element says, as text: never markup, and no more than asked for. */

/** Elements that stand on lines of their own. */
const BLOCK = /^(ADDRESS|ARTICLE|BLOCKQUOTE|BR|DD|DIV|DL|DT|FIGURE|H[1-6]|HR|LI|OL|P|PRE|SECTION|TABLE|TR|UL)$/;

/** Elements whose text is not part of what was said: controls, code that runs, and our own badges. */
const SILENT =
  "button, script, style, template, noscript, svg, input, select, textarea, [hidden], [aria-hidden=true], semgrad-badge";

/** Deeper than pages nest; a page that does anyway is not followed. */
const DEEPEST = 256;

/** Text of the element in reading order, with lines as blocks make them; a little more than `limit` at most. */
export function textOf(root: Element, limit: number): string {
  let text = "";
  const line = () => {
    text = text.trimEnd();
    if (text) text += "\n";
  };
  const read = (parent: Element, depth: number) => {
    for (const node of parent.childNodes) {
      if (text.length > limit) return;
      if (node instanceof Text) {
        // A text node may be as long as a book.
        const part = node.data.slice(0, limit + 1);
        if (parent.closest("pre")) text += part;
        else text += text === "" || text.endsWith("\n") ? collapse(part).trimStart() : collapse(part);
      } else if (node instanceof Element && depth < DEEPEST && !node.matches(SILENT)) {
        const isBlock = BLOCK.test(node.nodeName);
        if (isBlock) line();
        read(node, depth + 1);
        if (isBlock) line();
      }
    }
  };
  read(root, 0);
  return text.trim();
}

function collapse(text: string): string {
  return text.replace(/\s+/g, " ");
}
