/** What is wrong with how a page of the extension looks: in light and dark, wide and at a panel's width. */
import assert from "node:assert/strict";
import axe from "axe-core";

export async function assertSound(page, widths = [390, 1000]) {
  const before = page.viewportSize();
  for (const colorScheme of ["light", "dark"]) {
    // Colors on their way from one scheme to the other belong to neither.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px wider than ${width}`);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document));
      const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      assert.deepEqual(faults, [], `${colorScheme}, ${width} px`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(before);
}
