/** The extension in a real browser: model, panel, badges, permissions, and parts of it that die. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { until } from "../browser/lib/patience.mjs";
import { realModel, SMOLLM2 } from "../browser/lib/reference.mjs";
import { startServer } from "../browser/lib/server.mjs";
import { badges, waitForBadges } from "./lib/badges.mjs";
import { openExtension } from "./lib/extension.mjs";
import { assertSound } from "./lib/faults.mjs";
import { PAGES, servePages } from "./lib/pages.mjs";
import { fitted } from "./lib/profile.mjs";

const real = realModel(SMOLLM2);
const needsReal = { skip: real === null && `SEMGRAD_MODELS does not hold ${SMOLLM2}` };

const logs = mkdtempSync(join(tmpdir(), "semgrad-netlog-"));
const netLog = join(logs, "net.json");
let extension;
let server;

before(async () => {
  extension = await openExtension({ args: [`--log-net-log=${netLog}`] });
  await servePages(extension.context);
  // Models come from other hosts, which have to allow it.
  server = await startServer({
    ...(real ? { model: real } : {}),
    extra: (_, response) => void response.setHeader("access-control-allow-origin", "*"),
  });
});

after(async () => {
  server.close();
  await extension?.close();
  rmSync(logs, { recursive: true, force: true });
});

async function visit(name) {
  const page = await extension.context.newPage();
  await page.goto(PAGES[name]);
  return page;
}

const kept = async (page) => Number(/^(\d+) judgements/.exec(await page.textContent("#data p"))?.[1]);

/** How many judgements the extension remembers so far. */
async function remembered() {
  const options = await extension.open("options");
  await options.waitForFunction(() => /^\d+ judgements/.test(document.querySelector("#data p")?.textContent ?? ""));
  const count = await kept(options);
  await options.close();
  return count;
}

test("says what it may do, and asks for no site", async () => {
  const worker = await extension.worker();
  const { permissions, origins } = await worker.evaluate(() => chrome.permissions.getAll());
  assert.deepEqual(permissions.sort(), ["activeTab", "contextMenus", "offscreen", "scripting", "sidePanel", "storage"]);
  assert.deepEqual(origins, []);
  assert.deepEqual(await worker.evaluate(() => chrome.scripting.getRegisteredContentScripts()), []);
});

test("its pages may share memory with their workers, so that models have threads", async () => {
  const page = await extension.context.newPage();
  await page.goto(`chrome-extension://${extension.id}/offscreen.html`);
  assert.ok(await page.evaluate(() => crossOriginIsolated));
  await page.close();
});

test("without a model a badge says so, and downloads nothing; without a permission there is none", async () => {
  await extension.allow("https://gemini.google.com/*");
  const forbidden = await visit("claude");
  const page = await visit("gemini");
  const [badge] = await waitForBadges(page, 1, ({ text }) => text.includes("No model yet"));
  assert.equal((await badges(forbidden)).length, 0, "no permission, no badge");
  await forbidden.close();
  await badge.click();
  const options = extension.context.waitForEvent("page");
  await badge.click("Choose a model");
  assert.match((await options).url(), /options\.html$/);
  await (await options).close();
  await page.close();
  await extension.disallow("https://gemini.google.com/*");
});

test("what does not add up is said without a model, and nothing of quotations, whose conversation is not known", async () => {
  await extension.allow("https://sums.example/*");
  const page = await visit("sums");
  const found = await waitForBadges(page, 2, ({ text }) => /add up|No model yet/.test(text));
  const [wrong, right] = found.map(({ text }) => text);
  assert.match(wrong, /Something does not add up/);
  assert.match(wrong, /The answer says “381”\. The result is 391\./);
  assert.doesNotMatch(wrong, /sums are hard.*question/);
  assert.match(right, /No model yet/);
  assert.doesNotMatch(right, /add up/);
  await page.close();
  await extension.disallow("https://sums.example/*");
});

