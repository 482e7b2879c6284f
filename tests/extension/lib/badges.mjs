import { PATIENCE } from "../../browser/lib/patience.mjs";

/** Badges live in closed shadow trees, which only the browser's own protocol sees into. */

/** Every badge of the page, in order. */
export async function badges(page) {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
  const hosts = [];
  walk(root, (node) => {
    if (node.localName === "semgrad-badge") hosts.push(node);
  });
  return hosts.map((host) => new SeenBadge(page, session, host));
}

/** The badges once there are that many and `isRight` holds for each. */
export async function waitForBadges(page, count, isRight = (badge) => badge.isJudged) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await badges(page);
    if (found.length === count && found.every(isRight)) return found;
    if (Date.now() > end) {
      throw new Error(`not ${count} badges as wanted: ${JSON.stringify(found.map(({ text }) => text))}`);
    }
    await page.waitForTimeout(100);
  }
}

class SeenBadge {
  constructor(page, session, host) {
    this.page = page;
    this.session = session;
    this.root = host.shadowRoots?.[0];
    this.closed = this.root?.shadowRootType === "closed";
    const texts = [];
    walk(this.root, (node) => node.nodeType === 3 && texts.push(node.nodeValue));
    this.text = texts.join(" ").replace(/\s+/g, " ");
  }

  get isJudged() {
    const words =
      "No judgment|Probably right|Check this|Do not rely on this|No more doubt than usual|(Some|Strong) doubt|No harder a question than most|A (very )?hard question";
    return new RegExp(words).test(this.text);
  }

  /** Clicks as a person does, with the mouse, what holds that text; the head where none is named. */
  async click(name) {
    const buttons = [];
    walk(this.root, (node) => node.localName === "button" && buttons.push(node));
    const holds = (node) => {
      let found = false;
      walk(node, ({ nodeType, nodeValue }) => {
        if (nodeType === 3 && nodeValue === name) found = true;
      });
      return found;
    };
    const button = name === undefined ? buttons[0] : buttons.find(holds);
    if (!button) throw new Error(`no button ${name} in ${this.text}`);
    await this.session.send("DOM.scrollIntoViewIfNeeded", { nodeId: button.nodeId });
    const { model } = await this.session.send("DOM.getBoxModel", { nodeId: button.nodeId });
    const [left, top, , , right, bottom] = model.border;
    await this.page.mouse.click((left + right) / 2, (top + bottom) / 2);
  }
}

function walk(node, visit) {
  visit(node);
  for (const child of [...(node.children ?? []), ...(node.shadowRoots ?? [])]) walk(child, visit);
  if (node.contentDocument) walk(node.contentDocument, visit);
}
