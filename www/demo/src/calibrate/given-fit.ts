/** The package's fit of what a model is worth as a judge of answers that others wrote, beside the page. */

import { type GivenResult, type GivenRow, SemgradError } from "semgrad";
import { TEXT as SHARED } from "../../../shared/text.js";
import { OWN_ANSWERS } from "./given-run.js";
import type { Fitted, ToFit } from "./given-worker.js";

/** Fits; rejects with the package's error, or with the reason of the abort. */
export async function fitGiven(rows: readonly GivenRow[], signal: AbortSignal): Promise<GivenResult> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./given-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<GivenResult>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.onmessage = ({ data }: MessageEvent<Fitted>) => {
        if ("result" in data) resolve(data.result);
        else reject(new SemgradError(data.error.code, data.error.message, data.error.advice));
      };
      worker.onerror = ({ message }) =>
        reject(new SemgradError("internal", message || "the worker ended", SHARED.problem.report));
      worker.postMessage({ rows, ownAnswers: OWN_ANSWERS } satisfies ToFit);
    });
  } finally {
    worker.terminate();
  }
}