test("in shadow trees and in lists that keep what is in sight there are badges as well", async () => {
  const isNoModel = ({ text }) => text.includes("No model yet");
  for (const [name, question, count] of [
    ["shadow", "What is a slot?", 3],
    ["virtual", "How many legs has a spider?", 1],
  ]) {
    await extension.allow(`${new URL(PAGES[name]).origin}/*`);
    const page = await visit(name);
    const [badge] = await waitForBadges(page, count, isNoModel);
    assert.match(badge.text, new RegExp(`Asked: “${question.replace("?", "\\?")}”`));
    await page.close();
    await extension.disallow(`${new URL(PAGES[name]).origin}/*`);
  }
});

test("the keyboard passes the address without choosing it", async () => {
  const options = await extension.open("options");
  const chosen = () => options.$eval("input[name=model]:checked", ({ value }) => value);
  await options.focus("input[name=model]:checked");
  const before = await chosen();
  const focused = () => options.evaluate(() => document.activeElement.id);
  for (let presses = 0; presses < 10 && (await focused()) !== "address"; presses++) await options.keyboard.press("Tab");
  assert.equal(await focused(), "address");
  assert.equal(await chosen(), before);
  await options.keyboard.type("h");
  assert.equal(await chosen(), "address", "who types there wants it");
  await options.close();
});

test("an address that is wrong shows an error and leaves no model behind", async () => {
  const options = await extension.open("options");
  await options.fill("#address", `${server.origin}/model/nothing.gguf`);
  await options.click("#model button[type=submit]");
  await options.waitForSelector(".problem");
  assert.match(await options.textContent(".problem"), /network/);
  await options.waitForFunction(() => /None chosen/.test(document.querySelector("#model p")?.textContent ?? ""));
  await options.close();
});

