/** Files whose tests are steps of one story: what comes after a step that failed cannot be judged, and is not waited for. */
import { afterEach, beforeEach } from "node:test";

/** Lets every step after a failed one fail at once; called at the top of a file. */
export function inSteps() {
  let failed = null;
  beforeEach(() => {
    if (failed !== null) throw new Error(`not tried: “${failed}” failed before it`);
  });
  afterEach((step) => {
    if (!step.passed) failed ??= step.name;
  });
}
