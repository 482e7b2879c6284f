/** How answers are followed in real pages: each is judged once, whole, and its badge comes back with it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bundle } from "../browser/lib/bundle.mjs";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { badges, waitForBadges } from "./lib/badges.mjs";
import { asked, follow as followed, settle } from "./lib/follow.mjs";
import { turnsOf } from "./lib/layouts.mjs";

const { LIMITS } = await bundle("www/extension/src/limits.ts");

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const follow = (layout, options) => followed(browser.context, layout, options);

test("an answer that streams is judged when it is whole, once", async () => {
  const page = await follow("librechat-stream");
  await waitForBadges(page, 1);
  assert.deepEqual(await asked(page), turnsOf("librechat-stream"));
  await settle(page);
  assert.equal((await asked(page)).length, 1);
  await page.close();
});

test("one that is made anew with each token is, too, and is not judged again however often it is", async () => {
  const page = await follow("rendered-anew");
  await waitForBadges(page, 1);
  assert.deepEqual(await asked(page), turnsOf("rendered-anew"));
  for (let time = 0; time < LIMITS.returns + 2; time += 1) {
    assert.equal(
      await page.evaluate(() => {
        globalThis.render(true);
        return document.querySelectorAll("semgrad-badge").length;
      }),
      0,
    );
    const [badge] = await waitForBadges(page, 1);
    assert.match(badge.text, /What is the area of a circle/);
  }
  assert.equal((await asked(page)).length, 1);
  await page.close();
});

test("an answer that is made anew while it is judged keeps its judgement; one that goes on does not", async () => {
  const page = await follow("rendered-anew", { held: true });
  await waitForBadges(page, 1, ({ text }) => text.includes("Checking"));
  await page.evaluate(() => globalThis.render(true));
  await waitForBadges(page, 1, ({ text }) => text.includes("Checking"));
  assert.deepEqual(await page.evaluate(() => globalThis.aborted), []);
  await page.evaluate(() => {
    document.querySelector("[data-semgrad-answer] p").append(" It is so.");
  });
  await page.waitForFunction(() => globalThis.asked.length === 2);
  assert.equal((await page.evaluate(() => globalThis.aborted)).length, 1);
  await page.evaluate(() => globalThis.release());
  await waitForBadges(page, 1);
  const [first, second] = await asked(page);
  assert.equal(second.answer, `${first.answer} It is so.`);
  await page.close();
});

for (const reuse of [false, true]) {
  test(`in a list that keeps what is in sight, answers come back judged; elements used again: ${reuse}`, async () => {
    const page = await follow("virtual-list");
    const show = (first) => page.evaluate(([index, again]) => globalThis.show(index, again), [first, reuse]);
    const shows = async (question) => {
      const [badge] = await waitForBadges(page, 1, ({ isJudged, text }) => isJudged && text.includes(question));
      return badge;
    };
    await shows("How many legs has a spider?");
    // Its question is gone, and it is still there.
    await show(1);
    await settle(page);
    await shows("How many legs has a spider?");
    await show(2);
    await shows("And an ant?");
    await show(4);
    await shows("And a snake?");
    await show(5);
    await shows("And a snake?");
    const before = await asked(page);
    assert.deepEqual(
      before.map(({ answer }) => answer),
      ["A spider has eight.", "An ant has six.", "A snake has none."],
    );
    for (const [first, question] of [
      [0, "spider"],
      [2, "ant"],
      [5, "snake"],
      [0, "spider"],
    ]) {
      await show(first);
      await shows(question);
    }
    await show(3);
    await waitForBadges(page, 2);
    await settle(page);
    assert.deepEqual(await asked(page), before);
    await page.close();
  });
}

test("answers in shadow trees are found, followed there, and carry their badges", async () => {
  const page = await follow("shadow-app");
  const found = await waitForBadges(page, 3);
  assert.deepEqual(await asked(page), turnsOf("shadow-app"));
  for (const { session, root } of found) {
    const { model } = await session.send("DOM.getBoxModel", { nodeId: root.children[0].nodeId });
    assert.ok(model.width > 100, "it is seen");
  }
  // Nothing outside of that tree changes.
  await page.evaluate(() => {
    const first = document.querySelector("chat-app").shadowRoot.getElementById("first").shadowRoot;
    first.querySelector("rich-text").shadowRoot.append(" And more.");
  });
  await page.waitForFunction(() => globalThis.asked.length === 4);
  assert.equal((await asked(page))[3].answer, "A place for what others bring. And more.");
  await waitForBadges(page, 3);
  await page.evaluate(() => globalThis.watcher.stop());
  assert.equal((await badges(page)).length, 0, "the page is left as it was");
  await page.close();
});

test("an answer that only a style brings into view is judged then", async () => {
  const page = await follow("footnotes", {
    prepare: () => {
      for (const part of document.querySelector("[data-semgrad-answer]").children) part.style.opacity = "0";
    },
  });
  await settle(page);
  assert.deepEqual(await asked(page), []);
  await page.evaluate(() => {
    for (const part of document.querySelector("[data-semgrad-answer]").children) part.style.opacity = "";
  });
  await waitForBadges(page, 1);
  assert.deepEqual(await asked(page), turnsOf("footnotes"));
  await page.close();
});

test("answers without a question are not judged, nor are those that are not shown", async () => {
  const page = await follow("variants");
  await waitForBadges(page, 2);
  await settle(page);
  const readable = turnsOf("variants").filter(({ question }) => question !== "");
  assert.deepEqual(await asked(page), readable);
  await page.close();
});
