/** The view that measures a device: by keyboard alone, on both devices, with screenshots of each state. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeRate, median, prefillRate } from "../../www/shared/measure/figures.js";
import { go, openDemo } from "./lib/demo.mjs";
import { counts } from "./lib/patience.mjs";
import { tinyFolder } from "./lib/reference.mjs";
import { inSteps } from "./lib/steps.mjs";

inSteps();

const MODELS = { tiny: tinyFolder("llama_tied") };
const WIDTHS = { desktop: 1100, phone: 390 };

let demo;
let page;

before(async () => {
  demo = await openDemo({ models: MODELS, webgpu: true, widths: WIDTHS });
  page = demo.page;
  await demo.browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
});
after(() => demo.close());

const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const start = () => page.locator(".measure button[type=submit]");
/** Goes to the view; what it offered the last time is not what it offers now. */
async function open() {
  await page.click("a[href='#measure']");
  await page.waitForSelector(".measure:not([hidden]) option", { state: "attached" });
}
/** Presses Tab until the element has the keyboard. */
async function tabTo(selector) {
  for (let presses = 0; presses < 30; presses++) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way to ${selector} by the keyboard`);
}

test("is reached from the questions, and offers models and devices", async () => {
  await tabTo("a[href='#measure']");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".measure option", { state: "attached" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Measure this device");
  assert.ok(!(await page.isVisible(".model-area")));
  assert.match(await page.textContent("#measure-model"), /tiny/);
  assert.match(await page.textContent("#measure-model"), /SmolLM2-135M-Instruct \(download of 98 MB\)/);
  // Software in the part of a graphics card: offered, but for the user to want.
  assert.match(await page.textContent(".measure .device"), /which is software/);
  assert.ok(!(await page.isChecked("[name=measure-device][value=webgpu]")));
  assert.ok(await page.isChecked("[name=measure-device][value=cpu]"));
  await demo.shots("measure-start");
});

test("measures both devices and shows figures, bars and text to take along", async (context) => {
  await page.selectOption("#measure-model", {
    label: await page.textContent("#measure-model option:has-text('tiny')"),
  });
  await page.check("[name=measure-device][value=webgpu]");
  await tabTo(".measure button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".measure .progress");
  // Before both devices are through, what is known is there already.
  await page.waitForSelector(".figures");
  await demo.shots("measure-progress");
  await page.waitForSelector(".measure .progress", { state: "detached" });
  assert.equal(await page.locator(".measure .problem").count(), 0);
  const cells = await page.$$eval(".figures tbody tr", (rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  assert.deepEqual(await page.$$eval(".figures thead th", (heads) => heads.map((head) => head.textContent)), [
    "WebGPU",
    "CPU",
  ]);
  for (const [what, ...values] of cells) {
    context.diagnostic(`${what}: ${values.join(" | ")}`);
    assert.equal(values.length, 2);
    for (const value of values) assert.match(value, /\d/, what);
  }
  for (const name of ["Load", "Reading", "Writing", "SemGrad", "ParaGrad", "HybridGrad", "Ten samples"]) {
    assert.ok(
      cells.some(([what]) => what.startsWith(name)),
      `${name} was not measured`,
    );
  }
  assert.ok((await page.locator(".bar.cpu").count()) >= 6);
  await demo.shots("measure-results");

  await tabTo(".measure-results button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".measure-results [role=status]:has-text('Copied')");
  const table = await clipboard();
  assert.match(table, /\|\s*\| WebGPU \| CPU \|/);
  assert.match(table, /Graphics adapter: google/);
  await page.click("text=Copy as JSON");
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("{"));
  const { model, machine, results } = JSON.parse(await clipboard());
  assert.equal(model.name, "tiny");
  assert.ok(machine.adapter.limits.maxBufferSize > 0);
  assert.deepEqual(
    results.map(({ device }) => device),
    ["webgpu", "cpu"],
  );
  for (const { load, prefill, decode, scores, samples, runs } of results) {
    assert.ok(load > 0 && prefill > 0 && decode > 0);
    assert.ok(scores.every(({ ms, share }) => ms > 0 && share > 0));
    assert.equal(samples.count, 10);
    assert.ok(runs.every(({ wall }) => wall > 0));
    // The figures are medians of the runs beside them.
    const speeds = runs.filter(({ step }) => step === "speed");
    assert.equal(prefill, median(speeds.map(prefillRate)));
    assert.equal(decode, median(speeds.map(decodeRate)));
  }
});

test("is cancelled at once, keeps what was measured, and can begin again", async () => {
  await page.setChecked("[name=measure-device][value=webgpu]", false);
  await page.check("[name=effort][value=thorough]", { force: true });
  await start().click();
  await page.waitForSelector(".figures");
  await page.click(".measure .progress button");
  await page.waitForSelector(".measure .progress", { state: "detached" });
  assert.equal(await page.locator(".measure .problem").count(), 0);
  assert.ok(await page.isEnabled(".measure button[type=submit]"));
  await counts(page.locator(".figures"), 1);
});

test("nothing chosen and a model that is gone are said plainly", async () => {
  await page.setChecked("[name=measure-device][value=cpu]", false);
  await start().click();
  assert.match(await page.textContent(".measure .form-hint"), /Choose a device/);
  await page.setChecked("[name=measure-device][value=cpu]", true);
  await page.evaluate(() => caches.keys());
  await page.selectOption("#measure-model", { index: 1 });
  await page.route("https://huggingface.co/**", (route) => route.abort());
  await start().click();
  await page.waitForSelector(".measure .problem");
  assert.match(await page.textContent(".measure .problem"), /did not work on CPU.*network/);
  await demo.shots("measure-problem");
  demo.foreign.length = 0;
  demo.complaints.length = 0;
});

test("the loaded model comes first, gives way, and comes back", async () => {
  await go(page, "Ask");
  await page.click(".choice:has-text('tiny')");
  await page.click(".segments label:has-text('CPU')");
  await page.click(".picker:not(.measure *) button[type=submit]");
  await page.waitForSelector(".loaded");
  await open();
  assert.match(await page.textContent("#measure-model option:checked"), /^tiny/);
  await page.setChecked("[name=measure-device][value=webgpu]", false);
  await start().click();
  await page.waitForSelector(".figures");
  await page.goBack();
  await page.waitForSelector(".loaded");
  assert.ok(!(await page.isVisible(".measure")));
});

test("a choice of an earlier visit is never measured, however fast the next click comes", async () => {
  await page.unroute("https://huggingface.co/**");
  await open();
  await page.selectOption("#measure-model", { index: 1 });
  assert.match(await page.textContent(".measure button[type=submit]"), /Download/);
  await go(page, "Ask");
  // The list of models comes late, as on a slow machine.
  const release = demo.network.hold(/models\/index\.json$/);
  // What a person's click does, without the wait for a button that can be pressed.
  const submit = () => page.evaluate(() => document.querySelector(".measure button[type=submit]").click());
  await page.click("a[href='#measure']");
  await page.waitForSelector(".measure:not([hidden])");
  assert.equal(await page.locator("#measure-model option").count(), 0, "the earlier list is gone");
  await submit();
  assert.equal(await page.locator(".measure .progress").count(), 0);
  assert.ok(await page.evaluate(() => document.querySelector(".measure form").inert));
  release();
  await page.waitForSelector(".measure option", { state: "attached" });
  assert.match(await page.textContent("#measure-model option:checked"), /^tiny/);
  assert.doesNotMatch(await page.textContent(".measure button[type=submit]"), /Download/);
  assert.deepEqual(demo.foreign, []);
});

test("what was put away is not downloaded again when its files are gone", async () => {
  await page.setChecked("[name=measure-device][value=webgpu]", false);
  await start().click();
  await page.waitForSelector(".figures");
  await page.waitForSelector(".measure .progress", { state: "detached" });
  await go(page, "This machine");
  await page.click(".models-kept button[aria-label*='tiny']");
  await page.waitForFunction(() => !document.querySelector(".models-kept button[aria-label*='tiny']"));
  demo.network.requests.length = 0;
  await go(page, "Ask");
  await page.waitForSelector(".picker:not([inert]):not(.measure *) .choice:has-text('tiny')");
  const weights = demo.network.requests.filter(({ url }) => url.endsWith(".safetensors"));
  assert.deepEqual(weights, [], "nobody chose that");
});

test("without a graphics adapter only the CPU can be chosen", async () => {
  const other = await openDemo({ models: MODELS, widths: WIDTHS });
  try {
    await other.page.goto(`${other.origin}#measure`);
    await other.page.waitForSelector(".measure option", { state: "attached" });
    assert.ok(await other.page.isDisabled("[name=measure-device][value=webgpu]"));
    assert.match(await other.page.textContent(".measure"), /no graphics adapter/);
    assert.deepEqual(other.complaints, []);
  } finally {
    await other.close();
  }
});

test("asked nobody else, and complained about nothing", () => {
  assert.deepEqual(demo.foreign, []);
  assert.deepEqual(demo.complaints, []);
});