test("loads the model that the user names, and shows how far it is", needsReal, async () => {
  const options = await extension.open("options");
  await options.evaluate(() => {
    globalThis.said = new Set();
    new MutationObserver(() => {
      const text = document.querySelector(".numbers")?.textContent;
      if (text) globalThis.said.add(text.replace(/[\d.]+/g, "#"));
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await options.fill("#address", server.modelUrl);
  await options.click("label:has(input[value=cpu])");
  await options.click("#model button[type=submit]");
  await options.waitForSelector("#model .result:has-text('is ready')");
  const said = await options.evaluate(() => [...globalThis.said]);
  assert.ok(
    said.some((text) => /# MB of # MB/.test(text)),
    `progress in bytes: ${said}`,
  );
  await assertSound(options);
  await options.close();
});

test("the panel answers token by token, stops, and shows scores", needsReal, async () => {
  const panel = await extension.open("panel", { width: 400 });
  await panel.waitForSelector(".loaded");
  await panel.fill("#question", "What is the capital of France?");
  await panel.keyboard.press("Enter");
  await panel.waitForSelector(".said:not(:empty)");
  await panel.waitForSelector(".exchange:not([aria-busy]) .scores");
  assert.match(await panel.textContent(".said"), /Paris/);
  // The record's own sentences, and one number in one unit.
  assert.match(
    await panel.textContent(".judgement"),
    /Of 100 answers like this, .*This model got \d+ of 100 test questions/,
  );
  assert.doesNotMatch(await panel.textContent(".judgement"), /%|SemGrad/);
  assert.match(await panel.textContent(".scores"), /SemGrad.*tokens per second/);
  assert.match(await panel.textContent(".scores"), /ParaGrad/);
  await panel.click(".scores summary");
  await assertSound(panel, [320, 390]);
  await panel.fill("#question", "Tell me a long story about a lighthouse keeper.");
  await panel.keyboard.press("Enter");
  await panel.waitForSelector(".exchange:nth-child(2) .said:not(:empty)");
  await panel.click("text=Stop");
  await panel.waitForSelector(".exchange:nth-child(2):not([aria-busy])");
  assert.match(await panel.textContent(".exchange:nth-child(2)"), /Stopped/);
  const [status, box] = await panel.evaluate(() =>
    [".exchange:nth-child(2) .status", ".composer"].map((part) => document.querySelector(part).getBoundingClientRect()),
  );
  assert.ok(status.bottom <= box.top, "it does not hide under the box");
  await panel.close();
});

test("flags answers of a page that is open, once each, when they are finished", needsReal, async () => {
  const before = await remembered();
  const page = await visit("chatgpt");
  await extension.allow("https://chatgpt.com/*");
  const [first, second] = await waitForBadges(page, 2);
  assert.match(first.text, /No harder a question than most|A (very )?hard question/);
  assert.match(first.text, /Tested on \d+ answers of chatgpt, gpt35, gpt4, newbing/);
  assert.doesNotMatch(first.text, /10⁻|[Uu]ncertainty \d/, "a raw score tells nobody anything");
  assert.match(first.text, /Asked: “What is the capital of France\?”/);
  assert.ok(first.closed, "the page cannot look inside");
  assert.match(second.text, /Asked: “And who wrote Hamlet\?”/);
  for (const { text } of [first, second]) assert.match(text, /This model would have said: “.+” .*own answers? say/);
  // Underlined in the page, whose own scripts see the ranges.
  const odd = await page.evaluate(() => [...(CSS.highlights.get("semgrad-odd") ?? [])].map(String));
  assert.ok(
    odd.some((word) => /Norwegian|engineer|Bob/.test(word)),
    `underlined: ${odd}`,
  );
  assert.match(first.text + second.text, /(one word stands|some words stand) out/, "which a closed badge says");
  const finished = Number(await page.getAttribute("html", "data-finished"));
  assert.ok((await page.evaluate(() => performance.now())) - finished > 2000, "it waited for the end");
  // The page goes on changing, the answers do not: each change is a reason to look again, and more pass than it takes.
  const ticks = () => page.evaluate(() => Number(document.getElementById("clock").dataset.ticks));
  const start = await ticks();
  await page.waitForFunction((wanted) => Number(document.getElementById("clock").dataset.ticks) > wanted, start + 60);
  assert.equal(await remembered(), before + 2);
  await page.reload();
  await waitForBadges(page, 2);
  assert.equal(await remembered(), before + 2, "what was judged is remembered");
  await page.close();
});

test("flags other layouts, and comes back when a page renders its answer anew", needsReal, async () => {
  await extension.allow("https://claude.ai/*");
  await extension.allow("https://gemini.google.com/*");
  const claude = await visit("claude");
  const [badge] = await waitForBadges(claude, 1);
  assert.match(badge.text, /chemical symbol for gold/);
  // At once, before anybody has the time to put it back.
  const left = await claude.evaluate(() => {
    globalThis.renderAgain();
    return document.querySelectorAll("semgrad-badge").length;
  });
  assert.equal(left, 0);
  await waitForBadges(claude, 1);
  await claude.close();
  const gemini = await visit("gemini");
  const [other] = await waitForBadges(gemini, 1);
  assert.match(other.text, /Which planet is the largest/);
  await gemini.close();
});

test("a badge is opened and asked again by hand, with mouse and keyboard", needsReal, async () => {
  const before = await remembered();
  const panel = await extension.open("panel", { width: 400 });
  await panel.waitForSelector(".loaded");
  const page = await visit("gemini");
  await waitForBadges(page, 1);
  /** While the panel's answer is written, the badge waits for the model and says that it checks. */
  const whileBusy = async (check, number) => {
    await panel.fill("#question", "Tell me a long story about a lighthouse keeper.");
    await panel.press("#question", "Enter");
    const exchange = `.exchange:nth-child(${number})`;
    await panel.waitForSelector(`${exchange} .said:not(:empty)`);
    await page.bringToFront();
    await check();
    await waitForBadges(page, 1, ({ text }) => text.includes("Checking"));
    await panel.click("button:text-is('Stop')");
    await panel.waitForSelector(`${exchange}:not([aria-busy])`);
    return waitForBadges(page, 1);
  };
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  // Open: the next stop is the button inside.
  await page.keyboard.press("Tab");
  const [badge] = await whileBusy(() => page.keyboard.press("Enter"), 1);
  await whileBusy(() => badge.click("Check again"), 2);
  assert.equal(await remembered(), before, "the same text counts once");
  await page.close();
  await panel.close();
});

test("works on a page whose policy allows nothing", needsReal, async () => {
  await extension.allow("https://strict.example/*");
  const page = await visit("strict");
  const found = await waitForBadges(page, 2);
  const box = await found[0].session.send("DOM.getBoxModel", { nodeId: found[0].root.children[0].nodeId });
  assert.ok(box.model.width > 100 && box.model.height >= 28, "it has its own style");
  for (const { text } of found) assert.match(text, /What color is the sky/);
  await page.close();
});

test("takes a page's text as text, and none of its clicks", needsReal, async () => {
  await extension.allow("https://hostile.example/*");
  const page = await visit("hostile");
  const [badge] = await waitForBadges(page, 1);
  assert.match(badge.text, /<img src=x onerror="globalThis\.pwned=1">/);
  const state = await page.evaluate(() => ({
    pwned: globalThis.pwned,
    shadow: globalThis.sawShadow,
    inside: document.getElementById("answer").textContent,
    shown: getComputedStyle(document.querySelector("semgrad-badge")).display,
  }));
  assert.equal(state.pwned, undefined);
  assert.equal(state.shadow, null);
  assert.equal(state.shown, "block");
  assert.match(state.inside, /<\|im_end\|><\|im_start\|> Four\.$/);
  const head = badge.root.children[0].children[0];
  assert.equal(head.attributes[head.attributes.indexOf("aria-expanded") + 1], "false");
  await page.close();
});

test("right click on an answer: the panel judges it for the question that it answers", needsReal, async () => {
  const panel = await extension.open("panel", { width: 400 });
  const page = await visit("claude");
  await select(page, ".standard-markdown p");
  await rightClick(page);
  await panel.waitForSelector(".exchange:not([aria-busy]) .judgement");
  assert.match(await panel.textContent(".question"), /chemical symbol for gold/);
  assert.equal(await panel.textContent(".said"), "The symbol for gold is Au.");
  assert.match(await panel.textContent(".judgement-verdict"), /No harder a question than most|A (very )?hard question/);
  assert.match(await panel.textContent(".judgement"), /This model would have said: /);
  await page.close();
  await panel.close();
});

test("what is selected in a shadow tree is known as an answer there", needsReal, async () => {
  await extension.allow("https://shadow.example/*");
  const panel = await extension.open("panel", { width: 400 });
  const page = await visit("shadow");
  await page.evaluate(() => {
    const first = document.querySelector("chat-app").shadowRoot.getElementById("first").shadowRoot;
    getSelection().selectAllChildren(first.querySelector("p"));
  });
  await rightClick(page);
  await panel.waitForSelector(".exchange:not([aria-busy]) .judgement");
  assert.match(await panel.textContent(".question"), /What is a slot/);
  assert.equal(await panel.textContent(".said"), "A place for what others bring.");
  await page.close();
  await panel.close();
  await extension.disallow("https://shadow.example/*");
});

test("the shortcut elsewhere: the panel asks what was asked", needsReal, async () => {
  const page = await visit("strict");
  await select(page, "body > p");
  await press(page);
  const worker = await extension.worker();
  await until(() => worker.evaluate(async () => Object.keys(await chrome.storage.session.get()).length > 0), "a text");
  // Opened after the key, as the browser does it.
  const panel = await extension.open("panel", { width: 400 });
  await panel.waitForSelector(".check-form[open]");
  assert.match(await panel.inputValue("#answered"), /^An answer without a question/);
  assert.equal(await panel.evaluate(() => document.activeElement.id), "asked");
  const [heading, form] = await panel.evaluate(() =>
    ["summary", "form"].map((part) => document.querySelector(`.check-form ${part}`).getBoundingClientRect()),
  );
  assert.ok(heading.bottom <= form.top && heading.left === form.left, "the form stands below its heading");
  await panel.fill("#asked", "What is this page about?");
  await panel.click(".check-form button");
  await panel.waitForSelector(".exchange:not([aria-busy]) .judgement");
  await panel.click(".check-form summary");
  await assertSound(panel, [320, 390]);
  await page.close();
  await panel.close();
});

test("the service worker is killed, and nothing is lost", needsReal, async () => {
  const worker = await extension.worker();
  await worker.evaluate(() => {
    globalThis.marked = true;
  });
  const panel = await extension.open("panel");
  await panel.waitForSelector(".loaded");
  const session = await extension.context.newCDPSession(panel);
  const stopped = new Promise((resolve) => {
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === "stopped")) resolve();
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await stopped;
  // The panel's port goes past it; a new page needs it.
  await panel.fill("#question", "What color is grass?");
  await panel.keyboard.press("Enter");
  await panel.waitForSelector(".exchange:not([aria-busy]) .scores");
  const page = await visit("claude");
  await waitForBadges(page, 1);
  const revived = await extension.worker();
  assert.equal(await revived.evaluate(() => globalThis.marked), undefined, "it is another one");
  await page.close();
  await panel.close();
});

test("the offscreen document is closed in the middle, and the answer comes all the same", needsReal, async () => {
  const panel = await extension.open("panel");
  await panel.waitForSelector(".loaded");
  await panel.fill("#question", "Name three colors.");
  await panel.keyboard.press("Enter");
  await panel.waitForSelector(".said:not(:empty)");
  await (await extension.worker()).evaluate(() => chrome.offscreen.closeDocument());
  await panel.waitForSelector(".exchange:not([aria-busy]) .scores");
  assert.equal(await panel.locator(".problem").count(), 0);
  await panel.close();
});

test("a permission that is taken back takes the script away", needsReal, async () => {
  await extension.disallow("https://claude.ai/*");
  const page = await visit("claude");
  // Where it is still allowed it has looked by then.
  const allowed = await visit("gemini");
  await waitForBadges(allowed, 1);
  await allowed.close();
  assert.equal((await badges(page)).length, 0);
  const worker = await extension.worker();
  const [script] = await worker.evaluate(() => chrome.scripting.getRegisteredContentScripts());
  assert.ok(!script.matches.some((match) => match.includes("claude")));
  await page.close();
});

test("own selectors are checked, kept and used", needsReal, async () => {
  const options = await extension.open("options");
  await options.fill("#rules textarea", '[{ "name": "x", "hosts": [], "question": "p:::", "answer": "p" }]');
  await options.click("#rules button");
  assert.match(await options.textContent("#rules .result"), /Not a selector: p:::/);
  const rule = { name: "mine", hosts: ["hostile.example"], question: "#question", answer: "#answer" };
  await options.fill("#rules textarea", JSON.stringify([rule]));
  await options.click("#rules button");
  await options.waitForSelector("#rules .result:has-text('Saved')");
  assert.match(await options.textContent("#sites"), /mine/);
  await options.close();
  const page = await visit("hostile");
  await waitForBadges(page, 1);
  await page.close();
});

test("a file of the user's own is copied, loaded, and answers", needsReal, async () => {
  const options = await extension.open("options");
  const chooser = options.waitForEvent("filechooser");
  await options.click("text=Choose file");
  await (await chooser).setFiles(real);
  await options.click("#model button[type=submit]");
  await options.waitForSelector("#model .result:has-text('is ready')");
  await options.waitForFunction(() => /models take 197 MB/.test(document.querySelector("#data p")?.textContent ?? ""));
  await options.close();
  const panel = await extension.open("panel");
  await panel.fill("#question", "What is the capital of France?");
  await panel.keyboard.press("Enter");
  await panel.waitForSelector(".exchange:not([aria-busy]) .scores");
  assert.match(await panel.textContent(".said"), /Paris/);
  await panel.close();
});

test("a profile that was fitted on given answers promises nothing about others", needsReal, async () => {
  const want = await fitted(real, "Which planet is the largest?", "Jupiter is the largest planet.");
  assert.ok(want.confidence > 0 && want.confidence < 1, `${want.confidence} ${want.confidenceReason}`);
  const options = await extension.open("options");
  const chooser = options.waitForEvent("filechooser");
  await options.click("text=Choose profile");
  const file = { name: "mine.json", mimeType: "application/json", buffer: Buffer.from(want.json) };
  await (await chooser).setFiles(file);
  await options.waitForSelector(".profile:has-text('mine.json')");
  await options.check("#model-address");
  await options.fill("#address", server.modelUrl);
  await options.click("#model button[type=submit]");
  await options.waitForSelector("#model .result:has-text('is ready')");
  await options.close();
  const page = await visit("gemini");
  // What was fitted to the answers of one writer promises nothing about another's: no number, and no verdict.
  const [badge] = await waitForBadges(page, 1, ({ text }) => text.includes("No judgment"));
  assert.doesNotMatch(badge.text, /Of 100 answers like this/);
  assert.match(badge.text, /never tested on answers that others wrote|nothing can be promised/);
  await page.close();
});

test("forgets what it is told to forget", needsReal, async () => {
  const options = await extension.open("options");
  await options.waitForFunction(() =>
    /^[1-9]\d* judgements/.test(document.querySelector("#data p")?.textContent ?? ""),
  );
  await options.click("text=Forget judgements");
  await options.waitForFunction(() => /^0 judgements/.test(document.querySelector("#data p")?.textContent));
  await options.click("text=Remove models");
  await options.waitForFunction(() => /models take 0 B/.test(document.querySelector("#data p")?.textContent));
  await options.close();
});

test("asked nobody but the model's host, and complained about nothing", async () => {
  const origin = `chrome-extension://${extension.id}`;
  const expected = /status of 404|net::ERR/;
  assert.deepEqual(
    extension.complaints.filter((text) => !expected.test(text)),
    [],
  );
  await extension.browser.close();
  const { events, constants } = JSON.parse(readFileSync(netLog, "utf8"));
  const start = constants.logEventTypes.URL_REQUEST_START_JOB;
  const asked = events.filter(({ type, params }) => type === start && params?.url && params.initiator === origin);
  const hosts = new Set(
    asked.map(({ params }) => new URL(params.url)).map(({ protocol, host }) => `${protocol}//${host}`),
  );
  assert.deepEqual(
    [...hosts].filter((host) => host !== server.origin),
    [],
  );
  // Without this the log might have shown nothing of anybody.
  if (real) assert.ok(hosts.has(server.origin));
});

/** Selects an element's text as a drag of the mouse would. */
async function select(page, selector) {
  await page.evaluate((wanted) => {
    getSelection().selectAllChildren(document.querySelector(wanted));
  }, selector);
}

/** What the browser does when the shortcut is pressed, which reaches no test's page. */
async function press(page) {
  const worker = await extension.worker();
  await worker.evaluate(async (url) => {
    const [tab] = await chrome.tabs.query({ url });
    chrome.commands.onCommand.dispatch("check-selection", tab);
  }, page.url());
}

/** What the browser does when the menu's entry is clicked, which no test can do by hand. */
async function rightClick(page) {
  const worker = await extension.worker();
  await worker.evaluate(async (url) => {
    const [tab] = await chrome.tabs.query({ url });
    chrome.contextMenus.onClicked.dispatch({ menuItemId: "check", selectionText: "from the menu", frameId: 0 }, tab);
  }, page.url());
}
