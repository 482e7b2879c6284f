/**
 * The one error class of the package. Codes are the same list as in Rust and stay stable; texts may change.
 */

import { ERROR_CODES, type ErrorCode, type ErrorRecord } from "./contract.js";

export { ERROR_CODES, type ErrorCode, type ErrorRecord };

const REPORT = "This is a bug: please report it with the input that caused it.";

/** What went wrong (`message`), a code to match on, and what to do about it (`advice`). */
export class SemgradError extends Error {
  override readonly name = "SemgradError";
  /** Stable code. */
  readonly code: ErrorCode;
  /** What to do about it, one sentence. */
  readonly advice: string;

  constructor(code: ErrorCode, message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.advice = advice;
  }

  /** The plain object that crosses boundaries. */
  toJSON(): ErrorRecord {
    return { code: this.code, message: this.message, advice: this.advice };
  }
}

/** The error of an argument that is not acceptable. */
export function badInput(message: string, advice: string, options?: ErrorOptions): SemgradError {
  return new SemgradError("bad_input", message, advice, options);
}

/** The error of an abort; `reason` is what the caller gave to `AbortController.abort`. */
export function abortedError(reason?: unknown): SemgradError {
  // One of ours says itself why it was, and what to do.
  if (reason instanceof SemgradError && reason.code === "aborted") return reason;
  const options = reason === undefined ? undefined : { cause: reason };
  return new SemgradError("aborted", "the caller aborted", "Call again to start over; nothing was lost.", options);
}

/** The error of every call to a model that was disposed. */
export function disposedError(): SemgradError {
  return new SemgradError("aborted", "the model was disposed", "Load it again: a disposed model answers no more.");
}

/** Throws the abort error when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal.reason);
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== "object" || value === null) return false;
  const { code, message } = value as Partial<ErrorRecord>;
  return typeof message === "string" && (ERROR_CODES as readonly unknown[]).includes(code);
}

/** Whatever was thrown, as a {@link SemgradError}; one that already is comes back unchanged. */
export function toSemgradError(thrown: unknown): SemgradError {
  if (thrown instanceof SemgradError) return thrown;
  // A DOMException's `code` is a number, so it never passes for a record.
  if (isErrorRecord(thrown)) return new SemgradError(thrown.code, thrown.message, thrown.advice ?? "");
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const options = { cause: thrown };
  switch (error.name) {
    case "AbortError":
      return abortedError(thrown);
    case "QuotaExceededError":
      return new SemgradError("quota_exceeded", error.message, 'Free some space or use cache: "none".', options);
    case "NotReadableError":
    case "NotFoundError":
      return new SemgradError(
        "bad_input",
        `a file can no longer be read: ${error.message}`,
        "Choose the file again: it was moved or changed since.",
        options,
      );
    case "DataCloneError":
      return new SemgradError("bad_input", error.message, "Pass plain values only.", options);
    default:
      return new SemgradError("internal", error.message, REPORT, options);
  }
}
