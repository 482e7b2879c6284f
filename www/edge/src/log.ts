/** The log: a line of JSON for each request or batch, without a word of what was asked or answered. */

import type { Problem } from "./problem.ts";

export interface Entry {
  id: string;
  method: string;
  /** Null for an address that does not exist: what somebody typed there may be a secret. */
  route: string | null;
  bytes?: number;
  questions?: number;
}

/** `ms` is 0 on Cloudflare where nothing was waited for: the clock stands still while a worker computes. */
export function writeLog(entry: Entry, ms: number, problem: Problem | null): void {
  const outcome = problem ? { status: problem.status, code: problem.code } : { status: 200 };
  console.log(JSON.stringify({ event: "request", ...entry, ...outcome, ms }));
  if (problem?.code === "internal") logFault(problem);
}

/** A fault of our own, with the place where it happened; messages of other libraries may quote content. */
export function logFault(problem: Problem): void {
  const { cause } = problem;
  const stack = cause instanceof Error ? (cause.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  const name = cause instanceof Error ? cause.name : typeof cause;
  console.error(JSON.stringify({ event: "fault", name, at: stack.slice(0, 8).map((line) => line.trim()) }));
}
