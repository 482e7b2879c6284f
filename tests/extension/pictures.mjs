/**
 * Takes the pictures in `www/extension/screenshots` anew, from the built extension and a real model:
 *
 *   node extension/pictures.mjs [FOLDER]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { realModel, SMOLLM2 } from "../browser/lib/reference.mjs";
import { ROOT } from "../browser/lib/server.mjs";
import { waitForBadges } from "./lib/badges.mjs";
import { openExtension } from "./lib/extension.mjs";
import { PAGES, pageText, servePages } from "./lib/pages.mjs";

const folder = resolve(process.argv[2] ?? join(ROOT, "www/extension/screenshots"));
const model = realModel(SMOLLM2);
if (!model) throw new Error(`SEMGRAD_MODELS does not hold ${SMOLLM2}`);
mkdirSync(folder, { recursive: true });
const extension = await openExtension();

/** The page's upper part, of that height, in both schemes. */
async function shoot(page, name, height) {
  const session = await page.context().newCDPSession(page);
  const { width } = page.viewportSize();
  await page.setViewportSize({ width, height: Math.ceil(height) });
  // Neither a pointer nor a caret is to be in it.
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    document.activeElement?.blur();
    scrollTo(0, 0);
  });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // What follows the page's colors looks at them again a moment later.
    await page.waitForTimeout(1000);
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 85 });
    writeFileSync(join(folder, `${name}-${colorScheme}.webp`), Buffer.from(data, "base64"));
  }
}

const bottom = (part) => part.getBoundingClientRect().bottom + scrollY + 16;

/** The options, once the model is loaded from a file. */
async function options() {
  const page = await extension.open("options", { width: 800 });
  const chooser = page.waitForEvent("filechooser");
  await page.click("#model button:text-is('Choose file')");
  await (await chooser).setFiles(model);
  await page.click("label:has(input[value=cpu])");
  await page.click("#model button[type=submit]");
  await page.waitForSelector("#model .result:has-text('is ready')");
  await shoot(page, "options", await page.$eval("#model", bottom));
  await page.close();
}

/** A conversation with two answers, the wrong one opened. */
async function badges() {
  await servePages(extension.context);
  // As somebody asks who begins with it, and without what the page has for tests.
  const style = "button, #clock { display: none }</style>";
  await extension.context.route(PAGES.chatgpt, (route) => {
    const body = pageText("chatgpt").replace("And who", "Who").replace("</style>", style);
    return route.fulfill({ contentType: "text/html", body });
  });
  await extension.allow("https://chatgpt.com/*");
  const page = await extension.context.newPage();
  await page.setViewportSize({ width: 780, height: 800 });
  await page.goto(PAGES.chatgpt);
  const [, second] = await waitForBadges(page, 2);
  await second.click();
  await shoot(page, "badges", await page.$eval("main", bottom));
  await page.close();
}

/** The side panel with an answer of its own. */
async function panel() {
  const page = await extension.open("panel", { width: 400 });
  await page.waitForSelector(".loaded");
  await page.fill("#question", "How many legs does a spider have?");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".exchange:not([aria-busy]) .judgement");
  await shoot(page, "panel", await page.evaluate(() => document.documentElement.scrollHeight));
  await page.close();
}

try {
  await options();
  await badges();
  await panel();
} finally {
  await extension.close();
}
