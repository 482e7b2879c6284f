/** What a server says instead of a file, in words, and how long it wants to be left alone. */

import { SemgradError } from "../errors.js";
import { delay } from "../pause.js";

/** Longest wait that a caller is not bothered with, in seconds. */
const PATIENCE = 20;
const TRIES = 3;

/** By the hub's own codes: what it means, and what to do about it. */
const HUB_CODES: Readonly<Record<string, { why: string; advice: string }>> = {
  GatedRepo: {
    why: "its owner wants a license to be agreed to",
    advice: "Log in on the model's page, agree there, download the file by hand, and load it as a file.",
  },
  RepoNotFound: {
    why: "there is no public repository of that name",
    advice: "Check owner and name. A private model has to be downloaded by hand and loaded as a file.",
  },
  RevisionNotFound: {
    why: "the repository has no such revision",
    advice: "Name a branch, a tag or a commit that is there, or none.",
  },
  EntryNotFound: { why: "the repository has no such file", advice: "Check the address, or name the repository alone." },
};

/** The error of an answer that is no file. `ifMissing` is what to do about a 404. */
export function refused(name: string, response: Response, ifMissing?: string): SemgradError {
  const { status, headers } = response;
  const known = HUB_CODES[headers.get("x-error-code") ?? ""];
  const why = known ? `: ${known.why}` : "";
  return new SemgradError("network", `${name}: the server answered ${status}${why}`, advise());

  function advise(): string {
    if (status === 429) {
      const seconds = waitOf(response);
      const when = seconds === null ? "later" : `in ${seconds} seconds`;
      return `There were too many requests from here. Try again ${when}: a cut download continues where it stopped.`;
    }
    if (status === 404 && ifMissing) return ifMissing;
    if (known) return known.advice;
    return status === 401 || status === 403
      ? "The server wants a login: download the file by hand and load it as a file."
      : "Check the address, and try again later if it is right.";
  }
}

/** Asks again as often as the server wants to be asked later, and soon. */
export async function patiently(get: () => Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  for (let left = TRIES; ; left--) {
    const response = await get();
    const seconds = response.status === 429 ? waitOf(response) : null;
    if (seconds === null || seconds > PATIENCE || left === 1) return response;
    await response.body?.cancel();
    await delay(seconds * 1000, signal);
  }
}

/** Seconds that the server wants to be left alone; null where it does not say. */
function waitOf({ headers }: Response): number | null {
  const after = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(after)) return Number(after);
  if (after !== "" && !Number.isNaN(Date.parse(after))) {
    return Math.max(0, Math.ceil((Date.parse(after) - Date.now()) / 1000));
  }
  // The hub's own: how much is left, and in how many seconds there is more.
  const reset = /;\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  return reset === undefined ? null : Number(reset);
}
